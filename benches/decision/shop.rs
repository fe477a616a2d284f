//! The world of the decisions: the example documents, a Monday morning, and customers of whom more or less is known.

use std::path::Path;
use std::sync::Arc;

use baton_customer::{Answer, Command, Customer, Decision, Environment, IngestAnswer, Settings, TimerChange};
use baton_journey::document::overlay;
use baton_journey::library::Library;
use baton_journey::source::Source;
use baton_model::event::{Event, EventKind};
use baton_model::ids::{ClusterId, DefinitionsVersion, Epoch};
use baton_model::text_id::{CustomerId, EventName, MessageId};
use baton_model::value::{Fields, Value};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// A journey whose first step is a message, because no example sends at once.
const RECEIPT: &str = "
kind: Journey
id: receipt
owner: shop-team
category: marketing
topic: order_follow_up
purpose: personalised_marketing
priority: 50
entry: {event: Receipt Asked}
reentry: {policy: after_exit}
steps:
  - {id: receipt, message: {channel: email, template: receipt, vars: {order: context.order}}}
---
kind: Template
id: receipt
subject: Your receipt
text: Of order {{ vars.order }}.
vars: {order: {}}
";

pub struct Shop {
    library: Library,
    settings: Settings,
}

impl Shop {
    pub fn open() -> Self {
        let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../journeys");
        let files = std::fs::read_dir(&folder).expect("the examples are beside this crate");
        let mut paths: Vec<_> = files.map(|file| file.expect("it can be listed").path()).collect();
        paths.retain(|path| path.extension().is_some_and(|extension| extension == "yaml"));
        paths.sort();
        let texts = paths.iter().map(|path| std::fs::read_to_string(path).expect("it can be read"));
        let mut documents = Vec::new();
        for text in texts.chain([RECEIPT.to_owned()]) {
            let parsed = baton_journey::parse(&Source::new("example", &text)).expect("examples are right");
            documents = overlay(documents, parsed);
        }
        let history = "400d".parse().expect("it is a span");
        let definitions =
            baton_journey::publish(&documents, DefinitionsVersion(1), history).expect("they fit together");
        let mut library = Library::new();
        library.insert(Arc::new(definitions));
        Self { library, settings: Settings::default() }
    }

    /// A Monday at ten, outside of quiet hours.
    pub fn morning() -> Timestamp {
        "2026-06-01T10:00:00Z".parse().expect("it is an instant")
    }

    pub fn environment(&self, at: Timestamp) -> Environment<'_> {
        Environment { library: &self.library, cluster: ClusterId(1), epoch: Epoch(1), settings: &self.settings, at }
    }

    /// A customer with an address and consent, who has looked at products an hour apart until yesterday.
    pub fn known_customer(&self, events: usize) -> Customer {
        self.life(events, |_, _| {}).0
    }

    /// Lives through the events of a known customer; `each` sees the customer after each decision.
    pub fn life(&self, events: usize, mut each: impl FnMut(&Customer, &Decision)) -> (Customer, Timestamp) {
        let mut customer = Customer::new(CustomerId::new("ana").expect("it is short"));
        let hours = i64::try_from(events).expect("few events");
        let mut at = Self::morning() - SignedDuration::from_hours(24 + hours);
        let traits = json!({"email": "ana@shop.example", "first_name": "Ana"});
        let consent = json!({"purpose": "personalised_marketing", "status": "granted", "source": "checkout"});
        let mut commands = vec![
            event("identify", EventKind::Identify, "identify", &traits),
            event("consent", EventKind::Track, "Consent Changed", &consent),
        ];
        commands.extend((0..events).map(|place| {
            let properties = json!({"product_id": format!("p-{place}"), "price": 19.9, "category": "garden"});
            event(&format!("view-{place}"), EventKind::Track, "Product Seen", &properties)
        }));
        for command in commands {
            let decision = customer.apply(command, &self.environment(at));
            assert_eq!(decision.answer, Answer::Ingest(IngestAnswer::Accepted));
            each(&customer, &decision);
            at += SignedDuration::from_hours(1);
        }
        (customer, at)
    }

    /// What is timed must be what its name says: a decision that sends has something to release, others have not.
    pub fn expect(&self, name: &str, customer: &Customer, command: &Command, at: Timestamp) {
        let decision = customer.clone().apply(command.clone(), &self.environment(at));
        assert!(!decision.sections.is_empty(), "{name} changes nothing: {:?}", decision.answer);
        assert_eq!(!decision.outbox.is_empty(), name.ends_with("sends"), "{name}: {decision:#?}");
    }
}

/// The first instant not before `from` at which a timer of this decision fires.
pub fn first_timer(decision: &Decision, from: Timestamp) -> Timestamp {
    let armed = decision.timers.iter().filter_map(|change| match change {
        TimerChange::Arm { due, .. } if *due >= from => Some(*due),
        _ => None,
    });
    armed.min().expect("the decision armed a timer")
}

/// An event with properties, or for `Identify` with traits.
pub fn event(id: &str, kind: EventKind, name: &str, object: &serde_json::Value) -> Command {
    let Value::Map(fields) = serde_json::from_value(object.clone()).expect("every JSON value is a value") else {
        panic!("{object} is no object");
    };
    let identify = kind == EventKind::Identify;
    let (traits, properties) = if identify { (fields, Fields::new()) } else { (Fields::new(), fields) };
    Command::Ingest(Box::new(Event {
        message_id: MessageId::new(id).expect("it is short"),
        kind,
        name: EventName::new(name).expect("it is short"),
        client_timestamp: None,
        timestamp: None,
        sent_at: None,
        historical: false,
        properties,
        context: Fields::new(),
        traits,
    }))
}
