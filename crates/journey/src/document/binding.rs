//! A value: a text is an expression, anything else stands for itself, and `{value: ..}` stands for whatever it holds.

use baton_model::value::Value;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// `event.properties.total`, `5`, or `{value: a text}`.
#[derive(Debug, Clone, PartialEq)]
pub enum BindingDocument {
    /// In CEL.
    Expression(String),
    /// As it is.
    Literal(Value),
}

impl<'de> Deserialize<'de> for BindingDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        match Value::deserialize(deserializer)? {
            Value::String(source) => Ok(Self::Expression(source)),
            Value::Map(mut fields) => match fields.remove("value") {
                Some(value) if fields.is_empty() => Ok(Self::Literal(value)),
                _ => Err(D::Error::custom("a map stands here: write `{value: ..}` around it")),
            },
            value => Ok(Self::Literal(value)),
        }
    }
}
