//! The work that one decision may do, counted in steps, so that no document and no customer can hold up a shard.

/// Steps left for one decision. A step is a node of a rule or expression, an element of a list, a row of the history, or
/// 64 bytes of text that are made or searched.
///
/// Once a step could not be paid, the budget stays exhausted: what was being evaluated is false, and the caller gives the
/// decision up as `decision_budget` instead of acting on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Budget {
    left: u64,
    exhausted: bool,
}

impl Budget {
    /// The steps of one decision: about 50 ms, the longest that the other customers of a shard may wait.
    pub const STEPS_MAX: u64 = 200_000;

    /// A budget of that many steps.
    pub fn new(steps: u64) -> Self {
        Self { left: steps, exhausted: false }
    }

    /// Takes `steps`, to be called before they are made; `false`, and exhausted from then on, if fewer are left.
    #[must_use]
    pub fn charge(&mut self, steps: u64) -> bool {
        if self.exhausted || steps > self.left {
            self.exhausted = true;
            return false;
        }
        self.left -= steps;
        true
    }

    /// Whether some step could not be paid: the values computed with this budget must not be acted on.
    pub fn is_exhausted(&self) -> bool {
        self.exhausted
    }

    /// The steps left.
    pub fn left(&self) -> u64 {
        self.left
    }
}

impl Default for Budget {
    fn default() -> Self {
        Self::new(Self::STEPS_MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::Budget;

    #[test]
    fn what_could_not_be_paid_once_stays_unpaid() {
        let mut budget = Budget::new(10);
        assert!(budget.charge(10));
        assert!(budget.charge(0));
        assert!(!budget.charge(1));
        assert!(!budget.charge(0));
        assert!(budget.is_exhausted());
    }
}
