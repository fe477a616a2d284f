//! Events as lines write them.

use anyhow::{Context, Result};
use baton_model::event::{Event, EventKind};
use baton_model::text_id::{EventName, MessageId};
use baton_model::value::{Fields, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::line::Line;
use super::moment;

/// The event of an `event` or `identify` line. Without `@id` it is named after its line.
pub(crate) fn read(line: &Line, kind: EventKind, now: Timestamp, zone: &TimeZone) -> Result<Event> {
    let name = if kind == EventKind::Track { line.phrase() } else { kind.name().to_owned() };
    let named = |name: &str| line.named.get(name);
    let instant = |name: &str| named(name).map(|text| moment::read(text, now, zone)).transpose();
    let id = named("@id").cloned().unwrap_or_else(|| format!("line-{}", line.number));
    let mut event = Event {
        message_id: MessageId::new(&id)?,
        kind,
        name: EventName::new(&name).context("write the name of the event after `event`")?,
        client_timestamp: named("@timestamp").cloned(),
        timestamp: instant("@timestamp")?,
        sent_at: instant("@sent_at")?,
        historical: named("@historical").is_some_and(|value| value == "true"),
        properties: Fields::new(),
        context: Fields::new(),
        traits: Fields::new(),
    };
    for (name, value) in line.named.iter().filter(|(name, _)| !name.starts_with('@')) {
        let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value.as_str()));
        let (fields, path) = match (name.strip_prefix("context."), kind) {
            (Some(path), _) => (&mut event.context, path),
            (None, EventKind::Identify) => (&mut event.traits, name.as_str()),
            (None, _) => (&mut event.properties, name.as_str()),
        };
        put(fields, path, value);
    }
    Ok(event)
}

/// Sets the field at a dotted path.
fn put(fields: &mut Fields, path: &str, value: Value) {
    let Some((first, rest)) = path.split_once('.') else {
        fields.insert(path.to_owned(), value);
        return;
    };
    let inner = fields.entry(first.to_owned()).or_insert_with(|| Value::Map(Fields::new()));
    if let Value::Map(inner) = inner {
        put(inner, rest, value);
    }
}
