//! Events from CSV: a heading, and a mapping from its columns to the fields of an event.

use std::io::BufRead;

use baton_wire::pb::v1 as pb;

use super::mapping::Mapping;
use super::row::{Row, RowError};

/// Reads events from CSV.
pub struct CsvRows<R> {
    records: csv::ByteRecordsIntoIter<R>,
    /// Each mapping with the place of its column.
    columns: Vec<(usize, Mapping)>,
    /// What every event says.
    template: pb::Event,
}

impl<R: BufRead> CsvRows<R> {
    /// Reads the heading and finds the columns. `constants` are mappings whose source is the value itself.
    pub fn new(reader: R, columns: Vec<Mapping>, constants: &[Mapping]) -> Result<Self, RowError> {
        let mut reader = csv::Reader::from_reader(reader);
        let heading = reader.headers().map_err(|error| RowError::new(1, error.to_string()))?.clone();
        let find = |mapping: Mapping| {
            let place = heading.iter().position(|column| column.trim() == mapping.source);
            let place = place.ok_or_else(|| {
                let known: Vec<&str> = heading.iter().collect();
                let message = format!("there is no column `{}`: there are {}", mapping.source, known.join(", "));
                RowError::new(1, message)
            })?;
            Ok((place, mapping))
        };
        let columns = columns.into_iter().map(find).collect::<Result<_, _>>()?;
        let mut template = pb::Event { r#type: pb::EventType::Track.into(), ..pb::Event::default() };
        for constant in constants {
            constant.write(&constant.source, &mut template).map_err(|message| RowError::new(1, message))?;
        }
        Ok(Self { records: reader.into_byte_records(), columns, template })
    }

    fn row(&self, record: &csv::ByteRecord, line: u64) -> Result<Row, RowError> {
        let mut event = self.template.clone();
        for (place, mapping) in &self.columns {
            let text = std::str::from_utf8(record.get(*place).unwrap_or_default())
                .map_err(|_| RowError::new(line, format!("column `{}` is not UTF-8", mapping.source)))?;
            mapping.write(text, &mut event).map_err(|message| RowError::new(line, message))?;
        }
        Ok(Row::named(line, record.as_slice(), event))
    }
}

impl<R: BufRead> Iterator for CsvRows<R> {
    type Item = Result<Row, RowError>;

    fn next(&mut self) -> Option<Self::Item> {
        Some(match self.records.next()? {
            Ok(record) => self.row(&record, record.position().map_or(0, csv::Position::line)),
            Err(error) => {
                let line =
                    error.position().map_or_else(|| self.records.reader().position().line(), csv::Position::line);
                let message = match error.kind() {
                    csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                        format!("there are {len} fields where the heading has {expected_len}")
                    }
                    _ => error.to_string(),
                };
                Err(RowError { ends_file: error.is_io_error(), ..RowError::new(line, message) })
            }
        })
    }
}
