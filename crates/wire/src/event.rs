//! Events: `baton.v1.Event` ↔ [`CustomerEvent`]. What passes here is valid in itself; whether it is a repeat or too old
//! is for its customer to say.

use std::fmt;

use baton_model::event::{Event, EventKind};
use baton_model::text_id::{CustomerId, EventName, MessageId, TextIdError};
use baton_model::time::to_millis;
use baton_model::value::{Fields, weight};
use jiff::Timestamp;

use crate::fields;
use crate::instant;
use crate::limits::TIMESTAMP_BYTES_MAX;
use crate::pb::v1 as pb;

/// One valid event and whose it is.
#[derive(Debug, Clone, PartialEq)]
pub struct CustomerEvent {
    /// Whose.
    pub customer: CustomerId,
    /// What.
    pub event: Event,
}

/// Why a message is no event: the first field that is wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {message}")]
pub struct EventError {
    /// The field of the event, such as `properties.cart.total`.
    pub field: String,
    /// What is wrong and what to write instead.
    pub message: String,
}

impl EventError {
    fn new(field: impl Into<String>, message: impl fmt::Display) -> Self {
        Self { field: field.into(), message: message.to_string() }
    }
}

impl TryFrom<pb::Event> for CustomerEvent {
    type Error = EventError;

    fn try_from(message: pb::Event) -> Result<Self, EventError> {
        let kind = kind(message.r#type)?;
        let name = name(kind, &message.name)?;
        let timestamp = timestamp("timestamp", &message.timestamp)?;
        let sent_at = timestamp_of_sender(&message.sent_at)?;
        let event = Event {
            message_id: text_id("message_id", MessageId::new(&message.message_id))?,
            kind,
            name,
            client_timestamp: timestamp.is_some().then_some(message.timestamp),
            timestamp,
            sent_at,
            historical: message.historical,
            properties: object("properties", message.properties)?,
            context: object("context", message.context)?,
            traits: object("traits", message.traits)?,
        };
        check_weight(&event)?;
        Ok(Self { customer: text_id("customer_id", CustomerId::new(&message.customer_id))?, event })
    }
}

impl From<CustomerEvent> for pb::Event {
    fn from(CustomerEvent { customer, event }: CustomerEvent) -> Self {
        let timestamp = event.client_timestamp.or_else(|| event.timestamp.map(|instant| instant.to_string()));
        Self {
            customer_id: customer.to_string(),
            message_id: event.message_id.to_string(),
            r#type: kind_to_pb(event.kind).into(),
            name: name_to_pb(event.kind, &event.name),
            timestamp: timestamp.unwrap_or_default(),
            sent_at: event.sent_at.map(|instant| instant.to_string()).unwrap_or_default(),
            properties: object_to_pb(&event.properties),
            context: object_to_pb(&event.context),
            traits: object_to_pb(&event.traits),
            historical: event.historical,
        }
    }
}

/// The kind as a message says it.
pub(crate) fn kind_to_pb(kind: EventKind) -> pb::EventType {
    match kind {
        EventKind::Track => pb::EventType::Track,
        EventKind::Identify => pb::EventType::Identify,
        EventKind::Page => pb::EventType::Page,
        EventKind::Screen => pb::EventType::Screen,
        EventKind::Group => pb::EventType::Group,
        EventKind::Alias => pb::EventType::Alias,
    }
}

/// The name as a message says it: empty where the kind already says everything.
pub(crate) fn name_to_pb(kind: EventKind, name: &EventName) -> String {
    match kind {
        EventKind::Track | EventKind::Page | EventKind::Screen => name.to_string(),
        EventKind::Identify | EventKind::Group | EventKind::Alias => String::new(),
    }
}

/// The object as a message says it: absent when it is empty.
pub(crate) fn object_to_pb(object: &Fields) -> Option<prost_types::Struct> {
    (!object.is_empty()).then(|| fields::to_pb(object))
}

fn kind(number: i32) -> Result<EventKind, EventError> {
    match pb::EventType::try_from(number) {
        Ok(pb::EventType::Track) => Ok(EventKind::Track),
        Ok(pb::EventType::Identify) => Ok(EventKind::Identify),
        Ok(pb::EventType::Page) => Ok(EventKind::Page),
        Ok(pb::EventType::Screen) => Ok(EventKind::Screen),
        Ok(pb::EventType::Group) => Ok(EventKind::Group),
        Ok(pb::EventType::Alias) => Ok(EventKind::Alias),
        Ok(pb::EventType::Unspecified) => {
            Err(EventError::new("type", "is missing: write one such as EVENT_TYPE_TRACK"))
        }
        Err(_) => {
            Err(EventError::new("type", format!("{number} is none this version knows: write 1 (TRACK) to 6 (ALIAS)")))
        }
    }
}

/// A track event must have a name, a page or screen may; the others are named after their kind.
fn name(kind: EventKind, text: &str) -> Result<EventName, EventError> {
    let named_by_kind = matches!(kind, EventKind::Identify | EventKind::Group | EventKind::Alias);
    if named_by_kind && !text.is_empty() {
        let message = format!("`{text}` would have no effect: leave it empty, or write EVENT_TYPE_TRACK as `type`");
        return Err(EventError::new("name", message));
    }
    if kind == EventKind::Track && text.is_empty() {
        return Err(EventError::new("name", "is empty: write what happened, such as `Order Completed`"));
    }
    let text = if text.is_empty() { kind.name() } else { text };
    text_id("name", EventName::new(text))
}

fn timestamp_of_sender(text: &str) -> Result<Option<Timestamp>, EventError> {
    timestamp("sent_at", text)
}

/// An instant in RFC 3339; nothing if it is empty.
fn timestamp(field: &str, text: &str) -> Result<Option<Timestamp>, EventError> {
    if text.is_empty() {
        return Ok(None);
    }
    if text.len() > TIMESTAMP_BYTES_MAX {
        let message =
            format!("has {} bytes: write at most {TIMESTAMP_BYTES_MAX}, as `2026-05-01T09:00:00Z`", text.len());
        return Err(EventError::new(field, message));
    }
    match text.parse::<Timestamp>() {
        Ok(instant) if instant >= instant::first() => Ok(Some(to_millis(instant))),
        Ok(_) => Err(EventError::new(field, format!("`{text}` is before the year 1: leave it out"))),
        Err(_) => {
            let message = format!(
                "`{text}` is no RFC 3339 instant: write a date, a time and an offset, as `2026-05-01T09:00:00Z`"
            );
            Err(EventError::new(field, message))
        }
    }
}

fn text_id<T>(field: &str, id: Result<T, TextIdError>) -> Result<T, EventError> {
    id.map_err(|error| EventError::new(field, error))
}

fn object(field: &str, object: Option<prost_types::Struct>) -> Result<Fields, EventError> {
    let fields = object.map(fields::from_pb).transpose();
    let fields = fields.map_err(|error| EventError::new(format!("{field}.{}", error.path), error.fault))?;
    Ok(fields.unwrap_or_default())
}

/// An event that is too large is refused under the name of its largest part.
fn check_weight(event: &Event) -> Result<(), EventError> {
    let bytes = event.weight();
    if bytes <= Event::WEIGHT_MAX {
        return Ok(());
    }
    let parts = [("properties", &event.properties), ("context", &event.context), ("traits", &event.traits)];
    let largest = parts.into_iter().max_by_key(|(_, fields)| weight(fields));
    let field = largest.map_or("properties", |(field, _)| field);
    let max = Event::WEIGHT_MAX;
    Err(EventError::new(
        field,
        format!("the event takes {bytes} bytes: send at most {max}, leave out what no rule reads"),
    ))
}

#[cfg(test)]
mod tests;
