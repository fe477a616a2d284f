//! Random expressions have the value that the evaluator of the `cel` crate gives them, wherever that gives one.

use std::collections::HashMap;
use std::sync::Arc;

use baton_model::value::Value;
use proptest::prelude::*;

use super::Expression;
use crate::budget::Budget;
use crate::facts::Scope;
use crate::place::RulePlace;
use crate::testing::{Customer, fields, instant};

const TRAITS: &str = r#"{"i": 3, "d": 2.5, "s": "shop", "b": true, "l": [1, 2, 3], "m": {"k": 1}, "n": null}"#;

/// The value in the types of the other evaluator.
fn to_cel(value: &Value) -> cel::Value {
    match value {
        Value::Null => cel::Value::Null,
        Value::Bool(value) => cel::Value::Bool(*value),
        Value::Int(number) => cel::Value::Int(*number),
        Value::Double(number) => cel::Value::Float(*number),
        Value::String(text) => cel::Value::String(Arc::new(text.clone())),
        Value::List(items) => cel::Value::List(Arc::new(items.iter().map(to_cel).collect())),
        Value::Map(fields) => {
            let fields: HashMap<String, cel::Value> =
                fields.iter().map(|(name, value)| (name.clone(), to_cel(value))).collect();
            fields.into()
        }
    }
}

/// What the other evaluator gives; `None` if it fails.
fn theirs(source: &str) -> Option<cel::Value> {
    let program = cel::Program::compile(source).unwrap();
    let traits = to_cel(&Value::Map(fields(TRAITS)));
    let customer: HashMap<String, cel::Value> = [("traits".to_owned(), traits)].into();
    let mut context = cel::Context::default();
    context.add_variable_from_value("customer", customer);
    program.execute(&context).ok()
}

fn ours(source: &str) -> Result<Option<Value>, String> {
    let expression = Expression::compile(source, RulePlace::STEP).map_err(|errors| format!("{errors:?}"))?;
    let mut customer = Customer::new();
    customer.profile.traits = fields(TRAITS);
    let scope = Scope::at(instant("2026-01-01T00:00:00Z"));
    Ok(expression.evaluate(&customer.facts(), &scope, &mut Budget::default()))
}

/// One of these texts.
fn one_of(texts: &[&'static str]) -> BoxedStrategy<String> {
    prop::sample::select(texts.to_vec()).prop_map(str::to_owned).boxed()
}

/// `a sign b` with one of these signs.
fn between(a: BoxedStrategy<String>, signs: &[&'static str], b: BoxedStrategy<String>) -> BoxedStrategy<String> {
    (a, one_of(signs), b).prop_map(|(a, sign, b)| format!("({a} {sign} {b})")).boxed()
}

/// A text with `{}` for an operand.
fn around(a: BoxedStrategy<String>, template: &'static str) -> BoxedStrategy<String> {
    a.prop_map(move |a| template.replace("{}", &a)).boxed()
}

/// A whole number.
fn whole(depth: u32) -> BoxedStrategy<String> {
    let leaf = one_of(&["0", "1", "(-3)", "7", "customer.traits.i", "customer.traits.l[1]", "customer.traits.m.k"]);
    let Some(depth) = depth.checked_sub(1) else { return leaf };
    let chosen = (truth(depth), whole(depth), whole(depth)).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})"));
    prop_oneof![
        1 => leaf,
        2 => between(whole(depth), &["+", "-", "*", "/", "%"], whole(depth)),
        1 => around(text(depth), "size({})"),
        1 => around(list(depth), "{}.size()"),
        1 => chosen,
    ]
    .boxed()
}

/// A number with a fraction.
fn fraction(depth: u32) -> BoxedStrategy<String> {
    let leaf = one_of(&["0.5", "2.0", "(-1.5)", "customer.traits.d"]);
    let Some(depth) = depth.checked_sub(1) else { return leaf };
    prop_oneof![1 => leaf, 1 => between(fraction(depth), &["+", "-", "*", "/"], fraction(depth))].boxed()
}

/// A text.
fn text(depth: u32) -> BoxedStrategy<String> {
    let leaf = one_of(&["'shop'", "'ho'", "'ö'", "''", "customer.traits.s"]);
    let Some(depth) = depth.checked_sub(1) else { return leaf };
    prop_oneof![1 => leaf, 1 => between(text(depth), &["+"], text(depth)), 1 => around(whole(depth), "string({})")]
        .boxed()
}

/// A list of whole numbers.
fn list(depth: u32) -> BoxedStrategy<String> {
    let leaf = one_of(&["[]", "customer.traits.l"]);
    let Some(depth) = depth.checked_sub(1) else { return leaf };
    prop_oneof![
        1 => leaf,
        1 => (whole(depth), whole(depth)).prop_map(|(a, b)| format!("[{a}, {b}]")),
        1 => between(list(depth), &["+"], list(depth)),
        1 => (list(depth), whole(depth)).prop_map(|(a, b)| format!("{a}.map(x, x * {b})")),
        1 => (list(depth), whole(depth)).prop_map(|(a, b)| format!("{a}.map(x, x > 1, x - {b})")),
        1 => (list(depth), whole(depth)).prop_map(|(a, b)| format!("{a}.filter(x, x < {b})")),
    ]
    .boxed()
}

/// Something true or false; now and then a side of it has no value.
fn truth(depth: u32) -> BoxedStrategy<String> {
    const ORDER: &[&str] = &["<", "<=", ">", ">=", "==", "!="];
    let leaf = one_of(&[
        "true",
        "false",
        "customer.traits.b",
        "(customer.traits.missing == 1)",
        "has(customer.traits.i)",
        "has(customer.traits.missing)",
        "(customer.traits.n == null)",
        "(customer.traits.s == customer.traits.i)",
        "(customer.traits.m == {'k': 1})",
    ]);
    let Some(depth) = depth.checked_sub(1) else { return leaf };
    let each = one_of(&["all", "exists", "exists_one"]);
    let method = one_of(&["contains", "startsWith", "endsWith"]);
    prop_oneof![
        1 => leaf,
        1 => between(whole(depth), ORDER, whole(depth)),
        1 => between(whole(depth), ORDER, fraction(depth)),
        1 => between(fraction(depth), ORDER, whole(depth)),
        1 => between(text(depth), ORDER, text(depth)),
        1 => between(list(depth), &["==", "!="], list(depth)),
        1 => between(whole(depth), &["in"], list(depth)),
        4 => between(truth(depth), &["&&", "||"], truth(depth)),
        1 => around(truth(depth), "(!{})"),
        1 => (text(depth), method, text(depth)).prop_map(|(a, method, b)| format!("{a}.{method}({b})")),
        2 => (list(depth), each, whole(depth)).prop_map(|(a, each, b)| format!("{a}.{each}(x, 6 / x > {b})")),
    ]
    .boxed()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn every_value_of_cel_is_ours(source in prop_oneof![4 => truth(3), 1 => whole(3), 1 => fraction(3), 1 => list(3)]) {
        if let Some(theirs) = theirs(&source) {
            let ours = ours(&source).map_err(TestCaseError::fail)?.as_ref().map(to_cel);
            let not_finite = matches!(theirs, cel::Value::Float(number) if !number.is_finite());
            prop_assert!(ours == Some(theirs.clone()) || not_finite && ours.is_none(), "{source}: {ours:?}, cel: {theirs:?}");
        }
    }
}
