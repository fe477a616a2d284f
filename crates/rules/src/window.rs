//! Which events count at an instant, by when they happened, and when that changes.
//!
//! `within` is the half-open `(at - span, at]`. On a calendar its length is not constant, and its beginning does not even
//! always move forward: on the wall clock 30 March minus a month and 29 March minus a month are the same day, and when clocks
//! are set back the beginning of `1d` jumps back with them. So an event may leave a window and come back. [`Window::next_flip`]
//! therefore walks from change to change instead of adding the span to the oldest event.

mod calendar;

use std::ops::Range;

use baton_model::span::Span;
use baton_model::time::saturating_add;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use crate::error::Faults;
use crate::moment::Moment;
use crate::outcome::earlier;

/// The resolution of instants.
const MILLISECOND: SignedDuration = SignedDuration::from_millis(1);

/// A window over the history.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Window {
    /// Everything up to now.
    Ever,
    /// `(at - span, at]`.
    Within(Span),
    /// `[moment, at]`.
    Since(Moment),
    /// `[first, second)`, up to now.
    Between(Moment, Moment),
}

impl Window {
    /// The most changes that are looked at for one that matters; then the last one is named as a flip, too early perhaps.
    const CHANGES_MAX: usize = 64;
    /// The most events that are gone through again for the same purpose.
    const EVENTS_MAX: usize = 2_000;

    /// The steps of finding one change; of a calendar it takes a search on the wall clock.
    pub(crate) const CHANGE_STEPS: u64 = 16;

    /// The window of these fields, at most one of which may be there.
    pub(crate) fn compile(
        within: Option<&Span>,
        since: Option<&Moment>,
        between: Option<&[Moment; 2]>,
        faults: &mut Faults,
    ) -> Option<Self> {
        let window = match (within, since, between) {
            (None, None, None) => Self::Ever,
            (Some(within), None, None) if within.is_positive() => Self::Within(*within),
            (Some(within), None, None) => {
                faults.add(format!("`within: {within}` is empty: write a duration longer than nothing"));
                return None;
            }
            (None, Some(since), None) => Self::Since(*since),
            (None, None, Some([first, second])) => Self::Between(*first, *second),
            _ => {
                faults.add("write only one of `within`, `since` and `between`");
                return None;
            }
        };
        if let Self::Between(first, second) = &window
            && first.instant(&TimeZone::UTC) >= second.instant(&TimeZone::UTC)
        {
            faults.add(format!("`between` is empty: {first} is not before {second}"));
            return None;
        }
        Some(window)
    }

    /// Whether the window depends on the customer's zone.
    pub(crate) fn reads_zone(&self) -> bool {
        match self {
            Self::Ever => false,
            Self::Within(span) => !span.is_exact(),
            Self::Since(since) => since.is_local(),
            Self::Between(first, second) => first.is_local() || second.is_local(),
        }
    }

    /// The instant after which events happened that are or may come to be in the window at `at` or later; `None`: any.
    pub(crate) fn reach(&self, at: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        match self {
            Self::Within(span) if !span.is_exact() => Some(calendar::reach(span, at)),
            _ => self.bounds(at, zone).0,
        }
    }

    /// The window at `at` as `(after, until]`.
    pub(crate) fn bounds(&self, at: Timestamp, zone: &TimeZone) -> (Option<Timestamp>, Timestamp) {
        let before = |moment: &Moment| saturating_add(moment.instant(zone), -MILLISECOND);
        match self {
            Self::Ever => (None, at),
            Self::Within(span) => (Some(span.before(at, zone)), at),
            Self::Since(since) => (Some(before(since)), at),
            Self::Between(first, second) => (Some(before(first)), at.min(before(second))),
        }
    }

    /// Which of `times`, oldest first, are in the window at `at`.
    pub(crate) fn members(&self, times: &[Timestamp], at: Timestamp, zone: &TimeZone) -> Range<usize> {
        let (after, until) = self.bounds(at, zone);
        let from = after.map_or(0, |after| times.partition_point(|time| *time <= after));
        let to = times.partition_point(|time| *time <= until);
        from..to.max(from)
    }

    /// No later than the first instant after `at` at which `flipped` holds of the members of the window, which at `at` are
    /// `members`. `times` are oldest first; `flipped` goes through as many of them as there are members.
    pub(crate) fn next_flip(
        &self,
        times: &[Timestamp],
        at: Timestamp,
        zone: &TimeZone,
        mut members: Range<usize>,
        mut flipped: impl FnMut(Range<usize>) -> bool,
    ) -> Option<Timestamp> {
        let mut events = 0;
        let mut instant = at;
        for _ in 0..Self::CHANGES_MAX {
            instant = self.next_change(times, instant, zone, &members)?;
            let before = std::mem::replace(&mut members, self.members(times, instant, zone));
            if members == before {
                continue;
            }
            events += members.len();
            if events > Self::EVENTS_MAX || flipped(members.clone()) {
                break;
            }
        }
        Some(instant)
    }

    /// No later than the first instant after `at` at which there are other members than at `at`.
    fn next_change(
        &self,
        times: &[Timestamp],
        at: Timestamp,
        zone: &TimeZone,
        members: &Range<usize>,
    ) -> Option<Timestamp> {
        let enters = times.get(times.partition_point(|time| *time <= at)).copied();
        match self {
            Self::Ever => enters,
            Self::Since(since) => enters.map(|enters| enters.max(since.instant(zone))),
            Self::Between(_, second) => enters.filter(|enters| *enters < second.instant(zone)),
            Self::Within(span) => {
                let oldest = times[members.clone()].first().copied();
                let leaves = if span.is_exact() {
                    oldest.map(|oldest| span.after(oldest, zone).max(saturating_add(at, MILLISECOND)))
                } else {
                    let newest_gone = members.start.checked_sub(1).map(|newest| times[newest]);
                    calendar::next_change(span, at, zone, newest_gone, oldest)
                };
                earlier(enters, leaves)
            }
        }
    }
}

impl std::fmt::Display for Window {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ever => Ok(()),
            Self::Within(span) => write!(f, " within {span}"),
            Self::Since(since) => write!(f, " since {since}"),
            Self::Between(first, second) => write!(f, " between {first} and {second}"),
        }
    }
}

#[cfg(test)]
mod tests;
