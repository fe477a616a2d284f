//! How far an import has come and what became of its rows, in a file, so that it can go on after an interruption.
//!
//! The note is written after each batch and replaced as a whole. It may be behind what the cluster has taken, never ahead
//! of it; what is sent again is a duplicate. Each row is counted once, so an import that was interrupted ends with the
//! numbers of the whole file, and a row that was refused before the interruption is not forgotten.

use std::path::{Path, PathBuf};
use std::{fs, io};

use serde::{Deserialize, Serialize};

/// What the file says.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Note {
    /// The file that is imported.
    source: String,
    /// Every line up to this one is answered.
    line: u64,
    /// What became of the rows up to there.
    #[serde(default)]
    counts: Counts,
}

/// How many rows of an import ended how.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Counts {
    /// Events that were taken.
    pub accepted: u64,
    /// Events that had been taken before.
    pub duplicates: u64,
    /// Events that never will be taken.
    pub rejected: u64,
    /// Rows that are no events.
    pub unreadable: u64,
}

/// The note of one import.
#[derive(Debug)]
pub struct Progress {
    path: PathBuf,
    note: Note,
}

/// Why a note cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProgressError {
    /// It cannot be read or written.
    #[error("{path}: {source}")]
    File {
        /// The note.
        path: String,
        /// Why.
        source: io::Error,
    },
    /// It is no note.
    #[error("{path} is no note of an import: {source}")]
    Malformed {
        /// The note.
        path: String,
        /// Why.
        source: serde_json::Error,
    },
    /// It is of another import.
    #[error("{path} belongs to the import of {of}: name another file for --resume, or delete it")]
    Other {
        /// The note.
        path: String,
        /// The file it is about.
        of: String,
    },
}

impl Progress {
    /// Reads the note of the import of `source`, or begins one.
    pub fn open(path: &Path, source: &str) -> Result<Self, ProgressError> {
        let name = path.display().to_string();
        let note = match fs::read(path) {
            Ok(text) => serde_json::from_slice(&text)
                .map_err(|source| ProgressError::Malformed { path: name.clone(), source })?,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                Note { source: source.to_owned(), ..Note::default() }
            }
            Err(source) => return Err(ProgressError::File { path: name, source }),
        };
        if note.source != source {
            return Err(ProgressError::Other { path: name, of: note.source });
        }
        Ok(Self { path: path.to_owned(), note })
    }

    /// The last line that is answered; 0 at the beginning.
    pub fn line(&self) -> u64 {
        self.note.line
    }

    /// What became of the rows up to that line.
    pub fn counts(&self) -> Counts {
        self.note.counts
    }

    /// Notes that every line up to `line` is answered, and what became of all of them.
    pub fn advance(&mut self, line: u64, counts: Counts) -> Result<(), ProgressError> {
        self.note.line = line;
        self.note.counts = counts;
        let failed = |source| ProgressError::File { path: self.path.display().to_string(), source };
        let text = serde_json::to_vec(&self.note).map_err(|error| failed(error.into()))?;
        let new = self.path.with_extension("new");
        fs::write(&new, text).and_then(|()| fs::rename(&new, &self.path)).map_err(failed)
    }
}
