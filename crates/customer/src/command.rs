//! What a customer can be asked to do.

use baton_governance::AttemptOutcome;
use baton_model::event::Event;
use baton_model::ids::{Epoch, SendId};
use baton_model::profile::Pause;
use baton_model::send::MessageStatus;
use baton_model::text_id::Owner;
use jiff::Timestamp;

/// One input of one customer. Timers that are due at its instant fire before it, in the same decision.
#[derive(Debug, Clone, PartialEq)]
pub enum Command {
    /// Takes an event.
    Ingest(Box<Event>),
    /// Fires every timer that is due.
    Wake,
    /// A sender asks whether it may attempt a send now.
    Permit {
        /// The send.
        send: SendId,
        /// The activation of the shard in which the sender works.
        epoch: Epoch,
    },
    /// A sender tells how an attempt ended.
    Settle {
        /// The send.
        send: SendId,
        /// How.
        outcome: AttemptOutcome,
    },
    /// A provider or a service tells what became of a message after it was accepted.
    Report {
        /// The send.
        send: SendId,
        /// What became of it.
        status: MessageStatus,
        /// When, as the reporter says; never later than the decision.
        at: Timestamp,
        /// What the provider said, for reading.
        detail: String,
    },
    /// A person puts a send whose retries are exhausted back, or drops it.
    Redeliver {
        /// The send.
        send: SendId,
        /// Put back, or dropped for good.
        retry: bool,
        /// Who.
        by: Owner,
    },
    /// A person holds the customer's sends and step changes.
    Pause(Pause),
    /// A person ends the pause, or has what failed decisions parked tried again.
    Resume {
        /// Who.
        by: Owner,
        /// Why.
        reason: String,
    },
    /// Decides about a newly published version without other input: segments are evaluated, what it faulted is tried again.
    Adopt,
    /// Records that a decision about this command failed, so that a retry is a repeat and a timer does not fire for ever.
    SetAside {
        /// The command that failed.
        failed: Box<Command>,
        /// The name under which an operator finds the dead letter.
        dead_letter: String,
    },
}
