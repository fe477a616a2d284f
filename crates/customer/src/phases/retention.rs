//! Retention: what is too old leaves with the customer's next decision, or by a timer when nothing happens for long.

use std::ops::Range;
use std::sync::Arc;

use baton_model::history::InputNumber;
use baton_model::time::saturating_add;
use jiff::{SignedDuration, Timestamp};

use crate::turn::Turn;
use crate::{Mark, Marks};

/// The most rows of one kind that one decision removes, so that no batch grows with a customer's past; what is left leaves
/// with the next decision, for which [`TimerKey::Retention`](crate::TimerKey::Retention) is armed.
const ROWS_REMOVED_MAX: u64 = 1_000;

/// The rows that a decision removes, by number.
#[derive(Debug, Clone, Default)]
pub(crate) struct Removed {
    /// Inputs.
    pub history: Range<u64>,
    /// Decision records.
    pub records: Range<u64>,
}

impl Removed {
    /// Whether more rows may be too old than one decision removes.
    pub fn is_full(&self) -> bool {
        [&self.history, &self.records].into_iter().any(|range| range.end - range.start == ROWS_REMOVED_MAX)
    }
}

/// Makes a mark if it is time for one, and takes rows that are too old out of the head's ranges. Removes nothing from the log
/// itself, which happens when the decision is taken.
pub(crate) fn apply(turn: &mut Turn<'_>) -> Removed {
    let settings = turn.environment.settings;
    let marked = mark(turn);
    let history = newest_mark(turn, ago(turn.at, settings.history_retention));
    let records = newest_mark(turn, ago(turn.at, settings.records_retention));
    if marked {
        // Marks that are older than those which each retention needs have done their work.
        let of = |mark: Option<Mark>| mark.map_or(Timestamp::MIN, |mark| mark.at);
        let oldest_needed = of(history).min(of(records));
        Arc::make_mut(&mut turn.state.marks).marks.retain(|mark| mark.at >= oldest_needed);
        forget_sends(turn);
    }
    let history_end = history.map(|mark| mark.input).max(turn.log.overflow()).map_or(0, |number| number.0);
    let head = &mut turn.state.head;
    let history = oldest(head.first_input.0, history_end);
    let records = oldest(head.first_record, records.map_or(0, |mark| mark.record));
    head.first_input = InputNumber(history.end);
    head.first_record = records.end;
    Removed { history, records }
}

/// Marks where the rows of this decision begin, if the newest mark is a spacing old. It also marks the end of that spacing:
/// whatever came after it would have made a mark, so this decision is the first. Says whether there are new marks.
fn mark(turn: &mut Turn<'_>) -> bool {
    let due = turn.state.marks.marks.back().map(|newest| saturating_add(newest.at, Marks::SPACING));
    if due.is_some_and(|due| turn.at < due) {
        return false;
    }
    let input = turn.output.rows.first().map_or(turn.state.head.next_input, |row| row.number);
    let new_records = u64::try_from(turn.output.records.len()).unwrap_or(0);
    let record = turn.state.head.next_record.saturating_sub(new_records);
    let instants = due.filter(|due| *due < turn.at).into_iter().chain([turn.at]);
    let marks = &mut Arc::make_mut(&mut turn.state.marks).marks;
    marks.extend(instants.map(|at| Mark { at, input, record }));
    true
}

/// The newest mark that is not after an instant: what came before it is older than that.
fn newest_mark(turn: &Turn<'_>, instant: Timestamp) -> Option<Mark> {
    turn.state.marks.marks.iter().rev().find(|mark| mark.at <= instant).copied()
}

/// The oldest of the rows from `first` up to `end`.
fn oldest(first: u64, end: u64) -> Range<u64> {
    first..end.clamp(first, first.saturating_add(ROWS_REMOVED_MAX))
}

/// Ended sends that are too old leave the ledger.
fn forget_sends(turn: &mut Turn<'_>) {
    let before = ago(turn.at, turn.environment.settings.sends_retention);
    let old = turn.state.ledger.sends().values().any(|send| send.is_final() && send.decided_at < before);
    if old {
        Arc::make_mut(&mut turn.state.ledger).forget(before);
    }
}

fn ago(at: Timestamp, age: SignedDuration) -> Timestamp {
    at.saturating_sub(age).unwrap_or(Timestamp::MIN)
}
