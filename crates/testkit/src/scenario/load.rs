//! A scenario file, read: documents above, script below.

use std::path::{Path, PathBuf};

use baton_journey::source::Source;

use super::line::Line;

/// A scenario, ready to be played.
#[derive(Debug, Clone)]
pub struct Scenario {
    /// The file.
    pub path: PathBuf,
    /// The documents that are written in it.
    pub(crate) documents: Option<Source>,
    /// The script.
    pub(crate) lines: Vec<Line>,
}

/// A scenario that cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {cause}")]
pub struct LoadError {
    /// The file.
    pub path: PathBuf,
    /// Why.
    #[source]
    pub cause: std::io::Error,
}

impl Scenario {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self, LoadError> {
        let text = std::fs::read_to_string(path).map_err(|cause| LoadError { path: path.to_owned(), cause })?;
        Ok(Self::parse(path, &text))
    }

    /// Reads a text; `path` is where files that it names are looked for.
    pub fn parse(path: &Path, text: &str) -> Self {
        let divider = text.lines().position(|line| line.starts_with("===="));
        let script_from = divider.map_or(0, |divider| divider + 1);
        let documents = divider.map(|divider| {
            let text: String = text.lines().take(divider).flat_map(|line| [line, "\n"]).collect();
            Source::new(&path.display().to_string(), &text)
        });
        let numbered = text.lines().enumerate().skip(script_from);
        let lines = numbered.filter_map(|(index, line)| Line::cut(index + 1, line)).collect();
        Self { path: path.to_owned(), documents, lines }
    }
}
