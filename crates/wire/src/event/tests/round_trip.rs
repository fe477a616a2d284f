//! A node that hands an event on says exactly what it was told: whatever an event holds, it is the same event after
//! another trip.

use jiff::SignedDuration;
use jiff::tz::Offset;
use proptest::prelude::*;
use prost_types::value::Kind;

use super::*;

/// An instant of the years 1 to 9999, as clients write them: with any offset, and any part of a second.
fn instant_text() -> impl Strategy<Value = String> {
    let seconds = -62_135_500_000_i64..253_402_100_000;
    let written = (seconds, 0..1_000_000_000_i32, -14..=14_i8).prop_map(|(seconds, nanos, hours)| {
        let instant = Timestamp::new(seconds, 0).unwrap() + SignedDuration::from_nanos(nanos.into());
        instant.display_with_offset(Offset::constant(hours)).to_string()
    });
    prop_oneof![1 => Just(String::new()), 4 => written]
}

fn json() -> impl Strategy<Value = prost_types::Value> {
    let leaf = prop_oneof![
        Just(Kind::NullValue(0)),
        any::<bool>().prop_map(Kind::BoolValue),
        // Whole numbers on both sides of 2^53.
        (any::<i32>(), 0..40).prop_map(|(number, shift)| Kind::NumberValue(f64::from(number) * 2_f64.powi(shift))),
        proptest::num::f64::NORMAL.prop_map(Kind::NumberValue),
        any::<i32>().prop_map(|number| Kind::NumberValue(f64::from(number) / 8.0)),
        ".{0,12}".prop_map(Kind::StringValue),
    ];
    let value = leaf.prop_map(|kind| prost_types::Value { kind: Some(kind) });
    value.prop_recursive(4, 24, 4, |value| {
        let list = prop::collection::vec(value.clone(), 0..4)
            .prop_map(|values| Kind::ListValue(prost_types::ListValue { values }));
        let object = prop::collection::btree_map(".{0,6}", value, 0..4)
            .prop_map(|fields| Kind::StructValue(prost_types::Struct { fields: fields.into_iter().collect() }));
        prop_oneof![list, object].prop_map(|kind| prost_types::Value { kind: Some(kind) })
    })
}

fn object() -> impl Strategy<Value = Option<prost_types::Struct>> {
    let fields = prop::collection::btree_map(".{0,6}", json(), 0..4);
    prop::option::of(fields.prop_map(|fields| prost_types::Struct { fields: fields.into_iter().collect() }))
}

/// A message that is an event.
fn message() -> impl Strategy<Value = pb::Event> {
    let ids = ("[a-zäß0-9 .:-]{1,40}", "[A-Z0-9|]{1,40}");
    let what = (1..=6_i32, "[A-Za-z ]{1,20}", any::<bool>(), any::<bool>());
    let objects = (object(), object(), object());
    (ids, what, instant_text(), instant_text(), objects).prop_map(
        |((customer_id, message_id), (r#type, name, unnamed, historical), timestamp, sent_at, objects)| {
            let (properties, context, traits) = objects;
            let kind = pb::EventType::try_from(r#type).unwrap();
            let named_by_kind = matches!(kind, pb::EventType::Identify | pb::EventType::Group | pb::EventType::Alias);
            let unnamed = named_by_kind || (unnamed && kind != pb::EventType::Track);
            let name = if unnamed { String::new() } else { name };
            pb::Event {
                customer_id,
                message_id,
                r#type,
                name,
                timestamp,
                sent_at,
                properties,
                context,
                traits,
                historical,
            }
        },
    )
}

proptest! {
    #[test]
    fn an_event_that_is_handed_on_stays_the_same(message in message()) {
        let event = CustomerEvent::try_from(message).unwrap();
        let handed_on = CustomerEvent::try_from(pb::Event::from(event.clone()));
        prop_assert_eq!(handed_on, Ok(event));
    }
}
