//! A mail's bytes (RFC 5322), made from what was rendered. The same attempt always gives the same bytes.
//!
//! The Message-ID is made from the send id, so that mail servers and readers that drop repeated messages drop a repeated
//! attempt. The send, epoch and attempt also stand in headers of their own.

use std::time::SystemTime;

use baton_ports::channel::{Delivery, Email};
use lettre::Message;
use lettre::address::AddressError;
use lettre::message::header::{HeaderName, HeaderValue};
use lettre::message::{Mailbox, MultiPart, SinglePart};

/// Names the send.
pub const HEADER_SEND_ID: &str = "X-Baton-Send-Id";
/// Names the activation that permitted the attempt.
pub const HEADER_EPOCH: &str = "X-Baton-Epoch";
/// Counts the attempts of one epoch, from 1.
pub const HEADER_ATTEMPT: &str = "X-Baton-Attempt";

/// Why no mail can be made.
#[derive(Debug, thiserror::Error)]
pub(super) enum MailError {
    #[error("{field} `{text}` is not a mailbox")]
    Mailbox { field: &'static str, text: String },
    #[error("the mail has neither text nor html")]
    Empty,
    #[error("the mail cannot be built: {0}")]
    Build(#[from] lettre::error::Error),
}

pub(super) fn build(email: &Email, delivery: &Delivery, from: &Mailbox, domain: &str) -> Result<Message, MailError> {
    let from = match &email.from {
        Some(text) => mailbox("from", text)?,
        None => from.clone(),
    };
    let send = delivery.send_id;
    let builder = Message::builder()
        .from(from)
        .to(mailbox("to", &email.to)?)
        .subject(email.subject.as_str())
        .message_id(Some(format!("<{send}@{domain}>")))
        .date(SystemTime::from(delivery.attempted_at));
    let mut message = match (&email.text, &email.html) {
        (Some(text), Some(html)) => {
            // lettre would draw a random boundary.
            let parts = MultiPart::alternative().boundary(format!("=_{send}"));
            builder.multipart(parts.singlepart(plain(text)).singlepart(SinglePart::html(html.clone())))?
        }
        (Some(text), None) => builder.singlepart(plain(text))?,
        (None, Some(html)) => builder.singlepart(SinglePart::html(html.clone()))?,
        (None, None) => return Err(MailError::Empty),
    };
    let mut add = |name, value| {
        let name = HeaderName::new_from_ascii_str(name);
        message.headers_mut().insert_raw(HeaderValue::new(name, value));
    };
    add(HEADER_SEND_ID, send.to_string());
    add(HEADER_EPOCH, delivery.epoch.to_string());
    add(HEADER_ATTEMPT, delivery.attempt.to_string());
    Ok(message)
}

fn plain(text: &str) -> SinglePart {
    SinglePart::plain(text.to_owned())
}

fn mailbox(field: &'static str, text: &str) -> Result<Mailbox, MailError> {
    text.parse().map_err(|_: AddressError| MailError::Mailbox { field, text: text.to_owned() })
}
