//! How an attempt ended, as the sender tells it.

use baton_model::reason::Reason;

/// The end of one permitted attempt. A timeout means *unknown*, never *no*.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum AttemptOutcome {
    /// A provider took it.
    Accepted,
    /// A provider refused it for good; no other will take it.
    Refused(Reason),
    /// It did not go out; the sender asks for another permit later.
    Failed(Reason),
    /// It may have gone out; the sender asks for another permit later. On an at-most-once channel there is none.
    InDoubt(Reason),
    /// The sender has used up its retries.
    Exhausted {
        /// What the last one said.
        reason: Reason,
        /// The last attempt may have gone out.
        in_doubt: bool,
    },
    /// The template could not be rendered; nothing went out.
    RenderError(Reason),
}
