//! A send: one message to one customer on one channel, through its life.
//!
//! ```text
//!            ┌────────► dropped | cancelled | expired
//! deferred ⇄ released ──► attempting ──► accepted | failed | unknown
//!                              └──► guard_false | render_error | dead (retries exhausted; an operator retries or drops)
//! ```
//!
//! A released or attempting send holds its reservation under the caps; an accepted one counts at its acceptance instant.

use jiff::Timestamp;

use crate::ids::{DefinitionsVersion, EnrolmentId, Epoch, SendId, Visit};
use crate::reason::Reason;
use crate::text_id::{ChannelId, JourneyId, PurposeId, StepId, TemplateId, TopicId};

/// Which checks apply to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Category {
    /// Every check.
    Marketing,
    /// Reachability, suppression list, topic, quiet hours.
    Service,
    /// Reachability and the suppression list.
    Transactional,
}

/// One send of a customer, as the ledger keeps it.
#[derive(Debug, Clone, PartialEq)]
pub struct Send {
    /// Derived; the provider's idempotency key.
    pub id: SendId,
    /// The run that decided it.
    pub enrolment: EnrolmentId,
    /// Its journey.
    pub journey: JourneyId,
    /// The version of the documents under which its enrolment runs.
    pub version: DefinitionsVersion,
    /// The message step.
    pub step: StepId,
    /// Which visit to the step.
    pub visit: Visit,
    /// Where it goes.
    pub channel: ChannelId,
    /// What it is rendered from.
    pub template: TemplateId,
    /// Which checks apply.
    pub category: Category,
    /// 0–100; higher wins arbitration.
    pub priority: u8,
    /// The topic it belongs to.
    pub topic: Option<TopicId>,
    /// The purpose it serves.
    pub purpose: Option<PurposeId>,
    /// The message's role, such as `urgent`.
    pub role: Option<String>,
    /// When it was first decided; `max_defer` counts from here.
    pub decided_at: Timestamp,
    /// When the limit of deferral started: the first decision, or the end of a pause.
    pub defer_base: Timestamp,
    /// Where it is in its life.
    pub state: SendState,
    /// What the customer did with it.
    pub engagement: Engagement,
}

/// Where a send is in its life.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SendState {
    /// A check refused for the moment; the whole pipeline runs again at `wake` or when its input changes. Holds no slot.
    Deferred {
        /// The earliest instant at which the check can pass by itself.
        wake: Option<Timestamp>,
        /// The check that refused.
        reason: Reason,
    },
    /// In the outbox, slot reserved.
    Released {
        /// When.
        at: Timestamp,
        /// The activation that released it; under a later one it counts as attempting.
        epoch: Epoch,
    },
    /// At least one attempt was permitted. Slot kept.
    Attempting {
        /// When the first permit was given.
        since: Timestamp,
        /// The activation that gave the last permit.
        epoch: Epoch,
        /// Permits given so far.
        attempts: u32,
        /// How many of them are known to have failed; equal to `attempts`, nothing can have been delivered.
        refused: u32,
        /// Further permits are held (ticket, kill switch, pause, quiet hours). It is out of the outbox meanwhile.
        hold: Option<Hold>,
    },
    /// A provider took it.
    Accepted {
        /// The instant at which caps count it.
        at: Timestamp,
        /// The enrolment had already ended, or the send was already given up.
        after_exit: bool,
    },
    /// A provider refused it for good. Slot returned.
    Failed {
        /// When.
        at: Timestamp,
        /// What the provider said.
        reason: Reason,
    },
    /// An attempt may or may not have been delivered. Counts as accepted.
    Unknown {
        /// The instant at which caps count it.
        at: Timestamp,
        /// It was ended by an exit, a withdrawal or expiry while an attempt was in doubt.
        given_up: bool,
    },
    /// Retries are exhausted; an operator decides. Keeps its slot only if an attempt may have been delivered.
    Dead {
        /// When.
        at: Timestamp,
        /// Whether an attempt may have been delivered.
        maybe_delivered: bool,
    },
    /// A check refused for good. Slot returned.
    Dropped {
        /// When.
        at: Timestamp,
        /// The check that refused.
        reason: Reason,
    },
    /// Its enrolment ended, or the customer was erased or withdrew. Slot returned.
    Cancelled {
        /// When.
        at: Timestamp,
        /// What ended it.
        reason: Reason,
    },
    /// Deferred for longer than `max_defer`. Slot returned.
    Expired {
        /// When.
        at: Timestamp,
    },
    /// The `guard` was false when it would have been rendered. Slot returned.
    GuardFalse {
        /// When.
        at: Timestamp,
    },
    /// Its template could not be rendered. Slot returned.
    RenderError {
        /// When.
        at: Timestamp,
        /// What was wrong.
        reason: Reason,
    },
}

/// Why an attempting send gets no further permit for now. Its slot is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Hold {
    /// The check that refused.
    pub reason: Reason,
    /// The earliest instant at which the check can pass by itself.
    pub wake: Option<Timestamp>,
}

/// What the customer did with a message, each the first time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Engagement {
    /// The provider says it arrived.
    pub delivered: Option<Timestamp>,
    /// It was opened.
    pub opened: Option<Timestamp>,
    /// A link in it was clicked.
    pub clicked: Option<Timestamp>,
    /// It was answered.
    pub replied: Option<Timestamp>,
    /// It bounced.
    pub bounced: Option<Timestamp>,
    /// The customer complained.
    pub complained: Option<Timestamp>,
}

/// A status of a message that rules and waits name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MessageStatus {
    /// Any send that was decided, whatever became of it.
    Decided,
    /// A provider took it.
    Accepted,
    /// It arrived.
    Delivered,
    /// It was opened.
    Opened,
    /// A link was clicked.
    Clicked,
    /// It was answered.
    Replied,
    /// It bounced.
    Bounced,
    /// The customer complained.
    Complained,
    /// A provider refused it for good.
    Failed,
    /// It was dropped, cancelled, or expired, or its guard was false.
    NotSent,
}

impl MessageStatus {
    /// The status's name in documents and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Decided => "decided",
            Self::Accepted => "accepted",
            Self::Delivered => "delivered",
            Self::Opened => "opened",
            Self::Clicked => "clicked",
            Self::Replied => "replied",
            Self::Bounced => "bounced",
            Self::Complained => "complained",
            Self::Failed => "failed",
            Self::NotSent => "not_sent",
        }
    }
}

impl SendState {
    /// The state's name in the API, in filters and in metrics.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Deferred { .. } => "deferred",
            Self::Released { .. } => "released",
            Self::Attempting { .. } => "attempting",
            Self::Accepted { .. } => "accepted",
            Self::Failed { .. } => "failed",
            Self::Unknown { .. } => "unknown",
            Self::Dead { .. } => "dead",
            Self::Dropped { .. } => "dropped",
            Self::Cancelled { .. } => "cancelled",
            Self::Expired { .. } => "expired",
            Self::GuardFalse { .. } => "guard_false",
            Self::RenderError { .. } => "render_error",
        }
    }
}

impl Send {
    /// The instant at which the send reached that status, if it did.
    pub fn reached(&self, status: MessageStatus) -> Option<Timestamp> {
        let engagement = &self.engagement;
        match status {
            MessageStatus::Decided => Some(self.decided_at),
            MessageStatus::Accepted => self.counted_at(),
            MessageStatus::Delivered => engagement.delivered,
            MessageStatus::Opened => engagement.opened,
            MessageStatus::Clicked => engagement.clicked,
            MessageStatus::Replied => engagement.replied,
            MessageStatus::Bounced => engagement.bounced,
            MessageStatus::Complained => engagement.complained,
            MessageStatus::Failed => match self.state {
                SendState::Failed { at, .. } => Some(at),
                _ => None,
            },
            MessageStatus::NotSent => match self.state {
                SendState::Dropped { at, .. }
                | SendState::Cancelled { at, .. }
                | SendState::Expired { at }
                | SendState::GuardFalse { at }
                | SendState::RenderError { at, .. } => Some(at),
                _ => None,
            },
        }
    }

    /// The instant at which caps count an accepted (or unknown) send.
    pub fn counted_at(&self) -> Option<Timestamp> {
        match self.state {
            SendState::Accepted { at, .. }
            | SendState::Unknown { at, .. }
            | SendState::Dead { at, maybe_delivered: true } => Some(at),
            _ => None,
        }
    }

    /// Whether the send holds a reservation under the caps without having been accepted.
    pub fn holds_slot(&self) -> bool {
        matches!(self.state, SendState::Released { .. } | SendState::Attempting { .. })
    }

    /// Whether nothing can happen to the send any more, apart from what the customer does with it.
    pub fn is_final(&self) -> bool {
        !matches!(
            self.state,
            SendState::Deferred { .. }
                | SendState::Released { .. }
                | SendState::Attempting { .. }
                | SendState::Dead { .. }
        )
    }
}
