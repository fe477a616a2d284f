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

fn expressions() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        (-3_i64..4).prop_map(|number| format!("({number})")),
        prop::sample::select(vec![
            "0.5", "2.0", "-1.5", "'shop'", "'a'", "''", "true", "false", "null", "[]", "[1, 2]"
        ])
        .prop_map(str::to_owned),
        prop::sample::select(vec!["i", "d", "s", "b", "l", "m", "n", "missing", "m.k", "m.x", "l[1]", "l[9]"])
            .prop_map(|name| format!("customer.traits.{name}")),
    ];
    leaf.prop_recursive(4, 24, 3, |inner| {
        let operator =
            prop::sample::select(vec!["==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "%", "&&", "||", "in"]);
        let method = prop::sample::select(vec!["contains", "startsWith", "endsWith"]);
        let each = prop::sample::select(vec!["all", "exists", "exists_one", "filter", "map"]);
        prop_oneof![
            4 => (inner.clone(), operator, inner.clone()).prop_map(|(a, sign, b)| format!("({a} {sign} {b})")),
            1 => (inner.clone(), method, inner.clone()).prop_map(|(a, method, b)| format!("{a}.{method}({b})")),
            1 => (inner.clone(), inner.clone(), inner.clone()).prop_map(|(a, b, c)| format!("({a} ? {b} : {c})")),
            1 => inner.clone().prop_map(|a| format!("(!{a})")),
            1 => inner.clone().prop_map(|a| format!("size({a})")),
            1 => (inner.clone(), inner.clone()).prop_map(|(a, b)| format!("[{a}, {b}]")),
            2 => (inner.clone(), each, inner).prop_map(|(a, each, b)| format!("{a}.{each}(x, x != {b})")),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn every_value_of_cel_is_ours(source in expressions()) {
        let theirs = theirs(&source);
        // A type error that is seen at publish is one that the other evaluator meets when it gets there.
        if let Ok(value) = ours(&source) && let Some(theirs) = theirs {
            let ours = value.as_ref().map(to_cel);
            let not_finite = matches!(theirs, cel::Value::Float(number) if !number.is_finite());
            prop_assert!(ours == Some(theirs.clone()) || not_finite && ours.is_none(), "{source}: {ours:?}, cel: {theirs:?}");
        }
    }
}
