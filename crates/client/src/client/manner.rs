//! What a call may be done with.

/// How a call is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Manner {
    /// As often as needed, within the client's time.
    Repeatable,
    /// As often as needed; each may take as long as it takes.
    Long,
    /// Once, unless it certainly did not happen.
    Once,
}

impl Manner {
    /// Whether nothing happens twice when the call is repeated.
    pub(super) fn is_repeatable(self) -> bool {
        self != Self::Once
    }

    /// Whether the call must be answered within the client's time.
    pub(super) fn is_bounded(self) -> bool {
        self != Self::Long
    }
}
