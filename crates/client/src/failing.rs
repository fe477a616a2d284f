//! What a failed call says about itself: whether it may have happened, and whether the same call may succeed later.

use std::error::Error;
use std::time::Duration;

use tonic::{Code, ConnectError, Status};
use tonic_types::StatusExt;

/// How a call failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failing {
    /// There was no connection to send it on: certainly nothing happened, and the node is not there.
    NotSent,
    /// The node says that it did not do it and that it may work later.
    NotDone {
        /// When it makes sense to try again.
        after: Duration,
    },
    /// It may have happened; the node says so.
    Unknown {
        /// When it makes sense to try again.
        after: Duration,
    },
    /// It may have happened: the connection broke, or no answer came in time.
    Broken,
    /// The same call would fail again.
    ForGood,
}

impl Failing {
    /// Reads a status. One that Baton made has details; one without comes from the way to it.
    pub(crate) fn of(status: &Status) -> Self {
        if was_not_sent(status) {
            return Self::NotSent;
        }
        let after = status.get_details_retry_info().and_then(|retry| retry.retry_delay).unwrap_or_default();
        match (status.code(), status.details().is_empty()) {
            (Code::Unavailable | Code::ResourceExhausted | Code::Aborted, false) => Self::NotDone { after },
            (Code::Unknown | Code::DeadlineExceeded | Code::Cancelled, false) => Self::Unknown { after },
            (
                Code::Unavailable
                | Code::Unknown
                | Code::DeadlineExceeded
                | Code::Cancelled
                | Code::Internal
                | Code::Aborted,
                true,
            ) => Self::Broken,
            _ => Self::ForGood,
        }
    }

    /// Whether the call may be made again. What is not idempotent may only if it certainly did not happen.
    pub(crate) fn may_repeat(self, is_idempotent: bool) -> bool {
        match self {
            Self::NotSent | Self::NotDone { .. } => true,
            Self::Unknown { .. } | Self::Broken => is_idempotent,
            Self::ForGood => false,
        }
    }

    /// When the server says that it makes sense to try again.
    pub(crate) fn after(self) -> Duration {
        match self {
            Self::NotDone { after } | Self::Unknown { after } => after,
            Self::NotSent | Self::Broken | Self::ForGood => Duration::ZERO,
        }
    }
}

fn was_not_sent(status: &Status) -> bool {
    let mut cause = status.source();
    while let Some(error) = cause {
        if error.is::<ConnectError>() {
            return true;
        }
        cause = error.source();
    }
    false
}

#[cfg(test)]
mod tests {
    use tonic_types::ErrorDetails;

    use super::*;

    #[test]
    fn what_baton_says_is_told_from_what_the_way_does() {
        let check = |status: Status, expected| assert_eq!(Failing::of(&status), expected, "{status:?}");
        let after = Duration::from_millis(250);
        let said = |code| Status::with_error_details(code, "said", ErrorDetails::with_retry_info(Some(after)));
        check(said(Code::Unavailable), Failing::NotDone { after });
        check(said(Code::ResourceExhausted), Failing::NotDone { after });
        check(said(Code::Unknown), Failing::Unknown { after });
        check(said(Code::DeadlineExceeded), Failing::Unknown { after });
        check(said(Code::Internal), Failing::ForGood);
        check(said(Code::InvalidArgument), Failing::ForGood);
        for code in [Code::Unavailable, Code::Unknown, Code::Internal, Code::Cancelled, Code::DeadlineExceeded] {
            check(Status::new(code, "transport error"), Failing::Broken);
        }
        for code in [Code::Unimplemented, Code::OutOfRange, Code::Unauthenticated, Code::ResourceExhausted] {
            check(Status::new(code, "no"), Failing::ForGood);
        }
    }

    #[test]
    fn only_what_certainly_did_not_happen_is_repeated_without_asking() {
        let after = Duration::ZERO;
        for failing in [Failing::NotSent, Failing::NotDone { after }] {
            assert!(failing.may_repeat(false) && failing.may_repeat(true), "{failing:?}");
        }
        for failing in [Failing::Unknown { after }, Failing::Broken] {
            assert!(!failing.may_repeat(false) && failing.may_repeat(true), "{failing:?}");
        }
        assert!(!Failing::ForGood.may_repeat(true));
    }
}
