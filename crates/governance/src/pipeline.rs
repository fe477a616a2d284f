//! The rows that refuse, in their one order. Each row is a file; each pushes the checks it made.
//!
//! | row | file | refuses |
//! |---|---|---|
//! | 1 | `holds` | a kill switch, a pause |
//! | 2 | `ended` | a send that has ended |
//! | 3 | `reachability` | no address, a channel that does not carry the role or topic |
//! | 4 | `permission` | erased, suppression list, consent, subscription |
//! | 5 | `suppression` | `suppress_while` |
//! | 6 | `spacing` | `min_gap`, `spacing` |
//! | 8 | `quiet_hours` | `quiet_hours` |
//! | 9, 10 | `caps`, `arbitration` | `frequency_cap`, priorities |
//!
//! 11 is the release that [`decide`](crate::decide) makes, 12 the [`permit`](crate::permit), which asks rows 1, 3–5 and 8 again.

mod arbitration;
pub(crate) mod caps;
mod ended;
mod holds;
mod permission;
mod quiet_hours;
pub(crate) mod reachability;
mod spacing;
pub(crate) mod suppression;

use baton_model::decision::Check;
use baton_model::explain::Explain;
use baton_model::reason::{Reason, ReasonCode};
use baton_model::send::{Category, Send};
use baton_rules::Budget;
use jiff::Timestamp;

use crate::ledger::Ledger;
use crate::message::{Message, OnRefusal};
use crate::world::World;

/// A row that can refuse before caps are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Row {
    Holds,
    Ended,
    Reachability,
    Permission,
    Suppression,
    Spacing,
    QuietHours,
}

impl Row {
    /// The whole pipeline but for caps.
    pub const BEFORE_CAPS: &'static [Self] =
        &[Self::Ended, Self::Reachability, Self::Permission, Self::Suppression, Self::Spacing, Self::QuietHours];
    /// What every input checks again for a send that is released or attempting.
    pub const RECHECK: &'static [Self] = &[Self::Holds, Self::Reachability, Self::Permission, Self::Suppression];
    /// What is checked before each attempt.
    pub const PERMIT: &'static [Self] =
        &[Self::Holds, Self::Reachability, Self::Permission, Self::Suppression, Self::QuietHours];

    /// The table of categories: transactional 1–4 (of 4 only the list), service 1–4 and 8, marketing all.
    fn applies_to(self, category: Category) -> bool {
        match self {
            Self::Holds | Self::Ended | Self::Reachability | Self::Permission => true,
            Self::QuietHours => category != Category::Transactional,
            Self::Suppression | Self::Spacing => category == Category::Marketing,
        }
    }
}

/// The message at hand, in its world.
#[derive(Clone, Copy)]
pub(crate) struct Subject<'s> {
    pub send: &'s Send,
    pub message: &'s Message<'s>,
    pub ledger: &'s Ledger,
    pub world: &'s World<'s>,
}

/// A row's "no".
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    pub reason: Reason,
    /// What is to become of the message.
    pub action: OnRefusal,
    /// The earliest instant at which the row can pass without new input.
    pub wake: Option<Timestamp>,
}

impl Refusal {
    /// Nobody paused the message: its time to wait runs on.
    pub fn is_pause(&self) -> bool {
        self.reason.code == ReasonCode::Paused
    }

    /// Two refusals of one row taken together: the stricter action with its reason, and the later instant, since the row
    /// passes when both do.
    pub fn and(self, other: Self) -> Self {
        let wake = self.wake.zip(other.wake).map(|(one, other)| one.max(other));
        let reason = if other.action > self.action { other.reason } else { self.reason };
        Self { reason, action: self.action.max(other.action), wake }
    }

    /// A further refusal of the same row.
    pub fn join(earlier: &mut Option<Self>, further: Self) {
        *earlier = Some(match earlier.take() {
            Some(earlier) => earlier.and(further),
            None => further,
        });
    }
}

/// The first of `rows` that refuses; pushes every check that was made.
pub(crate) fn first_refusal(
    rows: &[Row],
    subject: &Subject<'_>,
    budget: &mut Budget,
    checks: &mut Vec<Check>,
) -> Option<(Row, Refusal)> {
    for row in rows.iter().filter(|row| row.applies_to(subject.send.category)) {
        let refusal = match row {
            Row::Holds => holds::check(subject, checks),
            Row::Ended => ended::check(subject, checks),
            Row::Reachability => reachability::check(subject, checks),
            Row::Permission => permission::check(subject, checks),
            Row::Suppression => suppression::check(subject, budget, checks),
            Row::Spacing => spacing::check(subject, checks),
            Row::QuietHours => quiet_hours::check(subject, checks),
        };
        if let Some(refusal) = refusal {
            return Some((*row, refusal));
        }
    }
    None
}

/// A check that let the message pass.
fn passed(name: impl Into<String>, detail: impl Into<String>) -> Check {
    Check { name: name.into(), passed: true, detail: detail.into(), explain: None }
}

/// A check that refused.
fn refused(name: impl Into<String>, detail: impl Into<String>) -> Check {
    Check { name: name.into(), passed: false, detail: detail.into(), explain: None }
}

/// A check with the rule behind it.
fn ruled(name: String, passed: bool, detail: String, explain: Explain) -> Check {
    Check { name, passed, detail, explain: Some(explain) }
}
