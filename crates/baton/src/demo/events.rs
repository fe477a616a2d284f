//! Purchases as the events that a shop would send.

use baton_wire::json::to_struct;
use baton_wire::pb::google::Struct;
use baton_wire::pb::v1 as pb;
use jiff::civil::{Date, Time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};
use xxhash_rust::xxh3::xxh3_64;

use super::customers::Shopper;
use super::orders::Order;

/// The zone of customers who told none, for the hour at which they buy.
const USUAL_ZONE: &str = "America/New_York";

/// The first hour of a customer's day at which they buy.
const FIRST_HOUR: i8 = 9;

/// So many seconds after it, they do not buy any more: until nine in the evening.
const BUYING_SECONDS: u64 = 12 * 3_600;

/// Between two purchases of one customer on one day.
const BETWEEN_ORDERS: SignedDuration = SignedDuration::from_mins(20);

/// When the purchase happened: the file knows the day; the hour is made up from customer and day.
pub(super) fn instant(order: &Order, shopper: &Shopper) -> Timestamp {
    let chance = xxh3_64(format!("{} {}", shopper.id, order.date).as_bytes()) % BUYING_SECONDS;
    let seconds = i64::try_from(chance).expect("half a day has few seconds");
    let opening = morning(order.date, shopper.zone.unwrap_or(USUAL_ZONE));
    let later = SignedDuration::from_secs(seconds) + BETWEEN_ORDERS * i32::try_from(order.number_of_day).unwrap_or(0);
    opening + later
}

/// What the shop knows of a customer when they first buy: who they are, and what they agreed to.
pub(super) fn introduction(shopper: &Shopper, at: Timestamp) -> Vec<pb::Event> {
    let mut traits = json!({"email": shopper.email});
    if let Some(zone) = shopper.zone {
        traits["timezone"] = json!(zone);
    }
    let event = |kind: &str| pb::Event {
        customer_id: shopper.id.clone(),
        message_id: format!("{kind}-{}", shopper.id),
        timestamp: at.to_string(),
        ..pb::Event::default()
    };
    let identify = pb::Event { r#type: pb::EventType::Identify.into(), traits: object(&traits), ..event("identify") };
    if !shopper.consents {
        return vec![identify];
    }
    let consent = json!({"purpose": "personalised_marketing", "status": "granted", "source": "checkout"});
    let consent = pb::Event {
        r#type: pb::EventType::Track.into(),
        name: "Consent Changed".to_owned(),
        properties: object(&consent),
        ..event("consent")
    };
    vec![identify, consent]
}

/// A purchase.
pub(super) fn order(order: &Order, shopper: &Shopper) -> pb::Event {
    let id = format!("order-{}-{}", order.customer, order.number);
    let properties = json!({"order_id": id, "quantity": order.quantity, "total": order.total});
    pb::Event {
        customer_id: shopper.id.clone(),
        message_id: id,
        r#type: pb::EventType::Track.into(),
        name: "Order Completed".to_owned(),
        timestamp: instant(order, shopper).to_string(),
        properties: object(&properties),
        ..pb::Event::default()
    }
}

fn object(value: &Value) -> Option<Struct> {
    value.as_object().map(to_struct)
}

fn morning(date: Date, zone: &str) -> Timestamp {
    let local = date.to_datetime(Time::constant(FIRST_HOUR, 0, 0, 0));
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    zone.to_ambiguous_timestamp(local).compatible().expect("the days of the purchases are within jiff's range")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::customers::shoppers;
    use crate::demo::orders::parse;

    #[test]
    fn people_buy_by_day_and_two_orders_of_a_day_are_two_events() {
        let orders = parse("7 19970105 1 1.5\n7 19970105 2 3\n").unwrap();
        let shopper = &shoppers(&orders, 1)["7"];
        let [first, second] = [&orders[0], &orders[1]].map(|order| instant(order, shopper));
        assert_eq!(second.duration_since(first), BETWEEN_ORDERS);
        let local = first.to_zoned(TimeZone::get(shopper.zone.unwrap()).unwrap());
        assert_eq!(local.date(), orders[0].date);
        assert!((9..21).contains(&local.hour()), "{local}");
        let [first, second] = [&orders[0], &orders[1]].map(|one| order(one, shopper));
        assert_ne!(first.message_id, second.message_id);
        assert_ne!(first.timestamp, second.timestamp);
    }

    #[test]
    fn who_does_not_consent_says_nothing_of_it() {
        let shopper =
            |consents| Shopper { id: "a".to_owned(), email: "a@shop.example".to_owned(), zone: None, consents };
        let names = |consents| -> Vec<String> {
            introduction(&shopper(consents), Timestamp::UNIX_EPOCH).into_iter().map(|event| event.message_id).collect()
        };
        assert_eq!(names(true), ["identify-a", "consent-a"]);
        assert_eq!(names(false), ["identify-a"]);
    }
}
