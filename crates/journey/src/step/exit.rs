//! An exit step: the end of the enrolment, with its reason.

/// Ends the enrolment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exit {
    /// What the end is called.
    pub reason: String,
    /// Ending here is the goal.
    pub goal: bool,
}
