//! Reads the whole log when it is opened: checks each byte that was ever acknowledged and rebuilds every group.
//!
//! A crash can leave one batch half written, at the end of the last segment, because each batch is synced before the next
//! is begun. So:
//!
//! * bytes behind the last well-formed frame of the last segment are a torn tail: never acknowledged, written over;
//! * a bad frame with a well-formed one behind it, in any segment, is damage, and so is a bad frame below the place that
//!   the last checkpoint noted as synced;
//! * a last segment whose table is torn was being begun: it is put aside and the one before is the last.

use std::collections::BTreeMap;
use std::io;
use std::sync::Arc;

use bytes::Bytes;

use super::disk::{LogDisk, LogFile};
use super::error::OpenLogError;
use super::frame::{self, FRAME_HEADER_LEN};
use super::group::{Group, Location, Purged};
use super::record::{Kind, RECORD_HEADER_LEN, Record, Row};
use super::segment::{self, FILE_HEADER_LEN};
use super::synced::{self, Position};

/// The log as it lies on disk.
pub(super) struct Replayed {
    pub groups: BTreeMap<u32, Group>,
    pub segments: BTreeMap<u64, Arc<dyn LogFile>>,
    /// Where the next frame goes; `None` for a log that was never begun.
    pub end: Option<Position>,
    /// How far the log is durable for certain; what lies behind may be in the page cache only.
    pub noted: Option<Position>,
    /// Files that hold nothing of the log.
    pub leftovers: Vec<String>,
}

/// Reads and checks the log.
pub(super) fn replay(disk: &dyn LogDisk) -> Result<Replayed, OpenLogError> {
    Replay::new(disk)?.run()
}

struct Replay<'a> {
    disk: &'a dyn LogDisk,
    numbers: Vec<u64>,
    /// The bytes of the newest segment so far.
    newest: Vec<u8>,
    done: Replayed,
}

impl<'a> Replay<'a> {
    fn new(disk: &'a dyn LogDisk) -> Result<Self, OpenLogError> {
        let names = disk.names().map_err(|e| disk_error(disk, e))?;
        let noted = synced::read(disk, &names).map_err(|e| disk_error(disk, e))?;
        let mut numbers: Vec<u64> = names.iter().filter_map(|name| segment::number(name)).collect();
        numbers.sort_unstable();
        // A removal that was not yet durable may leave older segments behind a gap. If one that is needed were missing
        // instead, its entries would be found missing at the end.
        let gap = numbers.windows(2).rposition(|pair| pair[0] + 1 != pair[1]);
        let numbers = numbers.split_off(gap.map_or(0, |at| at + 1));
        let is_kept = |name: &String| segment::number(name).is_some_and(|number| numbers.contains(&number));
        let leftovers = names.iter().filter(|name| is_own(name) && !is_kept(name)).cloned().collect();
        let done = Replayed { groups: BTreeMap::new(), segments: BTreeMap::new(), end: None, noted, leftovers };
        Ok(Self { disk, numbers, newest: Vec::new(), done })
    }

    fn run(mut self) -> Result<Replayed, OpenLogError> {
        if let Some(noted) = self.done.noted
            && self.numbers.last().is_none_or(|last| *last < noted.segment)
        {
            return Err(self.incomplete(format!("{} is missing", segment::name(noted.segment))));
        }
        for number in std::mem::take(&mut self.numbers) {
            self.segment(number)?;
        }
        if let Some(end) = self.done.end {
            self.check_tail(end)?;
        }
        for (id, group) in &mut self.done.groups {
            if let Some(index) = group.first_missing() {
                let reason = format!("entry {index} of group {id} lies in a segment that is missing");
                return Err(OpenLogError::Incomplete { folder: self.disk.describe(), reason });
            }
            group.show_durable();
        }
        Ok(self.done)
    }

    /// Replays one segment. All but the last must end where the next one says.
    fn segment(&mut self, number: u64) -> Result<(), OpenLogError> {
        let file = self.disk.open(&segment::name(number)).map_err(|e| disk_error(self.disk, e))?;
        let bytes = read_all(file.as_ref()).map_err(|e| disk_error(self.disk, e))?;
        let Some(table) = frame::payload_at(&bytes, number, FILE_HEADER_LEN) else {
            return self.segment_without_table(number, &bytes);
        };
        if let Some(reason) = segment::header_problem(&bytes) {
            return Err(self.damaged(number, 0, reason));
        }
        self.table(number, table)?;
        let mut offset = FILE_HEADER_LEN + FRAME_HEADER_LEN + table.len();
        while let Some(payload) = frame::payload_at(&bytes, number, offset) {
            self.frame(number, offset, payload)?;
            offset += FRAME_HEADER_LEN + payload.len();
        }
        self.done.segments.insert(number, file);
        self.done.end = Some(Position { segment: number, offset: offset as u64 });
        self.newest = bytes;
        Ok(())
    }

    /// A segment that a crash left before its table was durable holds nothing; any other one is damaged.
    fn segment_without_table(&mut self, number: u64, bytes: &[u8]) -> Result<(), OpenLogError> {
        let noted = self.done.noted.is_some_and(|noted| noted.segment >= number);
        let written = frame::any_frame_from(bytes, number, 0).is_some();
        let lonely = self.done.end.is_none() && number > 1;
        if noted || written || lonely {
            let offset = FILE_HEADER_LEN as u64;
            return Err(self.damaged(number, offset, "its first batch, the table of groups, is not well formed"));
        }
        self.done.leftovers.push(segment::name(number));
        Ok(())
    }

    fn table(&mut self, number: u64, table: &[u8]) -> Result<(), OpenLogError> {
        let place = FILE_HEADER_LEN as u64;
        let records = decode_all(table).ok_or_else(|| self.damaged(number, place, "a record is not well formed"))?;
        let Some((_, Record { kind: Kind::Opened, number: previous_end, .. })) = records.first() else {
            return Err(self.damaged(number, place, "the table does not say where the segment before it ends"));
        };
        if let Some(end) = self.done.end {
            if end.segment + 1 != number {
                return Err(self.incomplete(format!("{} is missing", segment::name(number - 1))));
            }
            if end.offset != *previous_end {
                let reason = format!("the batch is not well formed, and the segment goes on to offset {previous_end}");
                return Err(self.damaged(end.segment, end.offset, reason));
            }
        }
        let oldest = self.done.end.is_none();
        for (_, record) in &records[1..] {
            self.table_record(record, oldest).map_err(|reason| self.damaged(number, place, reason))?;
        }
        Ok(())
    }

    /// The table of the oldest segment is where the groups begin; later ones repeat what was replayed.
    fn table_record(&mut self, record: &Record<'_>, oldest: bool) -> Result<(), String> {
        let group = self.done.groups.entry(record.group).or_default();
        if record.kind == Kind::Span {
            let end = record.bytes.try_into().map(u64::from_le_bytes).map_err(|_| "a span has no end")?;
            if oldest {
                group.begin_at(record.number, end);
            } else if (group.durable_first(), group.durable_end()) != (record.number, end) {
                return Err(format!("the entries of group {} are not those that the table names", record.group));
            }
            return Ok(());
        }
        if oldest { apply(&mut self.done.groups, record, Location::ELSEWHERE) } else { Ok(()) }
    }

    fn frame(&mut self, number: u64, offset: usize, payload: &[u8]) -> Result<(), OpenLogError> {
        let place = offset as u64;
        let records = decode_all(payload).ok_or_else(|| self.damaged(number, place, "a record is not well formed"))?;
        for (at, record) in records {
            let start = offset + FRAME_HEADER_LEN + at;
            let location = u32::try_from(start).ok().zip(u32::try_from(RECORD_HEADER_LEN + record.bytes.len()).ok());
            let Some((offset, length)) = location else {
                return Err(self.damaged(number, place, "the segment is larger than 4 GiB"));
            };
            apply(&mut self.done.groups, &record, Location { segment: number, offset, length })
                .map_err(|reason| self.damaged(number, place, reason))?;
        }
        Ok(())
    }

    /// Tells a torn tail of the last segment from damage.
    fn check_tail(&self, end: Position) -> Result<(), OpenLogError> {
        if let Some(noted) = self.done.noted.filter(|noted| *noted > end) {
            let reason = format!("the batch is not well formed, and a checkpoint found it durable to {}", noted.offset);
            return Err(self.damaged(end.segment, end.offset, reason));
        }
        let from = usize::try_from(end.offset).expect("the offset lies in the bytes just read");
        match frame::any_frame_from(&self.newest, end.segment, from) {
            Some(later) => {
                let reason = format!("the batch is not well formed, but a later one at offset {later} is");
                Err(self.damaged(end.segment, end.offset, reason))
            }
            None => Ok(()),
        }
    }

    fn damaged(&self, number: u64, offset: u64, reason: impl Into<String>) -> OpenLogError {
        let (folder, file) = (self.disk.describe(), segment::name(number));
        OpenLogError::Damaged { folder, file, offset, reason: reason.into() }
    }

    fn incomplete(&self, reason: String) -> OpenLogError {
        OpenLogError::Incomplete { folder: self.disk.describe(), reason }
    }
}

/// Applies one record that is durable at `location`.
fn apply(groups: &mut BTreeMap<u32, Group>, record: &Record<'_>, location: Location) -> Result<(), String> {
    let (id, number) = (record.group, record.number);
    if record.kind == Kind::Drop {
        groups.remove(&id);
        return Ok(());
    }
    let group = groups.entry(id).or_default();
    match record.kind {
        Kind::Entry if !group.locate(number, location) => {
            return Err(format!("entry {number} of group {id} does not follow the one before it"));
        }
        Kind::Entry => {}
        Kind::Truncate => group.truncate(number),
        Kind::Purge => group.purge(Purged { through: number, mark: Bytes::copy_from_slice(record.bytes) }),
        Kind::Row => {
            let row = Row::from_number(number).ok_or_else(|| format!("row {number} of group {id} is unknown"))?;
            group.put_row(row, Bytes::copy_from_slice(record.bytes));
        }
        Kind::Opened | Kind::Span | Kind::Drop => return Err(format!("{:?} is out of place", record.kind)),
    }
    Ok(())
}

/// The records of a frame, each with its offset in the payload.
fn decode_all(payload: &[u8]) -> Option<Vec<(usize, Record<'_>)>> {
    let mut rest = payload;
    let mut records = Vec::new();
    while !rest.is_empty() {
        let at = payload.len() - rest.len();
        records.push((at, Record::decode(&mut rest)?));
    }
    Some(records)
}

fn is_own(name: &str) -> bool {
    segment::number(name).is_some() || segment::is_spare(name)
}

fn read_all(file: &dyn LogFile) -> io::Result<Vec<u8>> {
    let size = usize::try_from(file.size()?).map_err(io::Error::other)?;
    let mut bytes = vec![0; size];
    file.read_at(&mut bytes, 0)?;
    Ok(bytes)
}

fn disk_error(disk: &dyn LogDisk, source: io::Error) -> OpenLogError {
    OpenLogError::Disk { folder: disk.describe(), source }
}
