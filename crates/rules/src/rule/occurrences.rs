//! The events of one name that pass a filter, as `did` and `aggregate` look at them.

use baton_model::history::StoredEvent;
use baton_model::text_id::EventName;
use jiff::Timestamp;

use super::condition::{Condition, Evaluation};
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

/// The events that are or may come to be in the window and matter, oldest first.
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
        let reach = selection.window.reach(at, self.facts.zone);
        let mut occurrences = Occurrences::default();
        let mut past = 0;
        for event in self.facts.history.named_within(&selection.event, reach, Timestamp::MAX).rev() {
            if past == selection.newest || !self.budget.charge(1) {
                break;
            }
            if let Some(filter) = &selection.filter {
                let scope = Scope { event: Some(event), ..*self.scope };
                let mut inner = Evaluation { facts: self.facts, scope: &scope, budget: self.budget };
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
}
