//! A message as JSON: the form in which webhooks and the file sink show it.
//!
//! It names the send and never the attempt, so that every attempt of one send has the same bytes: receivers may compare
//! the body of a repeated idempotency key with the first.

use baton_model::value::{Fields, Value};
use baton_ports::channel::{Delivery, Rendered};
use serde_json::{Value as Json, json};

/// `{send_id, customer_id, channel, message}`.
pub(crate) fn send(delivery: &Delivery) -> Json {
    json!({
        "send_id": delivery.send_id.to_string(),
        "customer_id": delivery.customer_id.as_str(),
        "channel": delivery.channel.as_str(),
        "message": message(&delivery.message),
    })
}

fn message(message: &Rendered) -> Json {
    match message {
        Rendered::Email(email) => json!({
            "from": email.from,
            "to": email.to,
            "subject": email.subject,
            "text": email.text,
            "html": email.html,
        }),
        Rendered::Note(note) => json!({
            "to": note.to,
            "title": note.title,
            "body": note.body,
            "data": fields(&note.data),
        }),
    }
}

fn fields(fields: &Fields) -> Json {
    fields.iter().map(|(name, value)| (name.clone(), json(value))).collect()
}

fn json(value: &Value) -> Json {
    match value {
        Value::Null => Json::Null,
        Value::Bool(value) => json!(value),
        Value::Int(number) => json!(number),
        Value::Double(number) => json!(number),
        Value::String(text) => json!(text),
        Value::List(items) => items.iter().map(json).collect(),
        Value::Map(map) => fields(map),
    }
}
