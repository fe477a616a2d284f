//! `baton event send`

use baton_client::Answer as Outcome;
use baton_wire::json::{self, to_struct, to_value};
use baton_wire::pb::google::Struct;
use baton_wire::pb::v1 as pb;
use serde_json::{Map, Value, json};

use crate::{Answer, Connection, Exit, Failure};

/// Send one event.
#[derive(Debug, clap::Args)]
pub struct SendEvent {
    /// Whose
    customer_id: String,
    /// What happened, such as `Order Completed`; may be left out for an identify event
    #[arg(default_value = "", hide_default_value = true)]
    name: String,
    /// What happened in detail: `total=11.77`; what is no JSON is text
    #[arg(short, long = "property", value_name = "NAME=VALUE", value_parser = pair)]
    properties: Vec<(String, Value)>,
    /// All properties as a JSON object
    #[arg(long, value_name = "JSON", value_parser = object)]
    properties_json: Option<Map<String, Value>>,
    /// What is known of the customer: `email=ada@example.com`; makes it an identify event if no name is given
    #[arg(short, long = "trait", value_name = "NAME=VALUE", value_parser = pair)]
    traits: Vec<(String, Value)>,
    /// Where and how: `timezone=Europe/Berlin`
    #[arg(short, long = "context", value_name = "NAME=VALUE", value_parser = pair)]
    context: Vec<(String, Value)>,
    /// When it happened, RFC 3339; now if left out
    #[arg(long, default_value = "", hide_default_value = true)]
    timestamp: String,
    /// Its own id, by which a repeat is known; drawn if left out
    #[arg(long)]
    message_id: Option<String>,
    /// Update what is known and trigger nothing
    #[arg(long)]
    historical: bool,
}

impl SendEvent {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let event = self.event();
        let message_id = event.message_id.clone();
        let outcome = connection.client().ingest(vec![event]).await.pop();
        answer(&message_id, outcome.unwrap_or_else(|| Outcome::Unanswered("no answer".to_owned())))
    }

    fn event(self) -> pb::Event {
        let kind = if self.name.is_empty() { pb::EventType::Identify } else { pb::EventType::Track };
        let mut properties = self.properties_json.as_ref().map(to_struct);
        insert(&mut properties, self.properties);
        let (mut traits, mut context) = (None, None);
        insert(&mut traits, self.traits);
        insert(&mut context, self.context);
        pb::Event {
            customer_id: self.customer_id,
            message_id: self.message_id.unwrap_or_else(|| uuid::Uuid::new_v4().to_string()),
            r#type: kind.into(),
            name: self.name,
            timestamp: self.timestamp,
            sent_at: String::new(),
            properties,
            context,
            traits,
            historical: self.historical,
        }
    }
}

fn insert(object: &mut Option<Struct>, fields: Vec<(String, Value)>) {
    for (name, value) in fields {
        object.get_or_insert_default().fields.insert(name, to_value(&value));
    }
}

/// `NAME=VALUE`, where the value is JSON if it can be read so.
fn pair(text: &str) -> Result<(String, Value), String> {
    let (name, value) = text.split_once('=').ok_or_else(|| format!("`{text}` has no `=`: write NAME=VALUE"))?;
    let value = serde_json::from_str(value).unwrap_or_else(|_| Value::from(value));
    Ok((name.to_owned(), value))
}

fn object(text: &str) -> Result<Map<String, Value>, String> {
    serde_json::from_str(text).map_err(|error| format!("it is no JSON object: {error}"))
}

fn answer(message_id: &str, outcome: Outcome) -> Result<Answer, Failure> {
    let answer = match outcome {
        Outcome::Accepted(accepted) => {
            let position = accepted.position.unwrap_or_default();
            let pb::ShardPosition { shard, epoch, seq } = position;
            let value = json!({"message_id": message_id, "result": "accepted", "position": json::from_pb(&position)});
            Answer::new(value, format!("accepted as {message_id} (shard {shard}, epoch {epoch}, batch {seq})"))
        }
        Outcome::Duplicate => {
            let value = json!({"message_id": message_id, "result": "duplicate"});
            Answer::new(value, format!("duplicate: {message_id} was taken before, nothing happened again"))
        }
        Outcome::Rejected(rejected) => {
            let pb::Rejected { reason, field, message } = rejected;
            let text = format!("rejected ({reason}): {field}: {message}");
            let value = json!({"message_id": message_id, "result": "rejected", "reason": reason, "field": field, "message": message});
            Answer { exit: Exit::Refused, ..Answer::new(value, text) }
        }
        Outcome::Unanswered(reason) => {
            let value = json!({"message_id": message_id, "result": "unanswered", "reason": reason});
            let text =
                format!("no answer ({reason}): send it again with --message-id {message_id}, nothing happens twice");
            Answer { exit: Exit::Unavailable, ..Answer::new(value, text) }
        }
        Outcome::Refused(status) => return Err(Failure::from(*status)),
    };
    Ok(answer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_json_where_they_can_be() {
        let check = |text: &str, expected: Value| assert_eq!(pair(text).unwrap().1, expected, "{text}");
        check("total=11.77", json!(11.77));
        check("gift=true", json!(true));
        check("name=Ada Lovelace", json!("Ada Lovelace"));
        check("zip=\"01234\"", json!("01234"));
        check("equation=a=b", json!("a=b"));
        assert!(pair("total").is_err());
    }

    #[test]
    fn every_outcome_has_its_exit() {
        let check = |outcome, exit| assert_eq!(answer("m", outcome).unwrap().exit, exit);
        check(Outcome::Accepted(pb::Accepted::default()), Exit::Done);
        check(Outcome::Duplicate, Exit::Done);
        check(Outcome::Rejected(pb::Rejected::default()), Exit::Refused);
        check(Outcome::Unanswered("no_leader".to_owned()), Exit::Unavailable);
        let refused = Outcome::Refused(Box::new(tonic::Status::unauthenticated("no key")));
        assert_eq!(answer("m", refused).unwrap_err().exit, Exit::Refused);
    }
}
