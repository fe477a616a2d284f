//! What the senders of the outbox need from the world: something that writes a message, and something that carries it.
//!
//! A [`Renderer`] turns a template and variables into a [`Rendered`] message; a [`Provider`] makes one attempt to deliver
//! it and says how that ended. Neither retries, waits or counts: limits, backoff and fail-over are the sender's. The send
//! id travels with every attempt as the provider's idempotency key, the epoch and the attempt number beside it, so that
//! whoever receives can tell a repeated attempt from a second message.

use std::time::Duration;

use baton_model::ids::{DefinitionsVersion, Epoch, SendId};
use baton_model::text_id::{ChannelId, CustomerId, TemplateId};
use baton_model::value::Fields;
use futures::future::BoxFuture;
use jiff::Timestamp;

/// Carries messages of one channel to the outside, such as one account at one mail relay.
pub trait Provider: Send + Sync {
    /// The name that configuration, logs and metrics use.
    fn name(&self) -> &str;

    /// Makes one attempt. Never panics and always ends: each adapter bounds its attempt in time.
    fn deliver(&self, delivery: Delivery) -> BoxFuture<'_, Outcome>;
}

/// One attempt to deliver one send.
#[derive(Debug, Clone, PartialEq)]
pub struct Delivery {
    /// The message; the same for every attempt, on every provider of the channel.
    pub send_id: SendId,
    /// The activation of the shard that permitted this attempt.
    pub epoch: Epoch,
    /// Which attempt this is within the epoch, from 1.
    pub attempt: u32,
    /// Whom the message is for.
    pub customer_id: CustomerId,
    /// The channel it goes out on.
    pub channel: ChannelId,
    /// When the attempt starts, on the wall clock. Signatures carry it, so it is never the clock of the rules.
    pub attempted_at: Timestamp,
    /// What is sent.
    pub message: Rendered,
}

/// How one attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The provider took the message over.
    Accepted {
        /// The provider's own name for it, if it gave one; for support requests and delivery reports.
        provider_message_id: Option<String>,
    },
    /// This message can never be delivered this way: trying again would end alike.
    FailedForGood {
        /// What the provider said.
        reason: String,
    },
    /// The message was certainly not taken; the same attempt may succeed later.
    RetryLater {
        /// What the provider said, or what kept us from reaching it.
        reason: String,
        /// How long the provider asked us to wait at least.
        after: Option<Duration>,
    },
    /// The message may have been taken: contact was lost after it was sent and before the answer came.
    Unknown {
        /// What happened.
        reason: String,
    },
}

impl Outcome {
    /// Every [`Outcome::name`], for those who count by outcome.
    pub const NAMES: [&'static str; 4] = ["accepted", "failed", "retry", "unknown"];

    /// The outcome's name in metrics and records.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Accepted { .. } => Self::NAMES[0],
            Self::FailedForGood { .. } => Self::NAMES[1],
            Self::RetryLater { .. } => Self::NAMES[2],
            Self::Unknown { .. } => Self::NAMES[3],
        }
    }
}

/// A message as it goes out.
#[derive(Debug, Clone, PartialEq)]
pub enum Rendered {
    /// For mail relays.
    Email(Email),
    /// For push, SMS, chat and webhooks.
    Note(Note),
}

impl Rendered {
    /// The address it goes to.
    pub fn to(&self) -> &str {
        match self {
            Self::Email(email) => &email.to,
            Self::Note(note) => &note.to,
        }
    }
}

/// A mail. At least one of `text` and `html` is there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Email {
    /// The sender's mailbox, such as `Shop <hello@shop.example>`; without one, the provider's own.
    pub from: Option<String>,
    /// The customer's mailbox.
    pub to: String,
    /// One line.
    pub subject: String,
    /// The plain text.
    pub text: Option<String>,
    /// The HTML.
    pub html: Option<String>,
}

/// A short message: what push, SMS, chat and webhooks have in common.
#[derive(Debug, Clone, PartialEq)]
pub struct Note {
    /// The customer's address on the channel: a telephone number, a device token, or their id at the receiver.
    pub to: String,
    /// One line, where the channel shows one.
    pub title: Option<String>,
    /// The text.
    pub body: String,
    /// Fields for the receiving program, such as a deep link.
    pub data: Fields,
}

/// Writes messages from templates. Rendering is a function of its input: it reads no clock and no network.
pub trait Renderer: Send + Sync {
    /// The message that `request` asks for.
    fn render(&self, request: &RenderRequest) -> Result<Rendered, RenderError>;
}

/// What one rendering needs.
#[derive(Debug, Clone, PartialEq)]
pub struct RenderRequest {
    /// The set of documents whose template counts.
    pub version: DefinitionsVersion,
    /// The template.
    pub template: TemplateId,
    /// What kind of message the channel carries.
    pub form: Form,
    /// The customer's address on the channel.
    pub to: String,
    /// What the template may refer to.
    pub variables: Variables,
}

/// What kind of message a channel carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Form {
    /// A mail, from this mailbox or the provider's own.
    Email {
        /// As [`Email::from`].
        from: Option<String>,
    },
    /// A short message; the template's subject is its title, the step's `vars` are its data.
    Note,
}

/// The five names a template may refer to. All come with the permit of the attempt.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Variables {
    /// The customer's traits.
    pub customer: Fields,
    /// The event that started the enrolment.
    pub event: Fields,
    /// What the enrolment captured on its way.
    pub context: Fields,
    /// The `vars` of the step.
    pub vars: Fields,
    /// The send itself: its id, channel, journey and step.
    pub message: Fields,
}

/// Why a message could not be written. The send ends as `render_error` with this text.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum RenderError {
    /// No such set of documents is compiled on this node.
    #[error("definitions version {version} is not compiled on this node")]
    UnknownVersion {
        /// The version that was asked for.
        version: DefinitionsVersion,
    },
    /// The set has no such template.
    #[error("template `{template}` is not in definitions version {version}")]
    UnknownTemplate {
        /// The template that was asked for.
        template: TemplateId,
        /// Where it was looked for.
        version: DefinitionsVersion,
    },
    /// The template refers to something that is not there.
    #[error(
        "{part} of template `{template}`: `{variable}` has no value: give it one, or write `| default: …` or `{{% if %}}`"
    )]
    MissingVariable {
        /// The template.
        template: TemplateId,
        /// The part of the message, such as `subject`.
        part: &'static str,
        /// The path of the variable, as the template writes it.
        variable: String,
    },
    /// A part would be longer than a message may be.
    #[error("{part} of template `{template}` is longer than {bytes_max} bytes")]
    TooLong {
        /// The template.
        template: TemplateId,
        /// The part of the message.
        part: &'static str,
        /// The most bytes it may have.
        bytes_max: usize,
    },
    /// Anything else that the template does wrong with the values it met.
    #[error("{part} of template `{template}`: {reason}")]
    Failed {
        /// The template.
        template: TemplateId,
        /// The part of the message.
        part: &'static str,
        /// What went wrong.
        reason: String,
    },
}
