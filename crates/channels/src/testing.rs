//! Deliveries for this crate's tests.

use baton_model::ids::{Epoch, SendId};
use baton_model::text_id::{ChannelId, CustomerId};
use baton_model::value::{Fields, Value};
use baton_ports::channel::{Delivery, Email, Note, Rendered};
use jiff::Timestamp;

/// An attempt at a push message, started now: receivers refuse signatures of another time.
pub(crate) fn note(send: u128, attempt: u32) -> Delivery {
    let data = Fields::from([("link".to_owned(), Value::from("shop://cart"))]);
    let note = Note { to: "device-1".to_owned(), title: Some("Your cart".to_owned()), body: "waits".to_owned(), data };
    delivery(send, attempt, "push", Rendered::Note(note))
}

/// An attempt at a mail.
pub(crate) fn email(send: u128, attempt: u32) -> Delivery {
    let email = Email {
        from: Some("Žofie’s Shop <hello@shop.example>".to_owned()),
        to: "ada@example.org".to_owned(),
        subject: "Your order – 3 × tea".to_owned(),
        text: Some("Dear Ada,\n.\n..\n.leading dot\nthe end\n".to_owned()),
        html: Some("<p>Dear Ada, žluťoučký</p>".to_owned()),
    };
    delivery(send, attempt, "email", Rendered::Email(email))
}

#[expect(clippy::disallowed_methods, reason = "receivers compare the signature's time with their own clock")]
fn delivery(send: u128, attempt: u32, channel: &str, message: Rendered) -> Delivery {
    Delivery {
        send_id: SendId(send),
        epoch: Epoch(7),
        attempt,
        customer_id: CustomerId::new("customer-1").unwrap(),
        channel: ChannelId::new(channel).unwrap(),
        attempted_at: Timestamp::now(),
        message,
    }
}
