//! Objects: `google.protobuf.Struct` ↔ [`Fields`].
//!
//! JSON has one kind of number, Baton two: a whole number within ±2⁵³, where a double still tells neighbours apart,
//! becomes [`Value::Int`], any other [`Value::Double`]. On the way out every number is a double.

use baton_model::value::{Fields, Value};
use prost_types::value::Kind;

use crate::limits::FIELDS_DEPTH_MAX;

/// 2⁵³: up to here every whole number is a double of its own.
const EXACT_MAX: f64 = 9_007_199_254_740_992.0;

/// A value that JSON does not have.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{path}: {fault}")]
pub struct FieldsError {
    /// Where it stands, from the root of the object, such as `cart.items[2]`.
    pub path: String,
    /// What it is.
    pub fault: FieldsFault,
}

/// What is wrong with a value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum FieldsFault {
    /// The value has no kind.
    #[error("the value has no kind: set `null_value` for null, or leave the field out")]
    NoKind,
    /// Not a number, or infinite.
    #[error("the number is not finite: JSON has no such number, leave the field out")]
    NotFinite,
    /// Nested too deeply.
    #[error("objects and lists are nested deeper than {FIELDS_DEPTH_MAX}: make it flatter")]
    TooDeep,
}

/// The object's fields.
pub fn from_pb(object: prost_types::Struct) -> Result<Fields, FieldsError> {
    object_from_pb(object, FIELDS_DEPTH_MAX).map_err(|Found { fault, steps }| FieldsError { path: path(steps), fault })
}

/// The fields as a message. A whole number beyond ±2⁵³ loses its last digits, as in JSON.
pub fn to_pb(fields: &Fields) -> prost_types::Struct {
    prost_types::Struct { fields: fields.iter().map(|(name, value)| (name.clone(), value_to_pb(value))).collect() }
}

/// One value as a message.
pub fn value_to_pb(value: &Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(*value),
        #[expect(clippy::cast_precision_loss, reason = "the message has no other kind of number")]
        Value::Int(number) => Kind::NumberValue(*number as f64),
        Value::Double(number) => Kind::NumberValue(*number),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::List(items) => {
            Kind::ListValue(prost_types::ListValue { values: items.iter().map(value_to_pb).collect() })
        }
        Value::Map(fields) => Kind::StructValue(to_pb(fields)),
    };
    prost_types::Value { kind: Some(kind) }
}

/// A fault on the way up to the root, which collects the steps of its path, innermost first.
struct Found {
    fault: FieldsFault,
    steps: Vec<Step>,
}

/// One step of a path.
enum Step {
    Field(String),
    Item(usize),
}

impl Found {
    fn new(fault: FieldsFault) -> Self {
        Self { fault, steps: Vec::new() }
    }

    fn under(mut self, step: Step) -> Self {
        self.steps.push(step);
        self
    }
}

fn object_from_pb(object: prost_types::Struct, depth_left: usize) -> Result<Fields, Found> {
    let mut fields = Fields::new();
    for (name, value) in object.fields {
        match value_from_pb(value, depth_left) {
            Ok(value) => {
                fields.insert(name, value);
            }
            Err(found) => return Err(found.under(Step::Field(name))),
        }
    }
    Ok(fields)
}

fn value_from_pb(value: prost_types::Value, depth_left: usize) -> Result<Value, Found> {
    match value.kind.ok_or_else(|| Found::new(FieldsFault::NoKind))? {
        Kind::NullValue(_) => Ok(Value::Null),
        Kind::BoolValue(value) => Ok(Value::Bool(value)),
        Kind::NumberValue(number) => number_from_pb(number),
        Kind::StringValue(text) => Ok(Value::String(text)),
        Kind::ListValue(list) => {
            let depth_left = depth_left.checked_sub(1).ok_or_else(|| Found::new(FieldsFault::TooDeep))?;
            let items = list.values.into_iter().enumerate();
            let items =
                items.map(|(at, item)| value_from_pb(item, depth_left).map_err(|found| found.under(Step::Item(at))));
            Ok(Value::List(items.collect::<Result<_, _>>()?))
        }
        Kind::StructValue(object) => {
            let depth_left = depth_left.checked_sub(1).ok_or_else(|| Found::new(FieldsFault::TooDeep))?;
            Ok(Value::Map(object_from_pb(object, depth_left)?))
        }
    }
}

fn number_from_pb(number: f64) -> Result<Value, Found> {
    if !number.is_finite() {
        return Err(Found::new(FieldsFault::NotFinite));
    }
    if number.fract() != 0.0 || number.abs() > EXACT_MAX {
        return Ok(Value::Double(number));
    }
    #[expect(clippy::cast_possible_truncation, reason = "it is whole and within ±2^53, so it fits 64 bits exactly")]
    let whole = number as i64;
    Ok(Value::Int(whole))
}

/// `cart.items[2]`, from its steps, innermost first.
fn path(steps: Vec<Step>) -> String {
    let mut path = String::new();
    for step in steps.into_iter().rev() {
        match step {
            Step::Field(name) if path.is_empty() => path = name,
            Step::Field(name) => {
                path.push('.');
                path.push_str(&name);
            }
            Step::Item(at) => path.extend(["[", &at.to_string(), "]"]),
        }
    }
    path
}

#[cfg(test)]
mod tests;
