//! Random rules over random events have the value that going through the plain list of events gives, and no change comes
//! before the flip they name; where nobody waits they have the same value and name none.

use baton_model::span::Span;
use baton_model::time::zone;
use baton_model::value::Value;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::{Rule, compile, document};
use crate::budget::Budget;
use crate::facts::Scope;
use crate::place::RulePlace;
use crate::testing::{Customer, fields, instant};

/// The evening before clocks are set forward in Europe.
const START: &str = "2026-03-28T20:00:00Z";

/// An event: its name, when it happened in quarters of an hour after [`START`], and `event.properties.v`.
type Seen = (&'static str, i64, Option<i64>);

/// A rule whose meaning is written down twice: as a document, and as a loop over the events.
#[derive(Debug, Clone)]
enum Plan {
    All(Vec<Plan>),
    Any(Vec<Plan>),
    Not(Box<Plan>),
    /// `customer.traits.n > ..`
    Trait(i64),
    /// `now >= START + quarters`
    After(i64),
    /// `now - customer.traits.t < quarters`, where `t` is `START`
    Since(i64),
    Did {
        name: &'static str,
        span: Option<&'static str>,
        filter: Filter,
        least: u32,
        most: Option<u32>,
    },
    Aggregate {
        name: &'static str,
        span: Option<&'static str>,
        filter: Filter,
        function: &'static str,
        bound: f64,
    },
}

#[derive(Debug, Clone, Copy)]
enum Filter {
    Everything,
    /// `event.properties.v > ..`
    Value(i64),
    /// Happened that many quarters ago or longer.
    Age(i64),
}

fn quarters(number: i64) -> SignedDuration {
    SignedDuration::from_mins(15 * number)
}

impl Filter {
    fn json(self) -> String {
        match self {
            Self::Everything => String::new(),
            Self::Value(bound) => format!(r#", "where": "event.properties.v > {bound}""#),
            Self::Age(age) => format!(r#", "where": "now - event.timestamp >= duration('{}m')""#, 15 * age),
        }
    }

    fn passes(self, (_, time, value): Seen, at: Timestamp) -> bool {
        match self {
            Self::Everything => true,
            Self::Value(bound) => value.is_some_and(|value| value > bound),
            Self::Age(age) => at.duration_since(instant(START) + quarters(time)) >= quarters(age),
        }
    }
}

impl Plan {
    fn json(&self) -> String {
        let list = |parts: &[Self]| parts.iter().map(Self::json).collect::<Vec<_>>().join(", ");
        let within = |span: Option<&str>| span.map_or(String::new(), |span| format!(r#", "within": "{span}""#));
        match self {
            Self::All(parts) => format!(r#"{{"all": [{}]}}"#, list(parts)),
            Self::Any(parts) => format!(r#"{{"any": [{}]}}"#, list(parts)),
            Self::Not(part) => format!(r#"{{"not": {}}}"#, part.json()),
            Self::Trait(bound) => format!(r#""customer.traits.n > {bound}""#),
            Self::After(time) => format!(r#""timestamp('{}') <= now""#, instant(START) + quarters(*time)),
            Self::Since(age) => format!(r#""now - customer.traits.t < duration('{}m')""#, 15 * age),
            Self::Did { name, span, filter, least, most } => {
                let most = most.map_or(String::new(), |most| format!(r#", "at_most": {}"#, least + most));
                let times = format!(r#""times": {{"at_least": {least}{most}}}"#);
                format!(r#"{{"did": {{"event": "{name}", {times}{}{}}}}}"#, within(*span), filter.json())
            }
            Self::Aggregate { name, span, filter, function, bound } => format!(
                r#"{{"aggregate": {{"event": "{name}", "fn": "{function}", "property": "v", "is": {{"gte": {bound}}}{}{}}}}}"#,
                within(*span),
                filter.json()
            ),
        }
    }

    /// The value, found by going through all the events, oldest first.
    fn naive(&self, events: &[Seen], at: Timestamp, zone: &TimeZone) -> bool {
        let selected = |wanted: &str, span: Option<&str>, filter: Filter| -> Vec<Seen> {
            let after = span.map(|span| span.parse::<Span>().unwrap().before(at, zone));
            let inside = |time: Timestamp| time <= at && after.is_none_or(|after| time > after);
            let named = events.iter().filter(|event| event.0 == wanted);
            let selected =
                named.filter(|event| inside(instant(START) + quarters(event.1)) && filter.passes(**event, at));
            selected.copied().collect()
        };
        match self {
            Self::All(parts) => parts.iter().all(|part| part.naive(events, at, zone)),
            Self::Any(parts) => parts.iter().any(|part| part.naive(events, at, zone)),
            Self::Not(part) => !part.naive(events, at, zone),
            Self::Trait(bound) => 3 > *bound,
            Self::After(time) => at >= instant(START) + quarters(*time),
            Self::Since(age) => at < instant(START) + quarters(*age),
            Self::Did { name, span, filter, least, most } => {
                let count = selected(name, *span, *filter).len();
                count >= *least as usize && most.is_none_or(|most| count <= (least + most) as usize)
            }
            Self::Aggregate { name, span, filter, function, bound } => {
                let values: Vec<i64> = selected(name, *span, *filter).iter().filter_map(|event| event.2).collect();
                aggregate(function, &values).is_some_and(|value| value >= *bound)
            }
        }
    }
}

#[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
fn aggregate(function: &str, values: &[i64]) -> Option<f64> {
    let mut different = values.to_vec();
    different.sort_unstable();
    different.dedup();
    match function {
        "count" => Some(values.len() as f64),
        "sum" => Some(values.iter().sum::<i64>() as f64),
        "avg" => (!values.is_empty()).then(|| values.iter().sum::<i64>() as f64 / values.len() as f64),
        "min" => different.first().map(|value| *value as f64),
        "max" => different.last().map(|value| *value as f64),
        "distinct" => Some(different.len() as f64),
        "first" => values.first().map(|value| *value as f64),
        _ => values.last().map(|value| *value as f64),
    }
}

fn plans() -> impl Strategy<Value = Plan> {
    let name = || prop::sample::select(vec!["A", "B"]);
    let span = || prop::option::of(prop::sample::select(vec!["6h", "24h", "1d", "1d 6h", "1w", "P1M"]));
    let filter = || {
        prop_oneof![
            2 => Just(Filter::Everything),
            1 => (-1..4_i64).prop_map(Filter::Value),
            1 => (0..60_i64).prop_map(Filter::Age),
        ]
    };
    let functions = vec!["count", "sum", "avg", "min", "max", "distinct", "first", "last"];
    let leaf = prop_oneof![
        1 => (1..6_i64).prop_map(Plan::Trait),
        1 => (-100..300_i64).prop_map(Plan::After),
        1 => (-100..300_i64).prop_map(Plan::Since),
        4 => (name(), span(), filter(), 1..4_u32, prop::option::of(0..2_u32))
            .prop_map(|(name, span, filter, least, most)| Plan::Did { name, span, filter, least, most }),
        3 => (name(), span(), filter(), prop::sample::select(functions), -2..8_i32)
            .prop_map(|(name, span, filter, function, bound)| Plan::Aggregate {
                name, span, filter, function, bound: f64::from(bound)
            }),
    ];
    leaf.prop_recursive(3, 12, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Plan::All),
            prop::collection::vec(inner.clone(), 0..4).prop_map(Plan::Any),
            inner.prop_map(|part| Plan::Not(Box::new(part))),
        ]
    })
}

fn customer(events: &[Seen], zone: &TimeZone) -> Customer {
    let mut customer = Customer::new();
    customer.zone = zone.clone();
    customer.profile.traits = fields(r#"{"n": 3}"#);
    customer.profile.traits.insert("t".to_owned(), Value::from(START));
    for (name, time, value) in events {
        let properties = value.map_or("{}".to_owned(), |value| format!(r#"{{"v": {value}}}"#));
        customer.event(name, instant(START) + quarters(*time), &properties);
    }
    customer
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(120))]

    #[test]
    fn rules_agree_with_a_scan_of_all_events(
        plan in plans(),
        // Some of the events are later than the instant of evaluation.
        events in prop::collection::vec(
            (prop::sample::select(vec!["A", "B"]), -200..200_i64, prop::option::of(-3..6_i64)), 0..8),
        at in 0..150_i64,
        zone_name in prop::sample::select(vec!["UTC", "Europe/Berlin", "America/New_York"]),
    ) {
        // Of two events of one instant the naive order is not defined.
        let mut events = events;
        events.sort_by_key(|event| event.1);
        events.dedup_by_key(|event| event.1);
        let zone = zone(zone_name).unwrap();
        let customer = customer(&events, &zone);
        let rule = compile(&plan.json(), &customer).unwrap();
        let once = Rule::compile(&document(&plan.json()), RulePlace::STEP, &customer.names()).unwrap();
        let facts = customer.facts();
        let mut instant = instant(START) + quarters(at);
        // Follow the flips as an actor would, and look at every quarter of an hour between them.
        for _ in 0..6 {
            let outcome = rule.evaluate(&facts, &Scope::at(instant), &mut Budget::default());
            prop_assert_eq!(outcome.value, plan.naive(&events, instant, &zone), "{} at {}", plan.json(), instant);
            let explain = rule.explain(&facts, &Scope::at(instant), &mut Budget::default());
            prop_assert_eq!((explain.value, explain.next_flip), (outcome.value, outcome.next_flip));
            let once = once.evaluate(&facts, &Scope::at(instant), &mut Budget::default());
            prop_assert_eq!((once.value, once.next_flip), (outcome.value, None), "{} at {}", plan.json(), instant);
            let end = outcome.next_flip.unwrap_or(instant + quarters(96 * 35)).min(instant + quarters(96 * 35));
            prop_assert!(end > instant, "{} flips at {} and not later", plan.json(), instant);
            let mut later = instant + quarters(1);
            while later < end {
                let value = plan.naive(&events, later, &zone);
                prop_assert_eq!(value, outcome.value, "{} changed at {}, named {}", plan.json(), later, end);
                later += quarters(1);
            }
            let Some(flip) = outcome.next_flip else { break };
            instant = flip;
        }
    }
}
