//! Retention: what is too old leaves with the customer's next decision, or by a timer when nothing happens for long.

use std::sync::Arc;

use baton_model::history::InputNumber;
use jiff::{SignedDuration, Timestamp};

use crate::turn::Turn;
use crate::{Mark, Marks};

/// The rows that are still needed after a decision.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Kept {
    /// Inputs from this number on; `None`: as before.
    pub history_from: Option<InputNumber>,
    /// Decision records from this number on; `None`: as before.
    pub records_from: Option<u64>,
}

/// Makes a mark if it is time for one, and says which rows are too old. Removes nothing from the log itself, which happens
/// when the decision is taken.
pub(crate) fn apply(turn: &mut Turn<'_>) -> Kept {
    let settings = turn.environment.settings;
    let newest = turn.state.marks.marks.back().map(|mark| mark.at);
    if newest.is_some_and(|newest| turn.at.duration_since(newest) < Marks::SPACING) {
        let history_from = turn.log.overflow();
        return Kept { history_from, records_from: None };
    }
    let history_before = ago(turn.at, settings.history_retention);
    let records_before = ago(turn.at, settings.records_retention);
    let first = turn.output.rows.first().map_or(turn.state.head.next_input, |row| row.number);
    let new_records = u64::try_from(turn.output.records.len()).unwrap_or(0);
    let record = turn.state.head.next_record.saturating_sub(new_records);
    let marks = &mut Arc::make_mut(&mut turn.state.marks).marks;
    let history = marks.iter().rev().find(|mark| mark.at <= history_before).copied();
    let records = marks.iter().rev().find(|mark| mark.at <= records_before).copied();
    // Each retention needs the newest mark that is old enough for it; marks older than both have done their work.
    let of = |mark: Option<Mark>| mark.map_or(Timestamp::MIN, |mark| mark.at);
    let oldest_needed = of(history).min(of(records));
    marks.retain(|mark| mark.at >= oldest_needed);
    marks.push_back(Mark { at: turn.at, input: first, record });
    forget_sends(turn);
    let history_from = history.map(|mark| mark.input).max(turn.log.overflow());
    Kept { history_from, records_from: records.map(|mark| mark.record) }
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
