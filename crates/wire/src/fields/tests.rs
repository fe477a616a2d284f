//! Objects come back as they went; numbers become whole numbers where a double still can tell them apart.

use prost_types::value::Kind;
use prost_types::{ListValue, Struct};

use super::*;

/// The object with one field `x` of that kind.
fn object(kind: Option<Kind>) -> Struct {
    Struct { fields: [("x".to_owned(), prost_types::Value { kind })].into() }
}

fn nested(depth: usize) -> Kind {
    (0..depth).fold(Kind::BoolValue(true), |kind, _| {
        Kind::ListValue(ListValue { values: vec![prost_types::Value { kind: Some(kind) }] })
    })
}

#[test]
fn fields_come_back_as_they_went() {
    let json =
        r#"{"null":null,"yes":true,"int":-7,"half":0.5,"text":"ü","list":[1,"a",{"deep":[]}],"map":{"empty":{}}}"#;
    let fields: Fields = serde_json::from_str(json).unwrap();
    assert_eq!(from_pb(to_pb(&fields)), Ok(fields));
}

#[test]
fn numbers_are_whole_where_a_double_is_exact() {
    let cases = [
        (0.0, Value::Int(0)),
        (-0.0, Value::Int(0)),
        (42.0, Value::Int(42)),
        (-42.0, Value::Int(-42)),
        (0.1, Value::Double(0.1)),
        (9_007_199_254_740_992.0, Value::Int(9_007_199_254_740_992)),
        (-9_007_199_254_740_992.0, Value::Int(-9_007_199_254_740_992)),
        (9_007_199_254_740_994.0, Value::Double(9_007_199_254_740_994.0)),
        (1e300, Value::Double(1e300)),
    ];
    for (number, expected) in cases {
        let fields = from_pb(object(Some(Kind::NumberValue(number)))).unwrap();
        assert_eq!(fields.get("x"), Some(&expected), "{number}");
    }
}

#[test]
fn what_json_does_not_have_is_refused_with_its_path() {
    let item = |kind| {
        Kind::ListValue(ListValue {
            values: vec![prost_types::Value { kind: Some(Kind::BoolValue(true)) }, prost_types::Value { kind }],
        })
    };
    let cases = [
        (None, "x: the value has no kind: set `null_value` for null, or leave the field out"),
        (
            Some(Kind::NumberValue(f64::NAN)),
            "x: the number is not finite: JSON has no such number, leave the field out",
        ),
        (
            Some(Kind::StructValue(object(Some(Kind::NumberValue(f64::INFINITY))))),
            "x.x: the number is not finite: JSON has no such number, leave the field out",
        ),
        (Some(item(None)), "x[1]: the value has no kind: set `null_value` for null, or leave the field out"),
    ];
    for (kind, expected) in cases {
        assert_eq!(from_pb(object(kind)).unwrap_err().to_string(), expected);
    }
}

#[test]
fn nesting_is_bounded() {
    assert!(from_pb(object(Some(nested(FIELDS_DEPTH_MAX)))).is_ok());
    let error = from_pb(object(Some(nested(FIELDS_DEPTH_MAX + 1)))).unwrap_err();
    assert_eq!(error.fault, FieldsFault::TooDeep);
}
