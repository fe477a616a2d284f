//! `baton event import`

use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::PathBuf;

use baton_client::Answer as Outcome;
use baton_wire::pb::v1 as pb;
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::json;

use crate::import::{Counts, CsvRows, JsonLines, Mapping, Progress, ProgressError, Row, RowError, Rows};
use crate::{Answer, Connection, Exit, Failure};

/// The most bytes of a file that one batch takes: a quarter of what one request may carry, since encoding may add.
const BATCH_BYTES_MAX: u64 = 1024 * 1024;

/// The most problems that are told one by one; the others are counted.
const PROBLEMS_TOLD_MAX: usize = 20;

/// Send the events of a file.
#[derive(Debug, clap::Args)]
pub struct ImportEvents {
    /// `.csv`, or one JSON object a line; `-` is standard input
    file: PathBuf,
    /// For CSV: FIELD=COLUMN, such as `customer_id=id` or `properties.total=amount:number`
    #[arg(long = "map", value_name = "FIELD=COLUMN")]
    columns: Vec<Mapping>,
    /// For CSV: FIELD=VALUE, the same in every event, such as `name=Order Completed`
    #[arg(long = "set", value_name = "FIELD=VALUE")]
    constants: Vec<Mapping>,
    /// Keep in this file how far the import has come, and go on from there
    #[arg(long, value_name = "FILE")]
    resume: Option<PathBuf>,
    /// Events in one call
    #[arg(long, default_value_t = 500, value_parser = clap::value_parser!(u16).range(1..=1000))]
    batch: u16,
    /// The events update what is known and trigger nothing
    #[arg(long)]
    historical: bool,
}

/// What has become of the events so far.
#[derive(Default)]
struct Tally {
    /// Those that are answered for good, with those of earlier runs that the note tells of.
    counts: Counts,
    unanswered: u64,
    problems: Vec<String>,
    /// The line after which this run began.
    done: u64,
}

impl ImportEvents {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let source = self.file.display().to_string();
        let mut note = self.resume.as_deref().map(|path| Progress::open(path, &source)).transpose()?;
        let done = note.as_ref().map_or(0, Progress::line);
        let bar = self.bar();
        let counts = note.as_ref().map_or_else(Counts::default, Progress::counts);
        let mut tally = Tally { counts, done, ..Tally::default() };
        let mut batch = Batch::default();
        let mut rows = self.rows()?;
        loop {
            let row = rows.next();
            let is_end = row.is_none();
            match row {
                Some(Ok(row)) if row.line <= done => bar.inc(row.bytes),
                Some(Ok(row)) => batch.push(row, self.historical),
                Some(Err(error)) if error.line > done || error.ends_file => {
                    batch.skip(&error);
                    tally.counts.unreadable += 1;
                    tally.problem(error.to_string());
                }
                Some(Err(_)) | None => {}
            }
            if !is_end && batch.rows.len() < self.batch.into() && batch.bytes < BATCH_BYTES_MAX {
                continue;
            }
            let sent = std::mem::take(&mut batch);
            bar.inc(sent.bytes);
            if !tally.send(connection, sent, note.as_mut()).await? || is_end {
                break;
            }
        }
        bar.finish_and_clear();
        Ok(tally.answer(self.resume.is_some()))
    }

    fn rows(&self) -> Result<Rows<Box<dyn BufRead>>, Failure> {
        let is_csv = self.file.extension().is_some_and(|ending| ending == "csv") || !self.columns.is_empty();
        let reader: Box<dyn BufRead> = if self.file.as_os_str() == "-" {
            Box::new(BufReader::new(std::io::stdin()))
        } else {
            Box::new(BufReader::new(File::open(&self.file).map_err(|error| Failure::file(&self.file, &error))?))
        };
        if !is_csv {
            return Ok(Rows::Json(JsonLines::new(reader)));
        }
        let advice =
            "map columns to fields: --map customer_id=COLUMN --map timestamp=COLUMN --set name=\"Order Completed\"";
        if !self.columns.iter().chain(&self.constants).any(Mapping::is_of_customer) {
            return Err(Failure::new(Exit::Usage, "no column says whose each row is", advice));
        }
        let rows = CsvRows::new(reader, self.columns.clone(), &self.constants);
        rows.map(|rows| Rows::Csv(Box::new(rows)))
            .map_err(|error| Failure::new(Exit::Refused, error.to_string(), advice))
    }

    /// On standard error, and only if that is a terminal.
    fn bar(&self) -> ProgressBar {
        let length = self.file.metadata().map(|file| file.len()).ok();
        let style = ProgressStyle::with_template("{bar:30} {bytes}/{total_bytes} {bytes_per_sec} {eta}");
        let bar = length.map_or_else(ProgressBar::new_spinner, ProgressBar::new);
        bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
    }
}

/// Events of one call.
#[derive(Default)]
struct Batch {
    rows: Vec<(u64, pb::Event)>,
    bytes: u64,
    /// The last line that was read for it.
    last: u64,
}

impl Batch {
    fn push(&mut self, row: Row, historical: bool) {
        self.bytes += row.bytes;
        self.last = row.line;
        let event = pb::Event { historical: row.event.historical || historical, ..row.event };
        self.rows.push((row.line, event));
    }

    /// A row that is no event needs no answer. Where the file cannot be read on, the line is to be tried again.
    fn skip(&mut self, error: &RowError) {
        if !error.ends_file {
            self.last = error.line;
        }
    }
}

impl Tally {
    /// Sends a batch. `false` if some of it stayed unanswered: then the rest of the file is not tried.
    async fn send(
        &mut self,
        connection: &Connection,
        batch: Batch,
        note: Option<&mut Progress>,
    ) -> Result<bool, Failure> {
        let (lines, events): (Vec<u64>, Vec<pb::Event>) = batch.rows.into_iter().unzip();
        if batch.last == 0 {
            return Ok(true);
        }
        let outcomes = connection.client().ingest(events).await;
        let unanswered = self.unanswered;
        for (line, outcome) in lines.iter().zip(outcomes) {
            self.count(*line, outcome)?;
        }
        let all_answered = self.unanswered == unanswered;
        if let (Some(note), true) = (note, all_answered) {
            note.advance(batch.last, self.counts)?;
        }
        Ok(all_answered)
    }

    fn count(&mut self, line: u64, outcome: Outcome) -> Result<(), Failure> {
        match outcome {
            Outcome::Accepted(_) => self.counts.accepted += 1,
            Outcome::Duplicate => self.counts.duplicates += 1,
            Outcome::Rejected(pb::Rejected { reason, field, message }) => {
                self.counts.rejected += 1;
                self.problem(format!("line {line}: rejected ({reason}): {field}: {message}"));
            }
            Outcome::Unanswered(reason) => {
                self.unanswered += 1;
                self.problem(format!("line {line}: no answer ({reason})"));
            }
            Outcome::Refused(status) => return Err(Failure::from(*status)),
        }
        Ok(())
    }

    fn problem(&mut self, problem: String) {
        if self.problems.len() < PROBLEMS_TOLD_MAX {
            self.problems.push(problem);
        }
    }

    fn answer(self, can_resume: bool) -> Answer {
        let Self { counts: Counts { accepted, duplicates, rejected, unreadable }, unanswered, problems, done } = self;
        let mut lines = Vec::new();
        if done > 0 {
            lines.push(format!("gone on after line {done}; the numbers are those of the whole file"));
        }
        lines.extend(problems.iter().cloned());
        let untold = rejected + unreadable + unanswered - u64::try_from(problems.len()).unwrap_or(0);
        if untold > 0 {
            lines.push(format!("and {untold} more"));
        }
        lines.push(format!(
            "{accepted} accepted, {duplicates} duplicates, {rejected} rejected, {unreadable} unreadable, {unanswered} unanswered"
        ));
        if unanswered > 0 {
            let how = if can_resume { "it goes on where it stopped" } else { "nothing happens twice" };
            lines.push(format!("the import stopped: run it again, {how}"));
        }
        let exit = match (unanswered, rejected + unreadable) {
            (0, 0) => Exit::Done,
            (0, _) => Exit::Incomplete,
            _ => Exit::Unavailable,
        };
        let value = json!({
            "accepted": accepted, "duplicates": duplicates, "rejected": rejected, "unreadable": unreadable,
            "unanswered": unanswered, "resumed_after": done, "problems": problems,
        });
        Answer { exit, ..Answer::new(value, lines.join("\n")) }
    }
}

impl From<ProgressError> for Failure {
    fn from(error: ProgressError) -> Self {
        Self::new(Exit::Failed, error.to_string(), "")
    }
}
