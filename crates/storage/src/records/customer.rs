//! A customer as rows: what one decision writes, and all that is read when the customer becomes active.
//!
//! A decision writes only the sections it changed, and adds rows for its inputs, records, timers, sends and memberships, all
//! in one batch.

use std::ops::{Bound, ControlFlow};

use baton_customer::{Customer, Decision, HistoryRow, Input, SectionSet, Stored, StoredSections, TimerChange};
use baton_governance::OutboxChange;
use baton_model::text_id::CustomerId;
use baton_ports::record_store::{KeyRange, Order, Records, Row};
use baton_shard::entry::RowWrite;
use bytes::Bytes;

use super::key::{self, CustomerPart, Kind};
use super::layout::{Malformed, read_row, row};
use super::{ReadError, decision, enrolments, head, history, ledger, marks, outbox, profile, segments, timers};

/// The rows that a decision writes. `customer` is the customer after it.
pub fn decision_writes(customer: &Customer, decision: &Decision) -> Vec<RowWrite> {
    let id = customer.id();
    let mut writes = Vec::new();
    put_sections(&mut writes, customer, decision.sections);
    writes.extend(decision.history_removed.clone().map(|number| delete(key::input(id, number))));
    writes.extend(decision.records_removed.clone().map(|number| delete(key::decision(id, number))));
    for input in &decision.history {
        writes.push(put(key::input(id, input.number.0), row(history::VERSION, input)));
    }
    for record in &decision.records {
        writes.push(put(key::decision(id, record.number), row(decision::VERSION, record)));
    }
    for membership in &decision.memberships {
        let key = key::member(&membership.segment, id);
        writes.push(if membership.entered { put(key, Bytes::from_static(&[1])) } else { delete(key) });
    }
    for change in &decision.timers {
        writes.push(match change {
            TimerChange::Arm { due, timer } => {
                put(key::timer(*due, id, *timer), Bytes::from_static(&[timers::VERSION]))
            }
            TimerChange::Disarm { due, timer } => delete(key::timer(*due, id, *timer)),
        });
    }
    for change in &decision.outbox {
        writes.push(match change {
            OutboxChange::Release(send) => put(key::outbox(*send), row(outbox::VERSION, id)),
            OutboxChange::Withdraw(send) => delete(key::outbox(*send)),
        });
    }
    writes
}

fn put_sections(writes: &mut Vec<RowWrite>, customer: &Customer, changed: SectionSet) {
    let sections = customer.sections();
    let mut put_section = |section, number, value: &dyn Fn() -> Bytes| {
        if changed.contains(section) {
            writes.push(put(key::section(customer.id(), number), value()));
        }
    };
    put_section(SectionSet::HEAD, head::SECTION, &|| row(head::VERSION, sections.head));
    put_section(SectionSet::PROFILE, profile::SECTION, &|| row(profile::VERSION, sections.profile));
    put_section(SectionSet::SEGMENTS, segments::SECTION, &|| row(segments::VERSION, sections.segments));
    put_section(SectionSet::ENROLMENTS, enrolments::SECTION, &|| row(enrolments::VERSION, sections.enrolments));
    put_section(SectionSet::LEDGER, ledger::SECTION, &|| row(ledger::VERSION, sections.ledger));
    put_section(SectionSet::MARKS, marks::SECTION, &|| row(marks::VERSION, sections.marks));
    put_section(SectionSet::TIMERS, timers::SECTION, &|| row(timers::VERSION, sections.timers));
}

fn put(key: Bytes, value: Bytes) -> RowWrite {
    RowWrite { key, value: Some(value) }
}

fn delete(key: Bytes) -> RowWrite {
    RowWrite { key, value: None }
}

/// Reads a customer: all sections, and the inputs that hold events or park and resume. `None` if there are no rows.
pub fn load_customer(records: &dyn Records, id: &CustomerId) -> Result<Option<Customer>, ReadError> {
    let prefix = key::customer_prefix(Kind::Customer, id);
    let prefix_len = prefix.len();
    let mut reading = Reading::default();
    for row in records.range(KeyRange::prefix(prefix), Order::Ascending) {
        reading.take(&row?, prefix_len)?;
    }
    Ok(if reading.found { Some(reading.finish(id.clone())) } else { None })
}

/// Calls `each` with the customers of a shard in order of their ids, from `first` on, until it says to stop.
pub fn each_customer(
    records: &dyn Records,
    first: Option<&CustomerId>,
    mut each: impl FnMut(Customer) -> ControlFlow<()>,
) -> Result<(), ReadError> {
    let mut range = KeyRange::prefix(key::prefix(Kind::Customer));
    if let Some(first) = first {
        range.start = Bound::Included(key::customer_prefix(Kind::Customer, first).into());
    }
    let mut current: Option<(CustomerId, Reading)> = None;
    for row in records.range(range, Order::Ascending) {
        let row = row?;
        let (id, prefix_len) = key::customer_of(&row.key)?;
        if let Some((before, reading)) = current.take_if(|(before, _)| *before != id)
            && each(reading.finish(before)).is_break()
        {
            return Ok(());
        }
        let (_, reading) = current.get_or_insert_with(|| (id, Reading::default()));
        reading.take(&row, prefix_len)?;
    }
    if let Some((last, reading)) = current {
        // Nobody is left to stop before.
        let _ = each(reading.finish(last));
    }
    Ok(())
}

/// A customer being read.
#[derive(Default)]
struct Reading {
    sections: StoredSections,
    history: Vec<HistoryRow>,
    found: bool,
}

impl Reading {
    fn take(&mut self, row: &Row, prefix_len: usize) -> Result<(), ReadError> {
        self.found = true;
        let malformed = |cause| ReadError::row("customer", &row.key, cause);
        match key::customer_part(&row.key, prefix_len)? {
            CustomerPart::Section(section) => self.take_section(section, &row.value).map_err(malformed)?,
            CustomerPart::Input(_) => {
                let input: HistoryRow = read_row(history::VERSION, &row.value).map_err(malformed)?;
                if matches!(input.input, Input::Event { .. } | Input::SetAside { .. } | Input::Resumed { .. }) {
                    self.history.push(input);
                }
            }
        }
        Ok(())
    }

    fn take_section(&mut self, section: u8, value: &[u8]) -> Result<(), Malformed> {
        let sections = &mut self.sections;
        match section {
            head::SECTION => sections.head = read_row(head::VERSION, value)?,
            profile::SECTION => sections.profile = read_row(profile::VERSION, value)?,
            segments::SECTION => sections.segments = read_row(segments::VERSION, value)?,
            enrolments::SECTION => sections.enrolments = read_row(enrolments::VERSION, value)?,
            ledger::SECTION => sections.ledger = read_row(ledger::VERSION, value)?,
            marks::SECTION => sections.marks = read_row(marks::VERSION, value)?,
            timers::SECTION => sections.timers = read_row(timers::VERSION, value)?,
            tag => return Err(Malformed::UnknownTag { kind: "section", tag }),
        }
        Ok(())
    }

    fn finish(self, id: CustomerId) -> Customer {
        Customer::restore(id, Stored { sections: self.sections, history: self.history })
    }
}

/// The inputs of a customer, newest first: at most `limit` older than number `before`.
pub fn inputs(
    records: &dyn Records,
    customer: &CustomerId,
    before: u64,
    limit: usize,
) -> Result<Vec<HistoryRow>, ReadError> {
    let range = KeyRange::between(key::input(customer, 0), key::input(customer, before));
    let rows = records.range(range, Order::Descending).take(limit);
    rows.map(|row| {
        let row = row?;
        read_row(history::VERSION, &row.value).map_err(|cause| ReadError::row("input", &row.key, cause))
    })
    .collect()
}
