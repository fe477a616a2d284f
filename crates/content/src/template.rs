//! One compiled part of a message: a subject, a text, an HTML.

use std::collections::BTreeSet;
use std::io::{self, Write};

use liquid_core::model::Object;
use liquid_core::runtime::Renderable;
use liquid_core::{Language, Template, parser};

use crate::nesting;
use crate::roots;
use crate::runtime::{Globals, Progress};

/// The most bytes of a text or an HTML as it goes out. Mail readers cut mails near 100 KiB; beyond this, rendering fails.
pub(crate) const BODY_BYTES_MAX: usize = 512 * 1024;

/// The most bytes of a line as it goes out: a mail's subject (RFC 5322 allows 998 in a line), a push message's title.
pub(crate) const LINE_BYTES_MAX: usize = 900;

/// The most bytes of a part as it is written. A longer one is refused at publish.
pub(crate) const SOURCE_BYTES_MAX: usize = 256 * 1024;

/// A part of a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Part {
    Subject,
    Text,
    Html,
}

impl Part {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Subject => "subject",
            Self::Text => "text",
            Self::Html => "html",
        }
    }

    pub(crate) fn bytes_max(self) -> usize {
        match self {
            Self::Subject => LINE_BYTES_MAX,
            Self::Text | Self::Html => BODY_BYTES_MAX,
        }
    }
}

/// Why a part does not compile.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Fault {
    /// The line in the part, from 1, where it is known.
    pub(crate) line: Option<usize>,
    pub(crate) reason: String,
}

/// Why a part does not render.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Failure {
    Missing(String),
    TooLong,
    Other(String),
}

#[derive(Debug)]
pub(crate) struct Compiled {
    part: Part,
    template: Template,
}

impl Compiled {
    /// Compiles a part. `variables` are those that its template declares.
    pub(crate) fn new(
        part: Part,
        source: &str,
        variables: &BTreeSet<String>,
        language: &Language,
    ) -> Result<Self, Fault> {
        if source.len() > SOURCE_BYTES_MAX {
            return Err(Fault { line: None, reason: format!("is longer than {SOURCE_BYTES_MAX} bytes") });
        }
        nesting::check(source)?;
        match parser::parse(source, language) {
            Ok(elements) => {
                roots::check(source, variables)?;
                Ok(Self { part, template: Template::new(elements) })
            }
            Err(error) => Err(explain(&error.to_string(), source, language)),
        }
    }

    pub(crate) fn render(&self, variables: Object) -> Result<String, Failure> {
        let globals = Globals::new(variables);
        let mut out = BoundedText::new(self.part.bytes_max());
        let rendered = self.template.render_to(&mut out, &globals);
        if let Some(missing) = Progress::take_missing(&globals) {
            return Err(Failure::Missing(missing));
        }
        let text = out.finish().ok_or(Failure::TooLong)?;
        rendered.map_err(|error| Failure::Other(message(&error.to_string())))?;
        match self.part {
            Part::Subject => one_line(&text),
            Part::Text | Part::Html => Ok(text),
        }
    }
}

/// A line without the white space around it. A line break inside would end the header it goes into.
fn one_line(text: &str) -> Result<String, Failure> {
    let line = text.trim();
    if line.chars().any(char::is_control) {
        return Err(Failure::Other("holds a line break or another control character".to_owned()));
    }
    Ok(line.to_owned())
}

/// The first line of what Liquid says, without its `liquid: `, and the name it speaks of.
fn message(error: &str) -> String {
    let first = error.lines().next().unwrap_or_default().trim_start_matches("liquid: ");
    let mut details = error.lines().filter_map(|line| line.trim().strip_prefix("requested ")).take(1);
    details.next().map_or_else(|| first.to_owned(), |detail| format!("{first}: {detail}"))
}

/// Turns Liquid's picture of an error into a line and a sentence.
///
/// ```text
/// liquid:  --> 3:4
///   |
/// 3 | {{ x | }}
///   |    ^-----
///   |
///   = expected Identifier
/// ```
fn explain(error: &str, source: &str, language: &Language) -> Fault {
    let pictured =
        error.split_once("--> ").and_then(|(_, rest)| rest.split_once(':')).and_then(|(line, _)| line.parse().ok());
    let reason = error.lines().find_map(|line| line.trim().strip_prefix("= "));
    Fault {
        line: pictured.or_else(|| first_bad_output(source, language)),
        reason: reason.map_or_else(|| message(error), str::to_owned),
    }
}

/// The line of the first `{{ … }}` that does not compile by itself. Some of Liquid's errors, such as that of an unknown
/// filter, say what and not where.
fn first_bad_output(source: &str, language: &Language) -> Option<usize> {
    let outputs = source.match_indices("{{").map(|(start, _)| {
        let end = source[start..].find("}}").map_or(source.len(), |length| start + length + 2);
        (start, &source[start..end])
    });
    let bad = outputs.into_iter().find(|(_, output)| parser::parse(output, language).is_err());
    bad.map(|(start, _)| nesting::line_of(source, start))
}

/// Text that takes no more than so many bytes.
pub(crate) struct BoundedText {
    bytes: Vec<u8>,
    bytes_max: usize,
    is_full: bool,
}

impl BoundedText {
    pub(crate) fn new(bytes_max: usize) -> Self {
        Self { bytes: Vec::new(), bytes_max, is_full: false }
    }

    /// The text, or `None` if it would have been longer.
    pub(crate) fn finish(self) -> Option<String> {
        if self.is_full { None } else { String::from_utf8(self.bytes).ok() }
    }
}

impl Write for BoundedText {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_full |= self.bytes.len() + bytes.len() > self.bytes_max;
        if self.is_full {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests;
