//! What the simulated customers live through: a message at once, another after a while, and a time at which none goes out.

use std::sync::Arc;

use baton_journey::library::Library;
use baton_journey::source::Source;
use baton_model::event::{Event, EventKind};
use baton_model::ids::DefinitionsVersion;
use baton_model::text_id::{CustomerId, EventName, MessageId};
use baton_model::value::{Fields, Value};

/// When a simulation begins: shortly before the quiet time.
pub(super) const START: &str = "2024-01-08T20:59:40Z";

/// How many sends come of one event.
pub(super) const SENDS_OF_AN_EVENT: usize = 2;

const DOCUMENTS: &str = "kind: Channel
id: app
type: webhook
---
kind: Topic
id: news
default: subscribed
---
kind: Template
id: note
subject: Hello
text: Hello
---
kind: Policy
id: nights
applies_to: all
checks:
  - quiet_hours: {from: \"21:00\", to: \"21:01\"}
---
kind: Journey
id: greetings
category: service
topic: news
entry: {event: Signed Up, key: event.properties.key}
reentry: {max_concurrent: 50}
steps:
  - {id: now, message: {channel: app, template: note}}
  - {id: wait, delay: {for: PT30S}}
  - {id: later, message: {channel: app, template: note}}
";

/// The documents as they are published, one version after the other.
pub(super) fn libraries() -> Vec<Arc<Library>> {
    let parsed = baton_journey::parse(&Source::new("simulation.yaml", DOCUMENTS)).expect("the documents parse");
    let retention = "400d".parse().expect("it is a duration");
    let mut library = Library::new();
    let mut publish = |number| {
        let version = DefinitionsVersion(number);
        let definitions = baton_journey::publish(&parsed, version, retention).expect("the documents validate");
        library.insert(Arc::new(definitions));
        Arc::new(library.clone())
    };
    vec![publish(1), publish(2)]
}

/// The event that starts it all.
pub(super) fn sign_up(message: &MessageId) -> Event {
    Event {
        message_id: message.clone(),
        kind: EventKind::Track,
        name: EventName::new("Signed Up").expect("it is a name"),
        client_timestamp: None,
        timestamp: None,
        sent_at: None,
        historical: false,
        properties: Fields::from([("key".to_owned(), Value::from(message.as_str()))]),
        context: Fields::new(),
        traits: Fields::new(),
    }
}

pub(super) fn customer(number: usize) -> CustomerId {
    CustomerId::new(&format!("customer-{number}")).expect("it is an id")
}

pub(super) fn message(client: usize, number: usize) -> MessageId {
    MessageId::new(&format!("m{client}-{number}")).expect("it is an id")
}
