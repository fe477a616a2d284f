//! The examples are published; each kind of mistake in them is told with its place.

mod examples;
mod mistakes;
mod mutations;
mod set;

use baton_model::ids::DefinitionsVersion;
use baton_model::span::Span;

use crate::definitions::Definitions;
use crate::error::DocumentError;
use crate::parse::parse_all;
use crate::publish::publish;
use crate::source::Source;

/// How long the tests keep events.
fn history() -> Span {
    "400d".parse().unwrap()
}

/// Parses and publishes as version 1.
fn publish_texts(texts: &[(&str, &str)]) -> Result<Definitions, Vec<DocumentError>> {
    let sources: Vec<_> = texts.iter().map(|(name, text)| Source::new(name, text)).collect();
    publish(&parse_all(&sources)?, DefinitionsVersion(1), history())
}
