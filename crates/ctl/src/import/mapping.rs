//! Which column of a CSV file becomes which field of an event: `customer_id=id`, `properties.total=amount:number`.

use baton_wire::json;
use baton_wire::pb::google::Struct;
use baton_wire::pb::v1 as pb;
use serde_json::Value;

use super::json_lines::event_type;

/// A field of an event.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Target {
    CustomerId,
    MessageId,
    Type,
    Name,
    Timestamp,
    Property(String),
    Context(String),
    Trait(String),
}

/// How a text is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Reading {
    Text,
    Number,
    Bool,
}

/// One `FIELD=COLUMN[:text|number|bool]`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mapping {
    target: Target,
    /// The column's heading, or the constant.
    pub(super) source: String,
    reading: Reading,
}

/// A mapping that cannot be meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MappingError {
    /// Not two sides.
    #[error("`{0}` has no `=`: write FIELD=COLUMN, such as `customer_id=id` or `properties.total=amount:number`")]
    NoSides(String),
    /// The field does not exist.
    #[error(
        "events have no field `{0}`: write customer_id, message_id, type, name, timestamp, or properties.X, context.X, traits.X"
    )]
    Field(String),
}

impl std::str::FromStr for Mapping {
    type Err = MappingError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (field, source) = text.split_once('=').ok_or_else(|| MappingError::NoSides(text.to_owned()))?;
        let target = match field.split_once('.') {
            None => match field {
                "customer_id" => Target::CustomerId,
                "message_id" => Target::MessageId,
                "type" => Target::Type,
                "name" => Target::Name,
                "timestamp" => Target::Timestamp,
                _ => return Err(MappingError::Field(field.to_owned())),
            },
            Some(("properties", name)) => Target::Property(name.to_owned()),
            Some(("context", name)) => Target::Context(name.to_owned()),
            Some(("traits", name)) => Target::Trait(name.to_owned()),
            Some(_) => return Err(MappingError::Field(field.to_owned())),
        };
        let (source, reading) = match source.rsplit_once(':') {
            Some((source, "number")) => (source, Reading::Number),
            Some((source, "bool")) => (source, Reading::Bool),
            Some((source, "text")) => (source, Reading::Text),
            _ => (source, Reading::Text),
        };
        Ok(Self { target, source: source.to_owned(), reading })
    }
}

impl Mapping {
    /// Whether it says whose a row is.
    pub fn is_of_customer(&self) -> bool {
        self.target == Target::CustomerId
    }

    /// Writes `text` into its field. An empty text leaves the field out. Says what is wrong with the text.
    pub(super) fn write(&self, text: &str, event: &mut pb::Event) -> Result<(), String> {
        if text.is_empty() {
            return Ok(());
        }
        let text = text.to_owned();
        match &self.target {
            Target::CustomerId => event.customer_id = text,
            Target::MessageId => event.message_id = text,
            Target::Name => event.name = text,
            Target::Timestamp => event.timestamp = text,
            Target::Type => event.r#type = event_type(&text)?.into(),
            Target::Property(name) => self.insert(name, &text, &mut event.properties)?,
            Target::Context(name) => self.insert(name, &text, &mut event.context)?,
            Target::Trait(name) => self.insert(name, &text, &mut event.traits)?,
        }
        Ok(())
    }

    fn insert(&self, name: &str, text: &str, object: &mut Option<Struct>) -> Result<(), String> {
        let value = match self.reading {
            Reading::Text => Value::from(text),
            Reading::Number => match text.trim().parse::<f64>() {
                Ok(number) if number.is_finite() => Value::from(number),
                _ => return Err(format!("`{text}` of column `{}` is no number", self.source)),
            },
            Reading::Bool => match text.trim() {
                "true" | "1" | "yes" => Value::from(true),
                "false" | "0" | "no" => Value::from(false),
                _ => return Err(format!("`{text}` of column `{}` is neither true nor false", self.source)),
            },
        };
        object.get_or_insert_default().fields.insert(name.to_owned(), json::to_value(&value));
        Ok(())
    }
}
