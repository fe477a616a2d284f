//! Expressions in, values, errors or flips out.

mod against_cel;

use baton_model::value::Value;

use super::Expression;
use crate::budget::Budget;
use crate::facts::Scope;
use crate::outcome::Outcome;
use crate::place::RulePlace;
use crate::testing::{Customer, fields, instant, stored};
use crate::trace::Silent;

/// A customer, an event and a context with some values of each type.
fn customer() -> Customer {
    let mut customer = Customer::new();
    customer.zone = baton_model::time::zone("Europe/Berlin").unwrap();
    customer.profile.traits = fields(
        r#"{"plan": "pro", "age": 41, "score": 1.5, "vip": true, "nothing": null, "tags": ["a", "b"],
            "address": {"country": "DE"}, "trial_ends": "2026-03-01T12:00:00Z", "odd name": 7}"#,
    );
    customer.segments.insert("churned".parse().unwrap(), instant("2026-01-01T00:00:00Z"));
    customer
}

fn evaluate(source: &str) -> Result<Option<Value>, String> {
    evaluate_within(source, &mut Budget::default())
}

fn evaluate_within(source: &str, budget: &mut Budget) -> Result<Option<Value>, String> {
    let expression = Expression::compile(source, RulePlace::WHERE)
        .map_err(|errors| errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n"))?;
    let customer = customer();
    let event = stored("Order Completed", 1, instant("2026-03-01T10:00:00Z"), r#"{"total": 20, "items": [1, 2, 3]}"#);
    let context = fields(r#"{"cart": {"id": "c1"}}"#);
    let scope = Scope { event: Some(&event), context: Some(&context), at: instant("2026-03-01T11:00:00Z") };
    Ok(expression.evaluate(&customer.facts(), &scope, budget))
}

#[test]
fn values() {
    let cases = [
        ("customer.traits.plan", "\"pro\""),
        ("customer.traits['odd name'] + 1", "8"),
        ("customer.traits.address.country == 'DE'", "true"),
        ("event.properties.total * 1.5", "30.0"),
        ("event.name + '!'", "\"Order Completed!\""),
        ("event.timestamp", "\"2026-03-01T10:00:00Z\""),
        ("context.cart.id", "\"c1\""),
        ("customer.segments", "[\"churned\"]"),
        ("'churned' in customer.segments", "true"),
        ("customer.timezone", "\"Europe/Berlin\""),
        ("1 == 1.0 && 2 > 1.5 && 9007199254740993 > 9007199254740992.0", "true"),
        ("7 / 2", "3"),
        ("7 % 4 - -1", "4"),
        ("customer.traits.age == customer.traits.plan", "false"),
        ("[1, 2] + [3] == event.properties.items", "true"),
        ("event.properties.items.map(x, x * 2)", "[2,4,6]"),
        ("event.properties.items.map(x, x > 1, x * 2)", "[4,6]"),
        ("event.properties.items.filter(x, x > 1)", "[2,3]"),
        ("event.properties.items.all(x, x > 0)", "true"),
        ("event.properties.items.exists(x, x == 2)", "true"),
        ("event.properties.items.exists_one(x, x > 1)", "false"),
        ("[[1], [2]].exists(x, x.exists(y, y == 2))", "true"),
        ("{'a': 1}.a + {'b': 2}['b']", "3"),
        ("{'a': 1}.map(name, name)", "[\"a\"]"),
        ("size('äö') + size([1]) + {'a': 1}.size()", "4"),
        ("'shopping'.contains('hop') && 'shop'.startsWith('sh') && 'shop'.endsWith('op')", "true"),
        ("'abc'.matches('b+') && !'abc'.matches('^b')", "true"),
        ("int('42') + int(1.9)", "43"),
        ("double('1.5') + 1", "2.5"),
        ("string(1) + string(true) + string(2.5)", "\"1true2.5\""),
        ("bool('true')", "true"),
        ("timestamp('2026-03-01T00:00:00Z') + duration('1h30m')", "\"2026-03-01T01:30:00Z\""),
        ("now - event.timestamp", "\"PT1H\""),
        ("(now - event.timestamp).getMinutes()", "60"),
        ("now < customer.traits.trial_ends", "true"),
        ("timestamp(0) < now", "true"),
        ("now.getHours() * 100 + now.getHours(customer.timezone)", "1112"),
        ("now.getDayOfWeek() == 0 && now.getMonth() == 2 && now.getDate() == 1 && now.getFullYear() == 2026", "true"),
        ("has(customer.traits.plan) && !has(customer.traits.no) && !has(customer.traits.no.more)", "true"),
        ("customer.traits.vip ? 'yes' : 'no'", "\"yes\""),
        ("customer.traits.nothing == null", "true"),
        ("false && customer.traits.no > 1", "false"),
        ("customer.traits.no > 1 || true", "true"),
        ("[1, 'a'].exists(x, x > 1 || true)", "true"),
    ];
    for (source, expected) in cases {
        let value = evaluate(source).unwrap().map(|value| value.to_string());
        assert_eq!(value.as_deref(), Some(expected), "{source}");
    }
}

#[test]
fn what_is_missing_or_does_not_fit_leaves_no_value() {
    let sources = [
        "customer.traits.no",
        "customer.traits.no == 1",
        "!(customer.traits.no == 1)",
        "customer.traits.no.more",
        "customer.traits.plan > 3",
        "customer.traits.plan && true",
        "customer.traits.age ? 1 : 2",
        "-customer.traits.plan",
        "customer.consents.marketing == 'granted'",
        "event.properties.items[3]",
        "event.properties.items['a']",
        "1 / 0",
        "1 % 0",
        "1.0 / 0.0",
        "9223372036854775807 + 1",
        "-9223372036854775807 - 2",
        "int('x')",
        "int(1e30)",
        "timestamp(customer.traits.plan)",
        "now < customer.traits.plan",
        "now.getHours(customer.traits.plan)",
        "customer.traits.age.exists(x, true)",
        "[1, 2].map(x, x / 0)",
        "[1, 2].all(x, x / 0 > 1)",
        "timestamp('9999-12-30T00:00:00Z') + duration('20000h')",
    ];
    for source in sources {
        assert_eq!(evaluate(source), Ok(None), "{source}");
    }
}

#[test]
fn an_error_says_what_to_write() {
    let deep = format!("{}1{}", "(".repeat(40), ")".repeat(40));
    let chain = vec!["1"; 300].join("+");
    let long = format!("'{}'", "x".repeat(5000));
    let cases = [
        ("1 +", "`1 +` is no CEL expression: line 1, column 4"),
        ("customer.plan", "`customer.plan`: write `customer.traits.plan`"),
        ("event.total", "`event.total`: write `event.properties.total`"),
        ("plan == 'pro'", "`plan` is no variable"),
        ("customer.timezone.x", "`customer.timezone` has no field `x`"),
        ("clock()", "`clock` is no function: there are has, all"),
        ("size()", "`size` is called without a value"),
        ("contains('a', 'b')", "`contains` is written `x.contains(..)`"),
        ("'a'.int()", "`int` is written `int(x)`"),
        ("'a'.contains(1)", "`contains` does not take a number"),
        ("'a'.contains()", "`contains` is called with 0 arguments beside its first"),
        ("1u", "write `1`"),
        ("b'a'", "write a text"),
        ("a.B{c: 1}", "there are no message types"),
        ("now > 3", "`>` does not take a timestamp and a number"),
        ("1 == 'a'", "`==` does not take a number and a text"),
        ("1 && true", "`&& and ||` takes true or false, not a number"),
        ("[1].exists(1, true)", "names its variable"),
        ("[1].exists(x, 1)", "`exists` takes true or false, not a number"),
        ("'a'.exists(x, true)", "goes over a list or an object, not over a text"),
        ("'a'.matches(customer.traits.plan)", "a constant pattern"),
        ("'a'.matches('(')", "`(` is no pattern"),
        ("'a'.matches('[a-z]{1000}{1000}')", "is no pattern"),
        ("timestamp('soon')", "write RFC 3339"),
        ("duration('1d')", "write hours, minutes and seconds"),
        ("now.getHours('Berlin')", "`Berlin` is no time zone"),
        ("has(1)", "`has` asks for a field"),
        (&deep, "is no CEL expression"),
        (&chain, "nested too deeply"),
        (&long, "write at most 4096"),
    ];
    for (source, expected) in cases {
        let error = evaluate(source).unwrap_err();
        assert!(error.contains(expected), "{source}: {error}");
    }
}

#[test]
fn a_loop_cannot_outrun_its_budget() {
    let list = format!("[{}]", vec!["1"; 100].join(","));
    let source = format!("{list}.all(a, {list}.all(b, {list}.all(c, a + b + c > 0)))");
    let mut budget = Budget::default();
    assert_eq!(evaluate_within(&source, &mut budget), Ok(None));
    assert!(budget.is_exhausted());
}

#[test]
fn absence_of_an_event_or_context_is_refused_where_there_is_none() {
    let check = |source: &str, place: RulePlace, expected: &str| {
        let errors = Expression::compile(source, place).unwrap_err();
        assert!(errors[0].message.contains(expected), "{source}: {errors:?}");
    };
    check("event.name == 'a'", RulePlace::SEGMENT, "there is no `event` here");
    check("context.a == 1", RulePlace::SEGMENT, "there is no `context` here");
    check("context.a == 1", RulePlace::ENTRY, "there is no `context` here");
}

#[test]
fn now_is_kept_where_it_can_be_told_when_it_changes() {
    let check = |source: &str, expected: Option<&str>| {
        let compiled = Expression::compile(source, RulePlace::WAIT);
        match (compiled, expected) {
            (Ok(_), None) => {}
            (Err(errors), Some(expected)) => assert!(errors[0].message.contains(expected), "{source}: {errors:?}"),
            (compiled, _) => panic!("{source}: {compiled:?}"),
        }
    };
    check("now > timestamp(customer.traits.a)", None);
    check("customer.traits.a <= now", None);
    check("now - customer.traits.a >= duration('24h')", None);
    check("duration('24h') < now - timestamp(customer.traits.a)", None);
    check("customer.traits.l.exists(t, now > t)", None);
    check("[1].exists(now, now > 1)", None);
    check("now + duration('1h') > customer.traits.a", Some("`now` can only be compared here"));
    check("now - now > duration('1h')", Some("`now` can only be compared here"));
    check("now.getHours() > 8", Some("`now` can only be compared here"));
    check("now - customer.traits.a > now - customer.traits.b", Some("`now` can only be compared here"));
    check("string(now) == 'x'", Some("`now` can only be compared here"));
    check("now > 3", Some("`>` does not take a timestamp and a number"));
    check("now - customer.traits.a > 3", Some("is compared with a duration"));
}

#[test]
fn a_comparison_with_now_knows_when_it_changes() {
    let bound = "2026-03-01T12:00:00Z";
    let before = "2026-03-01T11:59:59.999Z";
    let after = "2026-03-01T12:00:00.001Z";
    let check = |source: &str, at: &str, value: bool, next_flip: Option<&str>| {
        let expression = Expression::compile(source, RulePlace::WAIT).unwrap();
        let customer = customer();
        let scope = Scope::at(instant(at));
        let outcome = expression.holds(&customer.facts(), &scope, &mut Budget::default(), &mut Silent);
        assert_eq!(outcome, Outcome { value, next_flip: next_flip.map(instant) }, "{source} at {at}");
    };
    check("now < customer.traits.trial_ends", before, true, Some(bound));
    check("now < customer.traits.trial_ends", bound, false, None);
    check("now <= customer.traits.trial_ends", bound, true, Some(after));
    check("now <= customer.traits.trial_ends", after, false, None);
    check("now > customer.traits.trial_ends", bound, false, Some(after));
    check("now >= customer.traits.trial_ends", before, false, Some(bound));
    check("now == customer.traits.trial_ends", before, false, Some(bound));
    check("now == customer.traits.trial_ends", bound, true, Some(after));
    check("now == customer.traits.trial_ends", after, false, None);
    check("now != customer.traits.trial_ends", bound, false, Some(after));
    check("customer.traits.trial_ends > now", before, true, Some(bound));
    check(
        "now - customer.traits.trial_ends > duration('-1h')",
        "2026-03-01T10:00:00Z",
        false,
        Some("2026-03-01T11:00:00.001Z"),
    );
    check("now < timestamp('2026-03-01T12:00:00.0005Z')", bound, true, Some(after));
    check("now < customer.traits.no", before, false, None);
    check("false && now < customer.traits.trial_ends", before, false, None);
    check("now < customer.traits.trial_ends || customer.traits.no > 1", before, true, Some(bound));
    check("customer.traits.no > 1 && now > customer.traits.trial_ends", before, false, Some(after));
}
