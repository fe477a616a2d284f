//! Every input of a customer, as a row: a recorded history can be replayed.

use std::sync::Arc;

use baton_governance::AttemptOutcome;
use baton_model::history::{InputNumber, StoredEvent};
use baton_model::ids::{DefinitionsVersion, Epoch, SendId};
use baton_model::profile::Pause;
use baton_model::send::MessageStatus;
use baton_model::text_id::Owner;
use baton_model::value::Fields;
use jiff::Timestamp;

use crate::TimerKey;

/// One input.
#[derive(Debug, Clone, PartialEq)]
pub struct HistoryRow {
    /// Its place, dense from 1; the key of the row.
    pub number: InputNumber,
    /// Customer time at which it was decided.
    pub at: Timestamp,
    /// The documents it was decided under.
    pub version: DefinitionsVersion,
    /// What it was.
    pub input: Input,
}

/// What an input was.
#[derive(Debug, Clone, PartialEq)]
pub enum Input {
    /// An event was taken.
    Event {
        /// As it was taken.
        event: Arc<StoredEvent>,
        /// The traits it brought.
        traits: Fields,
        /// Its timestamp lay more than five minutes ahead and was set to the time of receipt.
        from_the_future: bool,
    },
    /// A timer fired.
    Timer {
        /// Which.
        timer: TimerKey,
        /// The instant it was armed for.
        due: Timestamp,
    },
    /// A sender asked for a permit.
    Permit {
        /// For this send.
        send: SendId,
        /// In this activation.
        epoch: Epoch,
    },
    /// An attempt ended.
    Outcome {
        /// Of this send.
        send: SendId,
        /// So.
        outcome: AttemptOutcome,
    },
    /// Something became of an accepted message.
    Report {
        /// This one.
        send: SendId,
        /// What.
        status: MessageStatus,
        /// When, as the reporter said.
        reported_at: Timestamp,
        /// What the provider said.
        detail: String,
    },
    /// A person decided about a send whose retries were exhausted.
    Redelivered {
        /// This one.
        send: SendId,
        /// Put back, or dropped for good.
        retry: bool,
        /// Who.
        by: Owner,
    },
    /// A person paused the customer.
    Paused(Pause),
    /// A person ended the pause.
    Resumed {
        /// Who.
        by: Owner,
        /// Why.
        reason: String,
    },
    /// New documents were taken over.
    Adopted(DefinitionsVersion),
    /// A decision failed and its command was set aside.
    SetAside {
        /// The event of that command, if it was one; it makes a retry a repeat.
        event: Option<Arc<StoredEvent>>,
        /// The dead letter.
        dead_letter: String,
    },
}
