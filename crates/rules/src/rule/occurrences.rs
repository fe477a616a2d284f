//! The events of one name that pass a filter, as `did` and `aggregate` look at them.

use std::ops::Range;

use baton_model::history::StoredEvent;
use baton_model::text_id::EventName;
use jiff::Timestamp;

use super::condition::{Condition, Evaluation};
use crate::budget::Budget;
use crate::facts::Scope;
use crate::outcome::earlier;
use crate::trace::Silent;
use crate::window::Window;

/// Which events are looked at.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Selection {
    pub(super) event: EventName,
    pub(super) filter: Option<Box<Condition>>,
    pub(super) window: Window,
    /// Only so many events up to now matter, the newest. Older ones are not looked at.
    pub(super) newest: usize,
}

/// The events that are in the window and matter, oldest first; of a rule that somebody waits for, also those that may come to
/// be in it.
#[derive(Debug, Default)]
pub(super) struct Occurrences<'f> {
    pub(super) events: Vec<&'f StoredEvent>,
    /// When each happened.
    pub(super) times: Vec<Timestamp>,
    /// When the filter changes by itself what it says of one of them, or of one that it refuses now.
    pub(super) filter_flip: Option<Timestamp>,
}

impl<'f> Evaluation<'_, 'f> {
    /// The events of a selection; `None` if the budget does not suffice.
    pub(super) fn occurrences(&mut self, selection: &Selection) -> Option<Occurrences<'f>> {
        let at = self.scope.at;
        let (after, until) = if self.awaited {
            (selection.window.reach(at, self.facts.zone), Timestamp::MAX)
        } else {
            selection.window.bounds(at, self.facts.zone)
        };
        let mut occurrences = Occurrences::default();
        let mut past = 0;
        for event in self.facts.history.named_within(&selection.event, after, until).rev() {
            if past == selection.newest || !self.budget.charge(1) {
                break;
            }
            if let Some(filter) = &selection.filter {
                let scope = Scope { event: Some(event), ..*self.scope };
                let mut inner = Evaluation { scope: &scope, budget: self.budget, ..*self };
                let outcome = inner.condition(filter, &mut Silent);
                occurrences.filter_flip = earlier(occurrences.filter_flip, outcome.next_flip);
                if !outcome.value {
                    continue;
                }
            }
            past += usize::from(event.occurred_at <= at);
            occurrences.events.push(event);
            occurrences.times.push(event.occurred_at);
        }
        occurrences.events.reverse();
        occurrences.times.reverse();
        if self.budget.is_exhausted() { None } else { Some(occurrences) }
    }

    /// No later than the first instant at which `flipped` holds of the members of a window, which are `members` now; `None` if
    /// nobody waits for it. Each look is charged; `flipped` charges what it does beyond that.
    pub(super) fn next_flip(
        &mut self,
        window: &Window,
        times: &[Timestamp],
        members: Range<usize>,
        mut flipped: impl FnMut(&mut Budget, Range<usize>) -> bool,
    ) -> Option<Timestamp> {
        if !self.awaited {
            return None;
        }
        let budget = &mut *self.budget;
        window.next_flip(times, self.scope.at, self.facts.zone, members, |members| {
            !budget.charge(Window::CHANGE_STEPS) || flipped(budget, members)
        })
    }
}
