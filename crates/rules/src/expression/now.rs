//! `now` where somebody waits: compared with an instant that does not move, it changes exactly once or twice.
//!
//! `now <op> t` is kept as it is; `now - t <op> d` is kept as `now <op> t + d`, which is the same.

use jiff::Timestamp;
use std::cmp::Ordering;

use baton_model::time::{saturating_add, to_millis};

use super::datum::{Datum, Evaluated, Fault};
use super::evaluate::Evaluation;
use super::node::Node;
use super::operator::{Operator, add};
use crate::outcome::earlier;
use crate::trace::Trace;

/// `now <operator> bound`, or `now <operator> bound + offset`.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct NowComparison {
    /// One of the six comparisons.
    pub(crate) operator: Operator,
    /// An instant, free of `now`.
    pub(crate) bound: Node,
    /// What to add to it, free of `now`.
    pub(crate) offset: Option<Node>,
}

impl NowComparison {
    /// Whether it holds at `now`, and from when on it may not hold or hold again.
    fn at(&self, now: Timestamp, bound: Timestamp) -> (bool, Option<Timestamp>) {
        let value = self.operator.holds(now.cmp(&bound));
        let reached = ceil_to_millis(bound);
        let passed = saturating_add(to_millis(bound), jiff::SignedDuration::from_millis(1));
        let changes: &[Timestamp] = match self.operator {
            Operator::Less | Operator::GreaterOrEqual => &[reached],
            Operator::LessOrEqual | Operator::Greater => &[passed],
            _ => &[reached, passed],
        };
        (value, changes.iter().copied().find(|&change| change > now))
    }
}

/// The first whole millisecond not before `instant`.
fn ceil_to_millis(instant: Timestamp) -> Timestamp {
    let floor = to_millis(instant);
    if floor == instant { floor } else { saturating_add(floor, jiff::SignedDuration::from_millis(1)) }
}

impl<'a, T: Trace> Evaluation<'a, '_, T> {
    /// Compares and notes when the comparison changes.
    pub(super) fn now_comparison(&mut self, comparison: &'a NowComparison) -> Evaluated<'a> {
        let mut bound = self.node(&comparison.bound)?;
        if let Some(offset) = &comparison.offset {
            let offset = self.node(offset)?;
            bound = add(&bound, &offset)?;
        }
        let Some(instant) = bound.instant() else {
            return Err(Fault::Unfit(format!("now is compared with {}, not with a timestamp", bound.kind())));
        };
        let (value, change) = comparison.at(self.scope.at, instant);
        self.flip = earlier(self.flip, change);
        self.trace.operand("now", || Datum::Instant(self.scope.at).into_value());
        Ok(Datum::owned(value))
    }
}

impl Operator {
    /// Whether a comparison holds of two values in that order; false of a computation.
    pub(super) fn holds(self, order: Ordering) -> bool {
        match self {
            Self::Less => order == Ordering::Less,
            Self::LessOrEqual => order != Ordering::Greater,
            Self::Greater => order == Ordering::Greater,
            Self::GreaterOrEqual => order != Ordering::Less,
            Self::Equal => order == Ordering::Equal,
            Self::NotEqual => order != Ordering::Equal,
            _ => false,
        }
    }
}
