//! Nanoseconds per evaluation of a rule, over histories of 10, 1,000 and 10,000 events (the most that are kept).
//!
//! The events lie evenly over a year, so a window of 30 days holds one in twelve of them. Half of them have the name that the
//! rules ask for. A rule that is awaited also says when its value changes next. The customer lives in Berlin, where clocks are
//! set twice a year.

use std::collections::{BTreeMap, BTreeSet};
use std::hint::black_box;
use std::sync::Arc;

use baton_model::catalogue::Catalogue;
use baton_model::event::EventKind;
use baton_model::history::{History, InputNumber, StoredEvent};
use baton_model::ids::SendId;
use baton_model::profile::Profile;
use baton_model::send::Send;
use baton_model::text_id::{EventName, JourneyId, MessageId, SegmentId};
use baton_model::value::{Fields, Value};
use baton_rules::{Budget, Facts, Names, Rule, RulePlace, Scope};
use criterion::{BenchmarkId, Criterion, criterion_group, criterion_main};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

/// Events of a new customer, of a busy one, and of one at the bound.
const HISTORY_LENGTHS: [u32; 3] = [10, 1_000, 10_000];

/// What the events lie in.
const YEAR: SignedDuration = SignedDuration::from_hours(365 * 24);

/// A customer with everything that rules look at.
struct Known {
    profile: Profile,
    history: History,
    sends: BTreeMap<SendId, Send>,
    segments: BTreeMap<SegmentId, Timestamp>,
    journeys: BTreeSet<JourneyId>,
    catalogue: Catalogue,
    zone: TimeZone,
    now: Timestamp,
}

impl Known {
    fn with_events(count: u32) -> Self {
        let now: Timestamp = "2026-06-01T12:00:00Z".parse().expect("it is an instant");
        let mut history = History::default();
        for place in 0..count {
            let at = now - YEAR * i32::try_from(place).expect("few events") / i32::try_from(count).expect("few events");
            history.insert(Arc::new(event(u64::from(count - place), at)));
        }
        let traits = fields(&json!({"plan": "pro", "age": 41, "address": {"city": "Brno"}}));
        Self {
            profile: Profile { traits, ..Profile::default() },
            history,
            sends: BTreeMap::new(),
            segments: BTreeMap::new(),
            journeys: BTreeSet::new(),
            catalogue: Catalogue::default(),
            zone: baton_model::time::zone("Europe/Berlin").expect("the database has it"),
            now,
        }
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            profile: &self.profile,
            history: &self.history,
            sends: &self.sends,
            segments: &self.segments,
            live_journeys: &self.journeys,
            catalogue: &self.catalogue,
            zone: &self.zone,
        }
    }
}

fn event(number: u64, at: Timestamp) -> StoredEvent {
    let name = if number.is_multiple_of(2) { "Order Completed" } else { "Product Viewed" };
    StoredEvent {
        number: InputNumber(number),
        message_id: MessageId::new(&format!("m{number}")).expect("it is short"),
        client_timestamp: None,
        kind: EventKind::Track,
        name: EventName::new(name).expect("it is short"),
        occurred_at: at,
        received_at: at,
        historical: false,
        properties: fields(&json!({"order_id": number.to_string(), "quantity": 2, "total": 17.5})),
        context: Fields::new(),
    }
}

fn fields(object: &serde_json::Value) -> Fields {
    match serde_json::from_value(object.clone()).expect("every JSON value is a value") {
        Value::Map(fields) => fields,
        _ => Fields::new(),
    }
}

fn rule(document: &serde_json::Value, place: RulePlace) -> Rule {
    let document = serde_json::from_value(document.clone()).expect("the rule is well formed");
    let (segments, journeys, catalogue) = (BTreeSet::new(), BTreeMap::new(), Catalogue::default());
    let names = Names { segments: &segments, journeys: &journeys, catalogue: &catalogue };
    Rule::compile(&document, place, &names).expect("the rule compiles")
}

/// 30 days are a window on the customer's calendar, 720 hours are exact: the same events, found with less arithmetic.
fn did(within: &str) -> serde_json::Value {
    json!({"did": {"event": "Order Completed", "times": {"at_least": 3}, "within": within}})
}

fn sum() -> serde_json::Value {
    let over_a_year =
        json!({"event": "Order Completed", "property": "total", "fn": "sum", "within": "365d", "is": {"gte": 200}});
    json!({"aggregate": over_a_year})
}

fn tree() -> serde_json::Value {
    let known = json!({"any": ["customer.traits.plan == 'free'", "customer.traits.age >= 40"]});
    json!({"all": ["event.properties.total > 10.0", known, {"not": "customer.traits.address.city == 'Praha'"}, did("30d")]})
}

/// Rules that do not look back: the length of the history does not matter to them.
fn without_history(criterion: &mut Criterion) {
    let known = Known::with_events(10);
    let event = event(1, known.now);
    let scope = Scope { event: Some(&event), context: None, at: known.now };
    let rules = [
        ("path", json!("customer.traits.plan == 'pro'")),
        ("comparison", json!("event.properties.total * 2.0 > 30.0 && customer.traits.age in [40, 41, 42]")),
        (
            "any_of_three",
            json!({"any": ["customer.traits.plan == 'free'", "customer.traits.plan == 'team'", "customer.traits.age >= 40"]}),
        ),
    ];
    let mut group = criterion.benchmark_group("rule");
    for (name, document) in rules {
        let rule = rule(&document, RulePlace::ENTRY);
        group.bench_function(name, |bench| {
            bench.iter(|| rule.evaluate(black_box(&known.facts()), &scope, &mut Budget::default()));
        });
    }
}

/// Rules that look back, and what it costs to say why.
fn over_history(criterion: &mut Criterion) {
    let mut group = criterion.benchmark_group("rule");
    for length in HISTORY_LENGTHS {
        let known = Known::with_events(length);
        let event = event(1, known.now);
        let scope = Scope { event: Some(&event), context: None, at: known.now };
        let awaited = RulePlace { event: true, ..RulePlace::SEGMENT };
        let rules = [
            ("did_720h", did("720h"), RulePlace::ENTRY),
            ("did_30d", did("30d"), RulePlace::ENTRY),
            ("sum_365d", sum(), RulePlace::ENTRY),
            ("tree", tree(), RulePlace::ENTRY),
            ("awaited/did_720h", did("720h"), awaited),
            ("awaited/did_30d", did("30d"), awaited),
            ("awaited/sum_365d", sum(), awaited),
            ("awaited/tree", tree(), awaited),
        ];
        for (name, document, place) in rules {
            let rule = rule(&document, place);
            group.bench_function(BenchmarkId::new(name, length), |bench| {
                bench.iter(|| rule.evaluate(black_box(&known.facts()), &scope, &mut Budget::default()));
            });
        }
        let rule = rule(&tree(), RulePlace::ENTRY);
        group.bench_function(BenchmarkId::new("explain_tree", length), |bench| {
            bench.iter(|| rule.explain(black_box(&known.facts()), &scope, &mut Budget::default()));
        });
    }
}

criterion_group!(benches, without_history, over_history);
criterion_main!(benches);
