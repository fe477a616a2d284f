//! One JSON object a line, with the names of the contract or those of the Segment specification.

use std::io::BufRead;

use baton_wire::json::to_struct;
use baton_wire::pb::v1 as pb;
use serde::Deserialize;
use serde_json::{Map, Value};

use super::row::{Row, RowError};

/// Reads events from JSON lines. Empty lines are skipped.
pub struct JsonLines<R> {
    reader: R,
    line: u64,
    has_ended: bool,
}

impl<R: BufRead> JsonLines<R> {
    /// Reads from the first line on.
    pub fn new(reader: R) -> Self {
        Self { reader, line: 0, has_ended: false }
    }
}

impl<R: BufRead> Iterator for JsonLines<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        let mut content = Vec::new();
        while !self.has_ended {
            content.clear();
            self.line += 1;
            match self.reader.read_until(b'\n', &mut content) {
                Ok(0) => self.has_ended = true,
                Ok(_) if content.trim_ascii().is_empty() => {}
                Ok(_) => {
                    let event = event_from_json(&content).map_err(|message| RowError::new(self.line, message));
                    return Some(event.map(|event| Row::named(self.line, &content, event)));
                }
                Err(error) => {
                    self.has_ended = true;
                    return Some(Err(RowError::unreadable(self.line, &error)));
                }
            }
        }
        None
    }
}

/// What a line may say.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct EventLine {
    #[serde(alias = "userId", alias = "customerId")]
    customer_id: String,
    #[serde(alias = "messageId", default)]
    message_id: String,
    #[serde(rename = "type")]
    kind: Option<String>,
    #[serde(alias = "event", default)]
    name: String,
    #[serde(default)]
    timestamp: String,
    #[serde(alias = "sentAt", default)]
    sent_at: String,
    properties: Option<Map<String, Value>>,
    context: Option<Map<String, Value>>,
    traits: Option<Map<String, Value>>,
    #[serde(default)]
    historical: bool,
}

/// The event that a JSON object says, or what is wrong with it.
pub fn event_from_json(text: &[u8]) -> Result<pb::Event, String> {
    // The line is known to whoever reads lines; only the column is news.
    let line: EventLine = serde_json::from_slice(text)
        .map_err(|error| error.to_string().replace(&format!(" at line {} ", error.line()), " at "))?;
    let kind = event_type(line.kind.as_deref().unwrap_or("track"))?;
    Ok(pb::Event {
        customer_id: line.customer_id,
        message_id: line.message_id,
        r#type: kind.into(),
        name: line.name,
        timestamp: line.timestamp,
        sent_at: line.sent_at,
        properties: line.properties.as_ref().map(to_struct),
        context: line.context.as_ref().map(to_struct),
        traits: line.traits.as_ref().map(to_struct),
        historical: line.historical,
    })
}

/// The type by its name, such as `track`.
pub(super) fn event_type(name: &str) -> Result<pb::EventType, String> {
    pb::EventType::from_str_name(&format!("EVENT_TYPE_{}", name.to_ascii_uppercase()))
        .filter(|kind| *kind != pb::EventType::Unspecified)
        .ok_or_else(|| format!("the type `{name}` does not exist: write track, identify, page, screen, group or alias"))
}
