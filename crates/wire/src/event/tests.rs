//! Events: good ones convert and come back, bad ones name their field and say what to write instead.

mod round_trip;

use std::collections::BTreeMap;

use baton_model::value::Value;

use super::*;

/// The payloads of the Segment specification; see `data/README.md`.
const PAYLOADS: &str = include_str!("../../data/segment-payloads.jsonl");

fn good() -> pb::Event {
    pb::Event {
        customer_id: "ada".to_owned(),
        message_id: "m1".to_owned(),
        r#type: pb::EventType::Track.into(),
        name: "Order Completed".to_owned(),
        timestamp: "2026-05-01T09:00:00.1239Z".to_owned(),
        sent_at: "2026-05-01T11:00:01+02:00".to_owned(),
        properties: Some(fields::to_pb(&BTreeMap::from([("total".to_owned(), Value::Double(9.5))]))),
        ..pb::Event::default()
    }
}

#[test]
fn a_good_event_keeps_what_the_client_wrote() {
    let CustomerEvent { customer, event } = good().try_into().unwrap();
    assert_eq!(customer.as_str(), "ada");
    assert_eq!(event.client_timestamp.as_deref(), Some("2026-05-01T09:00:00.1239Z"));
    assert_eq!(event.timestamp, Some("2026-05-01T09:00:00.123Z".parse().unwrap()), "cut to whole milliseconds");
    assert_eq!(event.sent_at, Some("2026-05-01T09:00:01Z".parse().unwrap()));
}

#[test]
fn an_event_is_named_by_its_client_or_by_its_kind() {
    let cases = [
        (pb::EventType::Track, "Signed Up", "Signed Up"),
        (pb::EventType::Page, "Home", "Home"),
        (pb::EventType::Page, "", "page"),
        (pb::EventType::Screen, "", "screen"),
        (pb::EventType::Identify, "", "identify"),
        (pb::EventType::Group, "", "group"),
        (pb::EventType::Alias, "", "alias"),
    ];
    for (kind, name, expected) in cases {
        let message = pb::Event { r#type: kind.into(), name: name.to_owned(), ..good() };
        let parsed = CustomerEvent::try_from(message).unwrap();
        assert_eq!(parsed.event.name.as_str(), expected, "{kind:?} {name}");
    }
}

/// What is changed, the field that is named, what is said.
type Bad = (fn(&mut pb::Event), &'static str, &'static str);

/// One row is one bad event.
const BAD: [Bad; 19] = [
    (|e| e.customer_id.clear(), "customer_id", "customer_id is empty: write 1 to 256 bytes of UTF-8"),
    (|e| e.customer_id = "x".repeat(257), "customer_id", "customer_id has 257 bytes: write at most 256"),
    (
        |e| e.customer_id = "a\nb".to_owned(),
        "customer_id",
        "customer_id holds a control character at byte 1: remove it",
    ),
    (|e| e.message_id.clear(), "message_id", "message_id is empty: write 1 to 256 bytes of UTF-8"),
    (|e| e.r#type = 0, "type", "is missing: write one such as EVENT_TYPE_TRACK"),
    (|e| e.r#type = 99, "type", "99 is none this version knows: write 1 (TRACK) to 6 (ALIAS)"),
    (|e| e.name.clear(), "name", "is empty: write what happened, such as `Order Completed`"),
    (|e| e.name = "\t".to_owned(), "name", "event name holds a control character at byte 0: remove it"),
    (
        |e| e.r#type = pb::EventType::Identify.into(),
        "name",
        "`Order Completed` would have no effect: leave it empty, or write EVENT_TYPE_TRACK as `type`",
    ),
    (
        |e| e.timestamp = "yesterday".to_owned(),
        "timestamp",
        "`yesterday` is no RFC 3339 instant: write a date, a time and an offset, as `2026-05-01T09:00:00Z`",
    ),
    (
        |e| e.timestamp = "2026-05-01T09:00:00".to_owned(),
        "timestamp",
        "`2026-05-01T09:00:00` is no RFC 3339 instant: write a date, a time and an offset, as `2026-05-01T09:00:00Z`",
    ),
    (
        |e| e.timestamp = "2026-02-30T09:00:00Z".to_owned(),
        "timestamp",
        "`2026-02-30T09:00:00Z` is no RFC 3339 instant: write a date, a time and an offset, as `2026-05-01T09:00:00Z`",
    ),
    (
        |e| e.timestamp = "-000001-01-01T00:00:00Z".to_owned(),
        "timestamp",
        "`-000001-01-01T00:00:00Z` is before the year 1: leave it out",
    ),
    (|e| e.timestamp = "9".repeat(65), "timestamp", "has 65 bytes: write at most 64, as `2026-05-01T09:00:00Z`"),
    (
        |e| e.sent_at = "1714554000".to_owned(),
        "sent_at",
        "`1714554000` is no RFC 3339 instant: write a date, a time and an offset, as `2026-05-01T09:00:00Z`",
    ),
    (
        |e| set(&mut e.properties, "total", None),
        "properties.total",
        "the value has no kind: set `null_value` for null, or leave the field out",
    ),
    (
        |e| set(&mut e.context, "n", Some(prost_types::value::Kind::NumberValue(f64::NAN))),
        "context.n",
        "the number is not finite: JSON has no such number, leave the field out",
    ),
    (
        |e| set(&mut e.traits, "bio", Some(prost_types::value::Kind::StringValue("x".repeat(40_000)))),
        "traits",
        "the event takes 40040 bytes: send at most 32768, leave out what no rule reads",
    ),
    (
        |e| set(&mut e.context, "blob", Some(prost_types::value::Kind::StringValue("x".repeat(40_000)))),
        "context",
        "the event takes 40041 bytes: send at most 32768, leave out what no rule reads",
    ),
];

#[test]
fn a_bad_event_names_its_field_and_says_what_to_write() {
    for (spoil, field, message) in BAD {
        let mut event = good();
        spoil(&mut event);
        let expected = EventError::new(field, message);
        assert_eq!(CustomerEvent::try_from(event), Err(expected));
    }
}

fn set(object: &mut Option<prost_types::Struct>, name: &str, kind: Option<prost_types::value::Kind>) {
    object.get_or_insert_default().fields.insert(name.to_owned(), prost_types::Value { kind });
}

#[test]
fn payloads_of_the_segment_specification_convert_and_come_back() {
    let mut kinds = std::collections::BTreeSet::new();
    for (at, line) in PAYLOADS.lines().enumerate() {
        let line: Value = serde_json::from_str(line).unwrap();
        let payload = line.at(["payload"]).unwrap();
        let event =
            CustomerEvent::try_from(from_payload(at, payload)).unwrap_or_else(|error| panic!("{payload}: {error}"));

        kinds.insert(event.event.kind);
        assert_eq!(event.event.properties, fields_of(payload, "properties"), "{payload}");
        assert_eq!(event.event.context, fields_of(payload, "context"), "{payload}");
        assert_eq!(event.event.traits, fields_of(payload, "traits"), "{payload}");
        assert_eq!(CustomerEvent::try_from(pb::Event::from(event.clone())), Ok(event));
    }
    assert_eq!(kinds.into_iter().collect::<Vec<_>>(), EventKind::ALL, "every kind of call is among them");
}

/// A payload as a client of Baton sends it: Segment's field names become ours, and what it leaves out is made up.
fn from_payload(at: usize, payload: &Value) -> pb::Event {
    let text = |names: &[&str]| {
        let found = names.iter().find_map(|name| payload.at([*name]).and_then(Value::as_str));
        found.unwrap_or_default().to_owned()
    };
    let kind = text(&["type", "action"]);
    let kind = EventKind::ALL.into_iter().find(|known| known.name() == kind).unwrap();
    let or = |text: String, other: String| if text.is_empty() { other } else { text };
    pb::Event {
        customer_id: or(text(&["userId", "user_id", "anonymousId"]), "nobody".to_owned()),
        message_id: or(text(&["messageId"]), format!("line {at}")),
        r#type: kind_to_pb(kind).into(),
        name: text(&["event", "name"]),
        timestamp: text(&["timestamp"]),
        sent_at: text(&["sentAt"]),
        properties: Some(fields::to_pb(&fields_of(payload, "properties"))),
        context: Some(fields::to_pb(&fields_of(payload, "context"))),
        traits: Some(fields::to_pb(&fields_of(payload, "traits"))),
        historical: false,
    }
}

fn fields_of(payload: &Value, name: &str) -> Fields {
    match payload.at([name]) {
        Some(Value::Map(fields)) => fields.clone(),
        _ => Fields::new(),
    }
}
