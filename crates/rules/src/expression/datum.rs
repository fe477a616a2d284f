//! What an expression works on: the values of JSON, and instants and durations, which JSON has not.
//!
//! JSON writes instants as text, so where an instant meets a text, the text is read as RFC 3339.

use std::borrow::Cow;

use baton_model::value::Value;
use jiff::{SignedDuration, Timestamp};

/// A value during an evaluation. What comes from the facts is borrowed.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Datum<'a> {
    /// What JSON can say.
    Value(Cow<'a, Value>),
    /// A point in time.
    Instant(Timestamp),
    /// An exact length of time.
    Duration(SignedDuration),
}

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Fault<'a> {
    /// The field of that path is missing.
    Missing(&'a str),
    /// A type does not fit, a number is out of range, a text cannot be read.
    Unfit(String),
    /// The budget is exhausted.
    Exhausted,
}

/// What one step of an evaluation comes to.
pub(crate) type Evaluated<'a> = Result<Datum<'a>, Fault<'a>>;

impl<'a> Datum<'a> {
    /// A value of the facts.
    pub(crate) fn borrowed(value: &'a Value) -> Self {
        Self::Value(Cow::Borrowed(value))
    }

    /// A value that was computed.
    pub(crate) fn owned(value: impl Into<Value>) -> Self {
        Self::Value(Cow::Owned(value.into()))
    }

    /// The value to hand out: an instant as RFC 3339, a duration as ISO 8601.
    pub(crate) fn into_value(self) -> Value {
        match self {
            Self::Value(value) => value.into_owned(),
            Self::Instant(instant) => Value::String(instant.to_string()),
            Self::Duration(duration) => Value::String(duration.to_string()),
        }
    }

    /// Its value if it is one that JSON can say.
    pub(crate) fn value(&self) -> Option<&Value> {
        match self {
            Self::Value(value) => Some(value),
            Self::Instant(_) | Self::Duration(_) => None,
        }
    }

    /// The value of a field; `None` if there is none, or this is no object.
    pub(crate) fn field(self, name: &str) -> Option<Self> {
        match self {
            Self::Value(Cow::Borrowed(Value::Map(fields))) => fields.get(name).map(Self::borrowed),
            Self::Value(Cow::Owned(Value::Map(mut fields))) => fields.remove(name).map(Self::owned),
            _ => None,
        }
    }

    /// Its text, if it is one.
    pub(crate) fn text(&self) -> Option<&str> {
        self.value().and_then(Value::as_str)
    }

    /// The instant it is or writes.
    pub(crate) fn instant(&self) -> Option<Timestamp> {
        match self {
            Self::Instant(instant) => Some(*instant),
            Self::Value(value) => value.as_str().and_then(|text| text.parse().ok()),
            Self::Duration(_) => None,
        }
    }

    /// What kind of value it is, as messages name it.
    pub(crate) fn kind(&self) -> &'static str {
        match self {
            Self::Instant(_) => "a timestamp",
            Self::Duration(_) => "a duration",
            Self::Value(value) => match value.as_ref() {
                Value::Null => "null",
                Value::Bool(_) => "true or false",
                Value::Int(_) | Value::Double(_) => "a number",
                Value::String(_) => "a text",
                Value::List(_) => "a list",
                Value::Map(_) => "an object",
            },
        }
    }

    /// The steps it costs to copy or compare it.
    pub(crate) fn steps(&self) -> u64 {
        self.value().map_or(1, |value| steps(value.weight()))
    }
}

/// The steps it costs to make or search that many bytes.
pub(crate) fn steps(bytes: usize) -> u64 {
    1 + bytes as u64 / 64
}

impl std::fmt::Display for Fault<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Missing(path) => write!(f, "{path} is missing"),
            Self::Unfit(message) => f.write_str(message),
            Self::Exhausted => f.write_str("the budget of the decision is exhausted"),
        }
    }
}
