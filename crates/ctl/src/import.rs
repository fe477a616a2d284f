//! Events from files: JSON lines and CSV, with errors that name the line, and a note of how far an import has come.

mod csv_rows;
mod json_lines;
mod mapping;
mod progress;
mod row;

pub use csv_rows::CsvRows;
pub use json_lines::{JsonLines, event_from_json};
pub use mapping::{Mapping, MappingError};
pub use progress::{Counts, Progress, ProgressError};
pub use row::{Row, RowError};

use std::io::BufRead;

/// The rows of a file, whatever its form.
pub enum Rows<R: BufRead> {
    /// One JSON object a line.
    Json(JsonLines<R>),
    /// A heading and records.
    Csv(Box<CsvRows<R>>),
}

impl<R: BufRead> Iterator for Rows<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        match self {
            Self::Json(rows) => rows.next(),
            Self::Csv(rows) => rows.next(),
        }
    }
}

#[cfg(test)]
mod tests;
