//! What governance needs to know of a message step, and where it looks that up.
//!
//! A send keeps what caps and rules ask of it; how its step wants a "no" handled stays with the documents of its version.

use baton_model::ids::DefinitionsVersion;
use baton_model::send::Category;
use baton_model::span::Span;
use baton_model::text_id::{ChannelId, JourneyId, PolicyId, PurposeId, StepId, TemplateId, TopicId};
use baton_rules::Rule;
use jiff::tz::TimeZone;

/// The documents of the versions in use.
pub trait Messages {
    /// The message step of that version; `None` if there is none, and then nothing is sent for it.
    fn message(&self, version: DefinitionsVersion, journey: &JourneyId, step: &StepId) -> Option<Message<'_>>;
}

/// A message step with what its journey says about it.
#[derive(Debug, Clone, Copy)]
pub struct Message<'a> {
    /// The channels, in the order of preference.
    pub channels: &'a [ChannelId],
    /// Which of the channels.
    pub strategy: Strategy,
    /// What it is rendered from.
    pub template: &'a TemplateId,
    /// Which checks apply.
    pub category: Category,
    /// 0–100; higher wins.
    pub priority: u8,
    /// The topic it belongs to.
    pub topic: Option<&'a TopicId>,
    /// The purpose it serves.
    pub purpose: Option<&'a PurposeId>,
    /// Its role, such as `urgent`.
    pub role: Option<&'a str>,
    /// The policies its journey names. Those that apply to all are added.
    pub policies: &'a [PolicyId],
    /// Tested before each attempt; false → it is not sent.
    pub guard: Option<&'a Rule>,
    /// The zone of a customer whose own is not known.
    pub fallback_zone: Option<&'a TimeZone>,
    /// How long it may wait.
    pub max_defer: &'a Span,
    /// When a cap is full or a message of higher priority takes the slot.
    pub on_capped: OnRefusal,
    /// When a suppression policy that does not say itself refuses.
    pub on_suppressed: OnRefusal,
    /// When no channel reaches the customer.
    pub on_unreachable: OnRefusal,
    /// When it failed, could not be rendered, or expired; [`OnRefusal::Defer`] means the same as a drop.
    pub on_failed: OnRefusal,
}

/// Which channels of a message are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Strategy {
    /// The first that reaches the customer.
    FirstReachable,
    /// Each of them, as a send of its own.
    All,
}

/// What a "no" means to a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRefusal {
    /// It waits until it may go.
    Defer,
    /// The next channel that reaches the customer is tried, as another send; after the last it is dropped.
    Alternate,
    /// It is not sent. Where the enrolment goes then is its step's affair.
    Drop,
}
