//! Documents and customers in; values, flips and reasons out.

mod against_naive;
mod never_panics;

use baton_model::catalogue::{Channel, ChannelKind, Topic};
use baton_model::explain::Explain;
use baton_model::ids::{DefinitionsVersion, EnrolmentId, SendId, Visit};
use baton_model::profile::{Consent, Stated, Subscription, Ticket};
use baton_model::send::{Category, Engagement, Send, SendState};
use jiff::Timestamp;

use super::Rule;
use crate::budget::Budget;
use crate::document::RuleDocument;
use crate::facts::Scope;
use crate::place::RulePlace;
use crate::testing::{Customer, fields, instant};

const NOON: &str = "2026-03-02T12:00:00Z";

fn stated<T>(value: T) -> Stated<T> {
    Stated { value, at: instant(NOON), source: "test".to_owned() }
}

/// A customer with one of everything.
fn customer() -> Customer {
    let mut customer = Customer::new();
    for id in ["churned", "new"] {
        customer.known_segments.insert(id.parse().unwrap());
    }
    customer.segments.insert("churned".parse().unwrap(), instant("2026-02-01T00:00:00Z"));
    for id in ["cart", "welcome"] {
        customer.known_journeys.insert(id.parse().unwrap(), ["email".parse().unwrap()].into());
    }
    customer.live_journeys.insert("cart".parse().unwrap());
    for (id, default) in [("news", Subscription::Subscribed), ("tips", Subscription::Unsubscribed)] {
        let topic = Topic { id: id.parse().unwrap(), default, channels: Vec::new() };
        customer.catalogue.topics.insert(topic.id.clone(), topic);
    }
    for id in ["marketing", "profiling", "sharing"] {
        let purpose = baton_model::catalogue::Purpose { id: id.parse().unwrap(), legal_basis: "consent".to_owned() };
        customer.catalogue.purposes.insert(purpose.id.clone(), purpose);
    }
    for (id, kind) in [("email", ChannelKind::Email), ("sms", ChannelKind::Sms), ("push", ChannelKind::Push)] {
        let id: baton_model::text_id::ChannelId = id.parse().unwrap();
        let channel = Channel { id: id.clone(), kind, roles: Vec::new(), providers: Vec::new(), at_most_once: false };
        customer.catalogue.channels.insert(id, channel);
    }
    customer.profile.traits = fields(r#"{"email": "a@example.com", "phone": "+49", "plan": "pro"}"#);
    customer.profile.suppressed.insert("sms".parse().unwrap(), stated("STOP".to_owned()));
    customer.profile.consents.insert("marketing".parse().unwrap(), stated(Consent::Granted));
    customer.profile.consents.insert("profiling".parse().unwrap(), stated(Consent::Denied));
    let ticket = Ticket { severity: "high".to_owned(), opened_at: instant(NOON) };
    customer.profile.tickets.insert("t1".parse().unwrap(), ticket);
    customer.event(
        "Order Completed",
        instant("2026-02-20T12:00:00Z"),
        r#"{"total": 10, "sku": "a", "cart": {"n": 1}}"#,
    );
    customer.event("Order Completed", instant("2026-03-01T12:00:00Z"), r#"{"total": 30.5, "sku": "b"}"#);
    customer.event("Order Completed", instant("2026-03-02T06:00:00Z"), r#"{"total": 20, "sku": "a"}"#);
    customer.event("Order Completed", instant("2026-03-02T11:00:00Z"), r#"{"total": "free"}"#);
    customer.event("Order Completed", instant("2026-03-02T18:00:00Z"), r#"{"total": 99, "sku": "z"}"#);
    customer.sends.insert(SendId(1), send());
    customer
}

/// An email accepted an hour before noon and opened at noon.
fn send() -> Send {
    Send {
        id: SendId(1),
        enrolment: EnrolmentId(1),
        journey: "cart".parse().unwrap(),
        version: DefinitionsVersion(1),
        step: "email".parse().unwrap(),
        visit: Visit(1),
        channel: "email".parse().unwrap(),
        template: "t".parse().unwrap(),
        category: Category::Marketing,
        priority: 50,
        topic: None,
        purpose: None,
        role: None,
        decided_at: instant("2026-03-02T10:00:00Z"),
        defer_base: instant("2026-03-02T10:00:00Z"),
        state: SendState::Accepted { at: instant("2026-03-02T11:00:00Z"), after_exit: false },
        engagement: Engagement { opened: Some(instant(NOON)), ..Engagement::default() },
    }
}

fn document(json: &str) -> RuleDocument {
    serde_json::from_str(json).unwrap_or_else(|error| panic!("{json}: {error}"))
}

fn compile(json: &str, customer: &Customer) -> Result<Rule, Vec<String>> {
    Rule::compile(&document(json), RulePlace::WAIT, &customer.names())
        .map_err(|errors| errors.iter().map(ToString::to_string).collect())
}

/// Explains a rule, after checking that its evaluation agrees.
fn explain(json: &str, at: Timestamp) -> Explain {
    let customer = customer();
    let rule = compile(json, &customer).unwrap_or_else(|errors| panic!("{json}: {errors:?}"));
    let (facts, scope) = (customer.facts(), Scope::at(at));
    let outcome = rule.evaluate(&facts, &scope, &mut Budget::default());
    let explain = rule.explain(&facts, &scope, &mut Budget::default());
    assert_eq!((outcome.value, outcome.next_flip), (explain.value, explain.next_flip), "{json}");
    explain
}

#[test]
fn each_word_has_its_meaning() {
    let check = |json: &str, value: bool, next_flip: Option<&str>| {
        let explain = explain(json, instant(NOON));
        assert_eq!((explain.value, explain.next_flip), (value, next_flip.map(instant)), "{json}");
    };
    check(r#""customer.traits.plan == 'pro'""#, true, None);
    check(r#"{"not": "customer.traits.no == 'pro'"}"#, true, None);
    check(r#"{"all": []}"#, true, None);
    check(r#"{"any": []}"#, false, None);
    check(r#"{"segment": "churned"}"#, true, None);
    check(r#"{"segment": "new"}"#, false, None);
    check(r#"{"in_journey": "cart"}"#, true, None);
    check(r#"{"in_journey": "welcome"}"#, false, None);
    check(r#"{"subscribed": "news"}"#, true, None);
    check(r#"{"subscribed": "tips"}"#, false, None);
    check(r#"{"consent": "marketing"}"#, true, None);
    check(r#"{"consent": "profiling"}"#, false, None);
    check(r#"{"consent": "sharing"}"#, false, None);
    check(r#"{"reachable": "email"}"#, true, None);
    check(r#"{"reachable": "sms"}"#, false, None);
    check(r#"{"reachable": "push"}"#, false, None);
    check(r#"{"ticket": {"open": true}}"#, true, None);
    check(r#"{"ticket": {"open": true, "severity": ["low", "high"]}}"#, true, None);
    check(r#"{"ticket": {"open": true, "severity": "low"}}"#, false, None);
    check(r#"{"ticket": {"open": false}}"#, false, None);
    check(r#"{"message": {}}"#, true, None);
    check(r#"{"message": {"step": "email", "status": "opened", "within": "2h"}}"#, true, Some("2026-03-02T14:00:00Z"));
    check(r#"{"message": {"within": "30m"}}"#, false, None);
    check(r#"{"message": {"status": ["clicked", "bounced"]}}"#, false, None);
    check(r#"{"message": {"journey": "welcome"}}"#, false, None);
    check(r#"{"message": {"channel": "push"}}"#, false, None);
}

#[test]
fn events_are_counted_in_windows() {
    let check = |json: &str, value: bool, next_flip: Option<&str>| {
        let json = format!(r#"{{"did": {{"event": "Order Completed", {json}}}}}"#);
        let explain = explain(&json, instant(NOON));
        assert_eq!((explain.value, explain.next_flip), (value, next_flip.map(instant)), "{json}");
    };
    check(r#""times": {"at_least": 4}"#, true, None);
    check(r#""times": {"at_least": 5}"#, false, Some("2026-03-02T18:00:00Z"));
    check(r#""times": {"at_most": 4}"#, true, Some("2026-03-02T18:00:00Z"));
    check(r#""times": {"exactly": 4}"#, true, Some("2026-03-02T18:00:00Z"));
    // The one of yesterday noon has just left, the one of 18:00 comes before the one of 06:00 leaves.
    check(r#""times": {"exactly": 2}, "within": "24h""#, true, Some("2026-03-02T18:00:00Z"));
    check(r#""times": {"at_least": 2}, "within": "24h""#, true, Some("2026-03-03T11:00:00Z"));
    check(r#""within": "30m""#, false, Some("2026-03-02T18:00:00Z"));
    check(r#""since": "2026-03-02""#, true, None);
    check(r#""times": {"exactly": 1}, "between": ["2026-03-01", "2026-03-02"]"#, true, None);
    check(r#""times": {"exactly": 1}, "where": "event.properties.total > 25""#, true, Some("2026-03-02T18:00:00Z"));
    check(r#""where": {"not": "event.properties.total > 0"}"#, true, None);
    check(r#""where": "now - event.timestamp >= duration('240h')""#, true, Some("2026-03-11T12:00:00Z"));
    check(r#""where": "now - event.timestamp >= duration('300h')""#, false, Some("2026-03-05T00:00:00Z"));
}

#[test]
fn values_are_computed_over_events() {
    let check = |json: &str, value: bool, next_flip: Option<&str>| {
        let json = format!(r#"{{"aggregate": {{"event": "Order Completed", {json}}}}}"#);
        let explain = explain(&json, instant(NOON));
        assert_eq!((explain.value, explain.next_flip), (value, next_flip.map(instant)), "{json}");
    };
    check(r#""fn": "count", "is": {"eq": 4}"#, true, Some("2026-03-02T18:00:00Z"));
    check(r#""fn": "count", "property": "sku", "is": {"eq": 3}"#, true, Some("2026-03-02T18:00:00Z"));
    check(r#""fn": "sum", "property": "total", "is": {"eq": 60.5}"#, true, Some("2026-03-02T18:00:00Z"));
    check(r#""fn": "sum", "property": "no", "is": {"eq": 0}"#, true, None);
    check(r#""fn": "avg", "property": "total", "within": "24h", "is": {"eq": 20}"#, true, Some("2026-03-02T18:00:00Z"));
    check(r#""fn": "avg", "property": "no", "is": {"lt": 1000}"#, false, None);
    check(r#""fn": "min", "property": "total", "is": {"gte": 10, "lt": 11}"#, true, None);
    check(r#""fn": "max", "property": "total", "is": {"gt": 30, "lte": 30.5}"#, true, Some("2026-03-02T18:00:00Z"));
    check(r#""fn": "distinct", "property": "sku", "is": {"eq": 2}"#, true, Some("2026-03-02T18:00:00Z"));
    check(r#""fn": "first", "property": "sku", "is": {"eq": "a"}"#, true, None);
    check(r#""fn": "last", "property": "total", "is": {"eq": "free"}"#, true, Some("2026-03-02T18:00:00Z"));
    check(r#""fn": "last", "property": "total", "is": {"gt": 0}"#, false, Some("2026-03-02T18:00:00Z"));
    check(r#""fn": "sum", "property": "cart.n", "is": {"eq": 1}"#, true, None);
    check(r#""fn": "sum", "property": "total", "where": "event.properties.sku == 'a'", "is": {"eq": 30}"#, true, None);
}

#[test]
fn all_and_any_flip_with_the_part_that_decides() {
    let soon = "now < timestamp('2026-03-02T13:00:00Z')";
    let later = "now < timestamp('2026-03-02T14:00:00Z')";
    let past = "now < timestamp('2026-03-02T11:00:00Z')";
    let check = |json: String, value: bool, next_flip: Option<&str>| {
        let explain = explain(&json, instant(NOON));
        assert_eq!((explain.value, explain.next_flip), (value, next_flip.map(instant)), "{json}");
    };
    check(format!(r#"{{"all": ["{later}", "{soon}"]}}"#), true, Some("2026-03-02T13:00:00Z"));
    check(format!(r#"{{"any": ["{later}", "{soon}"]}}"#), true, Some("2026-03-02T14:00:00Z"));
    check(format!(r#"{{"all": ["{past}", "{soon}"]}}"#), false, None);
    check(format!(r#"{{"any": ["{past}", "{soon}"]}}"#), true, Some("2026-03-02T13:00:00Z"));
    check(format!(r#"{{"not": "{soon}"}}"#), false, Some("2026-03-02T13:00:00Z"));
}

#[test]
fn an_explanation_names_what_was_seen() {
    let json = r#"{"all": ["customer.traits.plan == 'pro'", {"did": {"event": "Order Completed", "within": "1d"}},
                           {"not": "customer.traits.no > 1"}]}"#;
    let explain = explain(json, instant(NOON));
    let [expression, did, not] = explain.parts.as_slice() else { panic!("{explain:?}") };
    assert_eq!(explain.rule, "all of 3");
    assert_eq!(expression.operands, [("customer.traits.plan".to_owned(), "pro".into())]);
    assert_eq!(did.rule, "did: Order Completed within P1D");
    assert_eq!(did.events.iter().map(ToString::to_string).collect::<Vec<_>>(), ["m4"]);
    assert_eq!(did.operands, [("times".to_owned(), "1 or more".into())]);
    assert!(not.value && !not.parts[0].value);
    assert_eq!(not.parts[0].operands, [("false because".to_owned(), "customer.traits.no is missing".into())]);
}

#[test]
fn an_error_names_its_place_and_what_to_write() {
    let check = |json: &str, expected: &str| {
        let errors = compile(json, &customer()).unwrap_err();
        assert!(errors[0].contains(expected), "{json}: {errors:?}");
    };
    check(r#"{"segment": "gone"}"#, "no segment is called `gone`: there are churned, new");
    check(r#"{"any": ["true", {"in_journey": "gone"}]}"#, "any[1]: no journey is called `gone`");
    check(r#"{"subscribed": "gone"}"#, "no topic is called `gone`");
    check(r#"{"consent": "gone"}"#, "no purpose is called `gone`");
    check(r#"{"reachable": "fax"}"#, "no channel is called `fax`: there are email, push, sms");
    check(r#"{"message": {"journey": "cart", "step": "gone"}}"#, "message: no step is called `gone`: there are email");
    check(r#"{"did": {"event": "E", "times": {}}}"#, "did.times: `times` is empty");
    check(r#"{"did": {"event": "E", "times": {"at_least": 0}}}"#, "always holds");
    check(r#"{"did": {"event": "E", "times": {"exactly": 1, "at_most": 1}}}"#, "write `exactly` alone");
    check(r#"{"did": {"event": "E", "times": {"at_least": 3, "at_most": 2}}}"#, "no number is both");
    check(r#"{"did": {"event": "E", "within": "1d", "since": "2026-01-01"}}"#, "write only one of");
    check(r#"{"did": {"event": "E", "within": "0s"}}"#, "is empty: write a duration longer than nothing");
    check(r#"{"did": {"event": "E", "between": ["2026-01-02", "2026-01-01"]}}"#, "is not before");
    check(r#"{"did": {"event": "E", "where": {"segment": "new"}}}"#, "did.where: `where` looks at one event");
    check(
        r#"{"did": {"event": "E", "where": {"all": ["event.total > 1"]}}}"#,
        "did.where.all[0]: `event.total`: write",
    );
    check(r#"{"did": {"event": "E", "where": "now.getHours() > 8"}}"#, "`now` can only be compared here");
    check(r#"{"aggregate": {"event": "E", "fn": "sum", "is": {"gt": 1}}}"#, "`fn: sum` needs a `property`");
    check(r#"{"aggregate": {"event": "E", "fn": "sum", "property": "a..b", "is": {"gt": 1}}}"#, "name of a field");
    check(r#"{"aggregate": {"event": "E", "fn": "count", "is": {}}}"#, "aggregate.is: `is` is empty");
    check(r#"{"aggregate": {"event": "E", "fn": "count", "is": {"eq": "a"}}}"#, "gives a number");
    check(r#""1 + 1""#, "`1 + 1` is a number, not true or false");
    check(&format!("{}\"true\"{}", r#"{"not": "#.repeat(20), "}".repeat(20)), "nested deeper than 16");
    let both = compile(r#"{"all": [{"segment": "gone"}, {"consent": "gone"}]}"#, &customer()).unwrap_err();
    assert_eq!(both.len(), 2, "every fault is listed: {both:?}");
}

#[test]
fn a_rule_knows_what_it_reads() {
    let json = r#"{"any": ["customer.traits.plan == 'x' || context.a == 1", {"segment": "new"}, {"in_journey": "cart"},
        {"did": {"event": "E", "within": "1d", "where": "event.properties.a == context.a"}}, {"message": {}}]}"#;
    let customer = customer();
    let rule = compile(json, &customer).unwrap();
    let reads = rule.reads();
    assert!(reads.traits && reads.context && reads.sends && reads.zone);
    assert!(!reads.event && !reads.tickets && !reads.consents && !reads.all_segments);
    assert_eq!(reads.events, ["E".parse().unwrap()].into());
    assert_eq!(reads.segments, ["new".parse().unwrap()].into());
    assert_eq!(reads.journeys, ["cart".parse().unwrap()].into());
    assert!(!compile(r#"{"did": {"event": "E", "within": "24h"}}"#, &customer).unwrap().reads().zone);
}

#[test]
fn an_exhausted_budget_is_said_and_gives_false() {
    let mut customer = customer();
    for minute in 0..1000 {
        customer.event("Seen", instant(NOON) + jiff::SignedDuration::from_mins(minute), "{}");
    }
    let rule = compile(r#"{"not": {"did": {"event": "Seen", "where": "event.name == 'Other'"}}}"#, &customer).unwrap();
    let at = Scope::at(instant("2026-04-01T00:00:00Z"));
    let mut budget = Budget::new(500);
    let outcome = rule.evaluate(&customer.facts(), &at, &mut budget);
    assert!(budget.is_exhausted());
    assert!(!outcome.value);
    let mut budget = Budget::default();
    assert!(rule.evaluate(&customer.facts(), &at, &mut budget).value);
    assert!(!budget.is_exhausted());
    // Whether something happened at all is known from the newest event.
    let mut budget = Budget::new(50);
    let rule = compile(r#"{"did": {"event": "Seen", "where": "event.name == 'Seen'"}}"#, &customer).unwrap();
    assert!(rule.evaluate(&customer.facts(), &at, &mut budget).value);
}
