//! Report: what became of a message after a provider took it.

use std::sync::Arc;

use baton_model::ids::SendId;
use baton_model::send::MessageStatus;
use jiff::Timestamp;

use crate::decided::Decided;
use crate::ledger::Ledger;
use crate::world::World;

/// What a report changed.
#[derive(Debug, Clone, PartialEq)]
pub struct Reported {
    /// Something new was learnt. `false`: the send is not known, or that status was known, or is none that is reported.
    pub changed: bool,
    /// What to record: only if the report says that the message was accepted after all.
    pub decided: Option<Decided>,
}

/// Takes a report: each status counts the first time.
pub fn report(
    _send: SendId,
    _status: MessageStatus,
    _at: Timestamp,
    _ledger: &mut Arc<Ledger>,
    _world: &World<'_>,
) -> Reported {
    Reported { changed: false, decided: None }
}
