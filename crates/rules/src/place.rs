//! Where a rule stands: which variables it has and how it may use `now`.

/// Where a rule or value stands in a document.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RulePlace {
    /// How `now` may be used.
    pub now: NowUse,
    /// The variable `event` exists.
    pub event: bool,
    /// The variable `context` exists.
    pub context: bool,
}

/// How a rule may use `now`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NowUse {
    /// Somebody waits for the rule, so it must know when it changes: only `now <op> t` and `now - t <op> duration` with `t`
    /// free of `now`.
    Restricted,
    /// The rule is evaluated once, at an instant that something else decides.
    Free,
}

impl RulePlace {
    /// What defines a segment.
    pub const SEGMENT: Self = Self { now: NowUse::Restricted, event: false, context: false };
    /// What a policy suppresses on.
    pub const SUPPRESS: Self = Self { now: NowUse::Restricted, event: false, context: false };
    /// `wait_for.when` and `exit.when`.
    pub const WAIT: Self = Self { now: NowUse::Restricted, event: false, context: true };
    /// `entry.where`, `audience` and the correlation key: the event is there, the context is not yet.
    pub const ENTRY: Self = Self { now: NowUse::Free, event: true, context: false };
    /// `where` of a wait, an exit or a goal, and the values captured there: both are there.
    pub const WHERE: Self = Self { now: NowUse::Free, event: true, context: true };
    /// `branch`, `guard`, `vars` and other values of a step: evaluated when the step is, with no event at hand.
    pub const STEP: Self = Self { now: NowUse::Free, event: false, context: true };

    /// Whether somebody waits for the rule. Nobody does where `now` is free: such a rule names no flip, and looking for one is
    /// most of the work of a window on the calendar.
    pub fn is_awaited(self) -> bool {
        self.now == NowUse::Restricted
    }
}
