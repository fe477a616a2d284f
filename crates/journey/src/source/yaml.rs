//! Text to trees: YAML 1.2, of which JSON is a part.
//!
//! A text is first cut into its documents, so that a mistake in one hides nothing of the others. That needs no parser: a
//! line that starts with `---` or `...` is a document marker wherever it stands, also within quotes and block texts.

use std::fmt;

use serde::de::{Deserialize, Deserializer, MapAccess, SeqAccess, Visitor};
use serde_saphyr::{Error, Location, Spanned};

use crate::source::node::{Data, Field, Node};
use crate::source::{Position, Source};

/// The deepest nesting of a document; more is refused, because every level costs stack in everything that walks the tree.
const DEPTH_MAX: usize = 48;
/// The most values of one document, aliases expanded; more is refused.
const NODES_MAX: usize = 100_000;

/// A text that is no document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SyntaxError {
    /// Where.
    pub at: Position,
    /// What is wrong.
    pub message: String,
}

/// The documents of a text, each as a text of its own that knows its first line. Those without content are left out.
pub fn cut(source: &Source) -> Vec<Source> {
    let text = source.text.strip_prefix('\u{feff}').unwrap_or(&source.text);
    let mut documents = Vec::new();
    let (mut start, mut start_line, mut end) = (0, source.first_line, 0);
    for (line, line_number) in text.split_inclusive('\n').zip(source.first_line..) {
        let (opens, closes) = (is_marker(line, "---"), is_marker(line, "..."));
        if opens || closes {
            documents.push(part(source, start_line, &text[start..end]));
            let skipped = u32::from(closes);
            (start, start_line) = (end + if closes { line.len() } else { 0 }, line_number + skipped);
        }
        end += line.len();
    }
    documents.push(part(source, start_line, &text[start..]));
    documents.retain(|document| has_content(&document.text));
    documents
}

/// Whether a line is that document marker.
fn is_marker(line: &str, marker: &str) -> bool {
    line.strip_prefix(marker).is_some_and(|rest| rest.is_empty() || rest.starts_with(char::is_whitespace))
}

/// Whether a text says anything besides comments, directives and an empty document marker.
fn has_content(text: &str) -> bool {
    text.lines().any(|line| {
        let line = if is_marker(line, "---") { &line[3..] } else { line };
        let words = line.trim();
        !words.is_empty() && !words.starts_with('#') && !line.starts_with('%')
    })
}

/// A part of a source.
fn part(source: &Source, first_line: u32, text: &str) -> Source {
    Source { name: source.name.clone(), first_line, text: text.into() }
}

/// The tree of one document.
pub fn parse(document: &Source) -> Result<Node, SyntaxError> {
    let parsed = serde_saphyr::from_str_with_options::<Spanned<Raw>>(&document.text, options());
    let tree = parsed.map_err(|error| syntax_error(document, &error))?;
    Ok(node(document, tree))
}

/// YAML 1.2 as the standard has it (`yes` and `on` are texts), bounded, without tags that name types of some program.
fn options() -> serde_saphyr::Options {
    serde_saphyr::options! {
        budget: serde_saphyr::budget! { max_depth: DEPTH_MAX, max_nodes: NODES_MAX },
        strict_booleans: true,
        reject_unsupported_tags: true,
        with_snippet: false,
    }
}

/// The parser's error, in the numbering of the file.
fn syntax_error(document: &Source, error: &Error) -> SyntaxError {
    let at = error.location().map_or(Position { line: document.first_line, column: 1 }, |at| position(document, at));
    let text = error.without_snippet().to_string();
    let message = text.split(" at line ").next().unwrap_or(&text);
    SyntaxError { at, message: format!("this is not YAML: {message}") }
}

/// A place of the document in the numbering of the file.
fn position(document: &Source, at: Location) -> Position {
    let line = u32::try_from(at.line()).unwrap_or(u32::MAX);
    let column = u32::try_from(at.column()).unwrap_or(u32::MAX);
    Position { line: document.first_line.saturating_add(line.max(1) - 1), column: column.max(1) }
}

/// A value as the parser gives it.
enum Raw {
    Null,
    Bool(bool),
    Int(i64),
    Float(f64),
    Text(String),
    List(Vec<Spanned<Raw>>),
    Map(Vec<(Spanned<String>, Spanned<Raw>)>),
}

/// The same value with places in the numbering of the file.
fn node(document: &Source, raw: Spanned<Raw>) -> Node {
    let at = position(document, raw.referenced);
    let data = match raw.value {
        Raw::Null => Data::Null,
        Raw::Bool(value) => Data::Bool(value),
        Raw::Int(number) => Data::Int(number),
        Raw::Float(number) => Data::Float(number),
        Raw::Text(text) => Data::Text(text),
        Raw::List(items) => Data::List(items.into_iter().map(|item| node(document, item)).collect()),
        Raw::Map(fields) => {
            let field = |(name, value): (Spanned<String>, Spanned<Raw>)| Field {
                at: position(document, name.referenced),
                name: name.value,
                value: node(document, value),
            };
            Data::Map(fields.into_iter().map(field).collect())
        }
    };
    Node { at, data }
}

impl<'de> Deserialize<'de> for Raw {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(RawVisitor)
    }
}

/// Takes whatever the parser holds.
struct RawVisitor;

impl<'de> Visitor<'de> for RawVisitor {
    type Value = Raw;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_unit<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_none<E>(self) -> Result<Raw, E> {
        Ok(Raw::Null)
    }

    fn visit_some<D: Deserializer<'de>>(self, deserializer: D) -> Result<Raw, D::Error> {
        Raw::deserialize(deserializer)
    }

    fn visit_bool<E>(self, value: bool) -> Result<Raw, E> {
        Ok(Raw::Bool(value))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Raw, E> {
        Ok(Raw::Int(number))
    }

    #[expect(
        clippy::cast_precision_loss,
        reason = "a number beyond 64 bits with a sign is kept roughly, as in JavaScript"
    )]
    fn visit_u64<E>(self, number: u64) -> Result<Raw, E> {
        Ok(i64::try_from(number).map_or(Raw::Float(number as f64), Raw::Int))
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<Raw, E> {
        if number.is_finite() { Ok(Raw::Float(number)) } else { Err(E::custom("a number must be finite")) }
    }

    fn visit_str<E>(self, text: &str) -> Result<Raw, E> {
        Ok(Raw::Text(text.to_owned()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Raw, A::Error> {
        let mut items = Vec::new();
        while let Some(item) = seq.next_element()? {
            items.push(item);
        }
        Ok(Raw::List(items))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Raw, A::Error> {
        let mut fields: Vec<(Spanned<String>, Spanned<Raw>)> = Vec::new();
        while let Some(name) = map.next_key::<Spanned<String>>()? {
            fields.push((name, map.next_value()?));
        }
        Ok(Raw::Map(fields))
    }
}

#[cfg(test)]
mod tests;
