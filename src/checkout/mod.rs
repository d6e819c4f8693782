//! What the customer meets when coming back from paying: the signed link that finds the order without a session, and the page
//! that says how it stands.

pub(crate) mod return_link;
pub(crate) mod standing;
