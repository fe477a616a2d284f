//! What a document says that its type does not take.

use std::fmt;

use serde::de::{self, Expected, Unexpected};

use crate::nearest::{nearest, one_of};
use crate::source::Position;
use crate::source::path::Path;

/// An error with its path from the node that was read. The place is of the innermost node that was wrong.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct ReadError {
    /// From the node that was read.
    pub path: Path,
    /// Where; always there when the error has left the reader.
    pub at: Option<Position>,
    /// What is wrong and what to write.
    pub message: String,
    /// The field that is not known or not there, if that is the error.
    pub field: Option<WrongField>,
}

/// A field that should not be there, or should.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum WrongField {
    /// It is there and means nothing.
    Unknown(String),
    /// It is not there.
    Missing(&'static str),
}

impl ReadError {
    /// An error without a place.
    pub fn new(message: impl Into<String>) -> Self {
        Self { path: Path::root(), at: None, message: message.into(), field: None }
    }

    /// Something else than one of a few names.
    pub fn none_of(variants: &[&str]) -> Self {
        Self::new(format!("write {}", one_of(variants)))
    }

    /// This error at `at`, unless it has a place already.
    #[must_use]
    pub fn placed(mut self, at: Position) -> Self {
        self.at.get_or_insert(at);
        self
    }

    /// This error, seen from the map whose field it is in.
    #[must_use]
    pub fn in_field(mut self, name: &str) -> Self {
        self.path = Path::root().field(name).join(&self.path.to_string());
        self
    }

    /// This error, seen from the list whose item it is in.
    #[must_use]
    pub fn in_item(mut self, index: usize) -> Self {
        self.path = Path::root().item(index).join(&self.path.to_string());
        self
    }
}

impl de::Error for ReadError {
    fn custom<T: fmt::Display>(message: T) -> Self {
        Self::new(message.to_string())
    }

    fn invalid_type(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        let expected = expected.to_string();
        let expected = wanted(&expected);
        let quotes = if expected == "text" && is_scalar(found) { ", in quotes" } else { "" };
        Self::new(format!("{} stands here: write {expected}{quotes}", named(found)))
    }

    fn invalid_value(found: Unexpected<'_>, expected: &dyn Expected) -> Self {
        Self::new(format!("{} does not fit: write {}", named(found), wanted(&expected.to_string())))
    }

    fn unknown_variant(variant: &str, expected: &'static [&'static str]) -> Self {
        Self::new(format!("`{variant}` is not known here: {}", choice(variant, expected)))
    }

    fn unknown_field(field: &str, expected: &'static [&'static str]) -> Self {
        let error = Self::new(format!("there is no field `{field}` here: {}", choice(field, expected)));
        Self { field: Some(WrongField::Unknown(field.to_owned())), ..error }
    }

    fn missing_field(field: &'static str) -> Self {
        let error = Self::new(format!("the field `{field}` is missing: write `{field}: ..`"));
        Self { field: Some(WrongField::Missing(field)), ..error }
    }
}

/// Whether a value is one word that becomes text in quotes.
fn is_scalar(found: Unexpected<'_>) -> bool {
    matches!(found, Unexpected::Bool(_) | Unexpected::Signed(_) | Unexpected::Unsigned(_) | Unexpected::Float(_))
}

/// What was found, in the words of documents.
fn named(found: Unexpected<'_>) -> String {
    match found {
        Unexpected::Bool(value) => format!("`{value}`"),
        Unexpected::Signed(number) => format!("the number `{number}`"),
        Unexpected::Unsigned(number) => format!("the number `{number}`"),
        Unexpected::Float(number) => format!("the number `{number}`"),
        Unexpected::Str(text) => format!("the text `{text}`"),
        Unexpected::Unit | Unexpected::Option => "nothing".to_owned(),
        Unexpected::Seq => "a list".to_owned(),
        Unexpected::Map => "a map".to_owned(),
        other => other.to_string(),
    }
}

/// What was expected, in the words of documents.
fn wanted(expected: &str) -> &str {
    match expected {
        "a string" | "str" | "a borrowed string" | "a character" => "text",
        "a boolean" => "true or false",
        "a sequence" => "a list",
        "u8" | "u16" | "u32" | "u64" | "usize" => "a whole number, 0 or more",
        "i8" | "i16" | "i32" | "i64" | "isize" => "a whole number",
        "f32" | "f64" => "a number",
        "unit" => "nothing",
        other if other == "a map" || other.starts_with("struct ") => "a map of fields",
        other => other,
    }
}

/// What to write instead of a name: the one that was probably meant, or any that is known.
fn choice(name: &str, known: &[&str]) -> String {
    match nearest(name, known) {
        Some(meant) => format!("write `{meant}`"),
        None => format!("write {}", one_of(known)),
    }
}
