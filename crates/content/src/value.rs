//! Baton's values as Liquid's.

use baton_model::value::{Fields, Value};
use liquid_core::model::{KString, Object, Value as Liquid};

pub(crate) fn object(fields: &Fields) -> Object {
    fields.iter().map(|(name, value)| (KString::from_ref(name), liquid(value))).collect()
}

fn liquid(value: &Value) -> Liquid {
    match value {
        Value::Null => Liquid::Nil,
        Value::Bool(value) => Liquid::scalar(*value),
        Value::Int(number) => Liquid::scalar(*number),
        Value::Double(number) => Liquid::scalar(*number),
        Value::String(text) => Liquid::scalar(text.clone()),
        Value::List(items) => Liquid::Array(items.iter().map(liquid).collect()),
        Value::Map(fields) => Liquid::Object(object(fields)),
    }
}
