//! Whatever is written, compiling gives errors and evaluating gives a value.

use proptest::prelude::*;

use super::{Rule, customer, instant};
use crate::budget::Budget;
use crate::document::RuleDocument;
use crate::expression::Expression;
use crate::facts::Scope;
use crate::place::{NowUse, RulePlace};
use crate::testing::{fields, stored};

/// Pieces of expressions, put together without regard for grammar.
const PIECES: &[&str] = &[
    "customer",
    ".",
    "traits",
    "plan",
    "event",
    "properties",
    "total",
    "context",
    "now",
    "timestamp",
    "duration",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    ",",
    ":",
    "?",
    "!",
    "-",
    "+",
    "*",
    "/",
    "%",
    "==",
    "<",
    ">=",
    "&&",
    "||",
    " in ",
    "'a'",
    "'2026-01-01T00:00:00Z'",
    "'1h'",
    "1",
    "9223372036854775807",
    "1e308",
    "-9223372036854775808",
    "1u",
    "b'x'",
    "null",
    "true",
    "has",
    "size",
    "all",
    "map",
    "x",
    "matches",
    "string",
    "int",
    "getHours",
    "'",
    "\\",
    "\"\"\"",
    "`",
    "é",
    "//",
];

fn expressions() -> impl Strategy<Value = String> {
    let soup = prop::collection::vec(prop::sample::select(PIECES), 0..24).prop_map(|pieces| pieces.concat());
    let leaf = prop::sample::select(vec![
        "1",
        "-1",
        "9223372036854775807",
        "-9223372036854775808",
        "1e308",
        "0.0",
        "'a'",
        "''",
        "true",
        "null",
        "[]",
        "{}",
        "now",
        "event.timestamp",
        "event.properties.total",
        "customer.traits",
        "customer.traits.plan",
        "context",
        "customer.segments",
        "customer.consents",
        "timestamp('9999-12-30T22:00:00Z')",
        "timestamp('-009999-01-02T01:59:59Z')",
        "duration('2562047788015h')",
        "duration('-2562047788015h')",
        "timestamp(-1)",
        "duration('1ns')",
    ]);
    let tree = leaf.prop_map(str::to_owned).prop_recursive(4, 24, 3, |inner| {
        let operator = prop::sample::select(vec!["==", "<", ">=", "+", "-", "*", "/", "%", "&&", "||", "in", "!="]);
        let call = prop::sample::select(vec![
            "size",
            "int",
            "double",
            "string",
            "bool",
            "timestamp",
            "duration",
            "-",
            "!",
            "has",
        ]);
        let method =
            prop::sample::select(vec!["getHours()", "getMilliseconds()", "getDayOfYear('Asia/Tokyo')", "a", "x.y"]);
        let each = prop::sample::select(vec!["all", "exists", "exists_one", "map", "filter"]);
        prop_oneof![
            4 => (inner.clone(), operator, inner.clone()).prop_map(|(a, sign, b)| format!("({a} {sign} {b})")),
            2 => (call, inner.clone()).prop_map(|(call, a)| format!("{call}({a})")),
            1 => (inner.clone(), method).prop_map(|(a, method)| format!("{a}.{method}")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("{a}[{b}]")),
            1 => (inner.clone(), each, inner).prop_map(|(a, each, b)| format!("[{a}].{each}(x, x == {b})")),
        ]
    });
    prop_oneof![soup, tree, any::<String>()]
}

fn documents() -> impl Strategy<Value = String> {
    let expression = expressions().prop_map(|source| serde_json::to_string(&source).unwrap()).boxed();
    let spans = prop::sample::select(vec!["1d", "PT0.0001S", "P9000Y", "-1d", "1ms", "P1M", "600000000h", "0s"]);
    let moments = prop::sample::select(vec!["-9999-01-01", "9999-12-31", "2026-01-01", "9999-12-30T22:00:00Z"]);
    let function = prop::sample::select(vec!["count", "sum", "avg", "min", "max", "distinct", "first", "last"]);
    let did = |window: String, filter: String| {
        format!(r#"{{"did": {{"event": "Order Completed", {window}, "where": {filter}}}}}"#)
    };
    let leaf = prop_oneof![
        expression.clone(),
        (spans.clone(), expression.clone())
            .prop_map(move |(span, filter)| did(format!(r#""within": "{span}""#), filter)),
        (moments, expression).prop_map(move |(moment, filter)| did(format!(r#""since": "{moment}""#), filter)),
        (spans, function).prop_map(|(span, function)| format!(
            r#"{{"aggregate": {{"event": "Order Completed", "fn": "{function}", "property": "total", "within": "{span}",
                "is": {{"gt": 1}}}}}}"#
        )),
        Just(r#"{"message": {"within": "P9000Y"}}"#.to_owned()),
    ];
    leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(|parts| format!(r#"{{"all": [{}]}}"#, parts.join(","))),
            inner.prop_map(|part| format!(r#"{{"not": {part}}}"#)),
        ]
    })
}

/// The longest chains that fit the longest expression, on the stack of a test thread.
#[test]
fn long_chains() {
    let cases = [
        ("!".repeat(4000), "true"),
        ("-".repeat(4000), "1"),
        ("(".repeat(4000), "1"),
        ("[".repeat(2000), "1"),
        ("{'a':".repeat(800), "1"),
        ("size(".repeat(800), "1"),
        ("1+".repeat(2000), "1"),
        ("1==".repeat(1300), "1"),
        ("true&&".repeat(600), "true"),
        ("true||false&&".repeat(300), "true"),
        ("true?1:".repeat(580), "1"),
        ("[1].map(x,".repeat(400), "1"),
        ("customer".to_owned(), &".a".repeat(2000)),
        ("context".to_owned(), &".a".repeat(2000)),
        ("context".to_owned(), &"[0]".repeat(1300)),
        ("context".to_owned(), &"['a']".repeat(800)),
        ("context".to_owned(), &".size()".repeat(580)),
    ];
    let customer = customer();
    for (start, end) in &cases {
        if let Ok(expression) = Expression::compile(&format!("{start}{end}"), RulePlace::WHERE) {
            let scope = Scope::at(instant("2026-03-01T10:00:00Z"));
            expression.evaluate(&customer.facts(), &scope, &mut Budget::default());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1_000))]

    #[test]
    fn rules(json in documents(), at in prop::sample::select(vec![i64::MIN, -1, 0, 1_772_452_800_000, i64::MAX]), free: bool) {
        let Ok(document) = serde_json::from_str::<RuleDocument>(&json) else { return Ok(()) };
        let customer = customer();
        let now = if free { NowUse::Free } else { NowUse::Restricted };
        let place = RulePlace { now, event: true, context: true };
        let Ok(rule) = Rule::compile(&document, place, &customer.names()) else { return Ok(()) };
        let at = baton_model::time::from_millis(at);
        let event = stored("Order Completed", 1, instant("2026-03-01T10:00:00Z"), r#"{"total": 20}"#);
        let context = fields(r#"{"plan": 1}"#);
        let scope = Scope { event: Some(&event), context: Some(&context), at };
        let outcome = rule.evaluate(&customer.facts(), &scope, &mut Budget::default());
        let explain = rule.explain(&customer.facts(), &scope, &mut Budget::default());
        prop_assert_eq!((outcome.value, outcome.next_flip), (explain.value, explain.next_flip));
        prop_assert!(outcome.next_flip.is_none_or(|flip| flip > at || at == baton_model::time::to_millis(jiff::Timestamp::MAX)));
    }

    #[test]
    fn expressions_as_values(source in expressions()) {
        let Ok(expression) = Expression::compile(&source, RulePlace::WHERE) else { return Ok(()) };
        let customer = customer();
        let scope = Scope::at(instant("2026-03-01T10:00:00Z"));
        let value = expression.evaluate(&customer.facts(), &scope, &mut Budget::default());
        prop_assert_eq!(value, expression.evaluate(&customer.facts(), &scope, &mut Budget::default()));
        expression.instant(&customer.facts(), &scope, &mut Budget::default());
    }
}
