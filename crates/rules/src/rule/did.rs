//! `did`: how often something happened.

use std::fmt;
use std::ops::RangeInclusive;

use super::condition::Evaluation;
use super::occurrences::Selection;
use crate::outcome::{Outcome, earlier};
use crate::trace::Trace;

/// The number of selected events must be in a range.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Did {
    pub(super) selection: Selection,
    pub(super) times: RangeInclusive<usize>,
}

impl Evaluation<'_, '_> {
    /// Whether the events are as many as they must be.
    pub(super) fn did<T: Trace>(&mut self, did: &Did, trace: &mut T) -> Outcome {
        let Some(occurrences) = self.occurrences(&did.selection) else {
            return Outcome::steady(false);
        };
        let (times, window) = (&occurrences.times, &did.selection.window);
        let members = window.members(times, self.scope.at, self.facts.zone);
        let value = did.times.contains(&members.len());
        trace.operand("times", || match members.len() {
            more if more >= did.selection.newest => format!("{} or more", did.selection.newest).as_str().into(),
            times => i64::try_from(times).unwrap_or(i64::MAX).into(),
        });
        for event in occurrences.events[members.clone()].iter().rev() {
            trace.event(event);
        }
        let flip = self.next_flip(window, times, members, |_, members| did.times.contains(&members.len()) != value);
        Outcome { value, next_flip: earlier(flip, occurrences.filter_flip) }
    }
}

impl fmt::Display for Did {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.selection.event.as_str())?;
        match (*self.times.start(), *self.times.end()) {
            (1, usize::MAX) => {}
            (least, usize::MAX) => write!(f, " at least {least} times")?,
            (0, most) => write!(f, " at most {most} times")?,
            (least, most) if least == most => write!(f, " exactly {least} times")?,
            (least, most) => write!(f, " {least} to {most} times")?,
        }
        write!(f, "{}", self.selection.window)
    }
}
