//! The boundary of the browser build: integers, and the objects that messages come in.
//!
//! A step is one integer: the state in its low half, the actions in its high half. Texts stay in JavaScript and are compared
//! or read letter by letter there: to bring one over would take an allocator and an encoder, most of what this build weighs.

use wasm_bindgen::{JsCast, prelude::*};

use super::{Actions, Known, Message, Phase, State, step, word::Word};

#[wasm_bindgen]
extern "C" {
    /// A `MessageEvent`.
    #[allow(missing_debug_implementations, reason = "nothing here is formatted")]
    pub type Event;
    #[wasm_bindgen(method, getter)]
    fn origin(this: &Event) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn data(this: &Event) -> JsValue;

    /// What the frame says of an invoice; what was posted is a copy without getters of its own.
    type Status;
    #[wasm_bindgen(method, getter, js_name = invoiceId)]
    fn invoice_id(this: &Status) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn status(this: &Status) -> JsValue;

    /// What the shop's status endpoint answered.
    type Standing;
    #[wasm_bindgen(method, getter)]
    fn page(this: &Standing) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn case(this: &Standing) -> JsValue;
    #[wasm_bindgen(method, getter)]
    fn sure(this: &Standing) -> JsValue;

    /// A text.
    type Text;
    #[wasm_bindgen(method, getter)]
    fn length(this: &Text) -> u32;
    #[wasm_bindgen(method, js_name = charCodeAt)]
    fn char_code_at(this: &Text, index: u32) -> u32;

    #[wasm_bindgen(js_namespace = Object)]
    fn is(a: &JsValue, b: &JsValue) -> bool;
}

/// In the order of their numbers in an integer.
const KNOWN: [Known; 6] =
    [Known::Nothing, Known::Expired, Known::Invalid, Known::PartlyPaid, Known::Processing, Known::Paid];
const PHASES: [Phase; 7] =
    [Phase::Loading, Phase::Opening, Phase::Shown, Phase::Lingering, Phase::Asking, Phase::Watching, Phase::Over];
/// What the page itself says; `js/browser/machine.js` has their numbers.
const SIGNALS: [Message; 7] = [
    Message::Ready,
    Message::Blocked,
    Message::Gone,
    Message::Dismissed,
    Message::Stopped,
    Message::Lingered,
    Message::NoAnswer,
];

/// A checkout that begins. `asks`: the shop has a status endpoint.
#[allow(unreachable_pub, reason = "exported to JavaScript")]
#[wasm_bindgen(skip_typescript)]
#[must_use]
pub fn begin(asks: bool) -> u32 {
    pack(State::new(asks), Actions::NONE)
}

/// A step by what the page itself has to say.
#[allow(unreachable_pub, reason = "exported to JavaScript")]
#[wasm_bindgen(skip_typescript)]
#[must_use]
pub fn signal(state: u32, signal: u32) -> u32 {
    advance(state, SIGNALS.get(signal as usize).copied().unwrap_or(Message::Other))
}

/// A step by a message posted to the page. It counts where it comes from exactly `origin`, and a status where it is of `invoice`.
#[allow(unreachable_pub, reason = "exported to JavaScript")]
#[wasm_bindgen(skip_typescript)]
#[must_use]
pub fn message(state: u32, event: &Event, origin: &JsValue, invoice: &JsValue) -> u32 {
    advance(state, if is(&event.origin(), origin) { read(&event.data(), invoice) } else { Message::Other })
}

/// A step by what the shop's status endpoint answered.
#[allow(unreachable_pub, reason = "exported to JavaScript")]
#[wasm_bindgen(skip_typescript)]
#[must_use]
pub fn answer(state: u32, standing: &JsValue) -> u32 {
    let message = if standing.is_object() {
        let standing = standing.unchecked_ref::<Standing>();
        let case = standing.sure().is_truthy().then(|| word(&standing.case()));
        word(&standing.page()).page(case.as_ref())
    } else {
        Message::NoAnswer
    };
    advance(state, message)
}

fn read(data: &JsValue, invoice: &JsValue) -> Message {
    if !data.is_object() {
        return word(data).signal();
    }
    let status = data.unchecked_ref::<Status>();
    if is(&status.invoice_id(), invoice) { word(&status.status()).status() } else { Message::Other }
}

fn word(value: &JsValue) -> Word {
    if !value.is_string() {
        return Word::default();
    }
    let text = value.unchecked_ref::<Text>();
    Word::read((0..text.length()).map(|index| text.char_code_at(index) as u16))
}

fn advance(packed: u32, message: Message) -> u32 {
    let (state, actions) = step(unpack(packed), message);
    pack(state, actions)
}

fn pack(state: State, actions: Actions) -> u32 {
    let known = state.known as u32;
    let phase = state.phase as u32;
    known | phase << 3 | u32::from(state.asks) << 6 | u32::from(actions.0) << 16
}

/// What is no state is one in which nothing is done any more.
fn unpack(packed: u32) -> State {
    State {
        known: KNOWN.get((packed & 7) as usize).copied().unwrap_or(Known::Nothing),
        phase: PHASES.get((packed >> 3 & 7) as usize).copied().unwrap_or(Phase::Over),
        asks: packed >> 6 & 1 == 1,
    }
}
