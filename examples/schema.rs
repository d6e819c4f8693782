//! Prints the JSON Schema of every operation, for `npm run types`.
#![allow(clippy::print_stdout, reason = "its whole job")]

fn main() {
    println!("{}", kessai::api::schema());
}
