//! What a verb answers, and the forms in which it is printed.

use std::io::{self, Write};

use serde_json::Value;

use crate::exit::Exit;

/// How an answer is printed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, clap::ValueEnum)]
pub enum Format {
    /// For people.
    #[default]
    Table,
    /// One JSON value and nothing else.
    Json,
    /// One YAML document and nothing else.
    Yaml,
}

/// The answer of a verb.
#[derive(Debug, Clone, PartialEq)]
pub struct Answer {
    /// For programs.
    pub value: Value,
    /// For people.
    pub text: String,
    /// How the command ended.
    pub exit: Exit,
}

impl Answer {
    /// An answer to something that is done.
    pub fn new(value: Value, text: impl Into<String>) -> Self {
        Self { value, text: text.into(), exit: Exit::Done }
    }

    /// The answer as it is printed, with a line end.
    pub fn render(&self, format: Format) -> String {
        let text = match format {
            Format::Table => self.text.clone(),
            Format::Json => serde_json::to_string_pretty(&self.value).unwrap_or_else(|error| error.to_string()),
            Format::Yaml => serde_saphyr::to_string(&self.value).unwrap_or_else(|error| error.to_string()),
        };
        format!("{}\n", text.trim_end())
    }

    /// Prints the answer. A reader that has gone away, such as `head`, has seen enough.
    pub fn print(&self, format: Format) -> io::Result<()> {
        match io::stdout().lock().write_all(self.render(format).as_bytes()) {
            Err(error) if error.kind() == io::ErrorKind::BrokenPipe => Ok(()),
            written => written,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn every_format_prints_the_same_answer() {
        let answer = Answer::new(json!({"version": 3, "changed": ["Journey/welcome"]}), "version 3");
        let check = |format, expected: &str| assert_eq!(answer.render(format), expected);
        check(Format::Table, "version 3\n");
        check(Format::Json, "{\n  \"changed\": [\n    \"Journey/welcome\"\n  ],\n  \"version\": 3\n}\n");
        check(Format::Yaml, "changed:\n- Journey/welcome\nversion: 3\n");
    }
}
