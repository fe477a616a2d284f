//! The events, each made from its number alone: about 300 bytes as JSON.
//!
//! One in a hundred is a repeat of an order sent a moment ago, so that a repeat which slipped through would send a message
//! twice. Of the others one in ten is an order, which causes a message, and one in ten tells a trait of the customer.

use baton_wire::json::to_struct;
use baton_wire::pb::google::Struct;
use baton_wire::pb::v1 as pb;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;
use xxhash_rust::xxh3::xxh3_64;

/// One event in so many is a repeat.
const REPEAT_EACH: u64 = 100;

/// One event in so many is an order.
const ORDER_EACH: u64 = 10;

/// How many events ago the repeated one was first sent: several batches, so mostly in another call.
const REPEAT_DISTANCE: u64 = 4_949;

/// What the first repeats, before [`REPEAT_DISTANCE`] events were sent, go back.
const REPEAT_DISTANCE_EARLY: u64 = 49;

/// The stream of events of one run.
#[derive(Debug, Clone, Copy)]
pub struct Events {
    /// When the first one happened.
    pub began: Timestamp,
    pub customers: u64,
}

/// What the event of that place in the stream repeats; orders only.
pub fn repeated(place: u64) -> Option<u64> {
    let distance = if place >= REPEAT_DISTANCE { REPEAT_DISTANCE } else { REPEAT_DISTANCE_EARLY };
    (place % REPEAT_EACH == REPEAT_EACH - 1).then(|| place - distance)
}

/// Whether the event of that place, which repeats none, is an order.
pub fn is_order(place: u64) -> bool {
    place.is_multiple_of(ORDER_EACH)
}

impl Events {
    /// The event of that place.
    pub fn at(&self, place: u64) -> pb::Event {
        let number = repeated(place).unwrap_or(place);
        let happened = self.began + SignedDuration::from_micros(i64::try_from(number).unwrap_or(0));
        let event = pb::Event {
            customer_id: format!("customer-{}", self.customer(number)),
            message_id: format!("e7a1c2d0-{number:012}"),
            timestamp: happened.to_string(),
            context: object(json!({"timezone": "Europe/Prague", "locale": "cs-CZ", "ip": "203.0.113.7"})),
            ..pb::Event::default()
        };
        match number % ORDER_EACH {
            0 => pb::Event {
                properties: object(
                    json!({"order_id": format!("o-{number}"), "quantity": 2, "total": 19.9, "coupon": "none"}),
                ),
                ..track("Order Completed", event)
            },
            1 => pb::Event {
                r#type: pb::EventType::Identify.into(),
                traits: object(json!({"plan": "pro", "last_product": number % 1_000})),
                ..event
            },
            _ => pb::Event {
                properties: object(
                    json!({"product_id": number % 1_000, "price": 19.9, "category": "garden", "list": "search"}),
                ),
                ..track("Product Viewed", event)
            },
        }
    }

    /// Which customer an event is about: spread evenly, in no order.
    pub fn customer(&self, number: u64) -> u64 {
        xxh3_64(&number.to_le_bytes()) % self.customers
    }
}

fn track(name: &str, event: pb::Event) -> pb::Event {
    pb::Event { r#type: pb::EventType::Track.into(), name: name.to_owned(), ..event }
}

fn object(value: serde_json::Value) -> Option<Struct> {
    let serde_json::Value::Object(fields) = value else { return None };
    Some(to_struct(&fields))
}
