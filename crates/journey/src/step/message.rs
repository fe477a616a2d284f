//! A message step: what it asks governance for, and what becomes of the enrolment.

use std::collections::BTreeMap;

pub use baton_governance::Strategy;
use baton_model::span::Span;
use baton_model::text_id::{ChannelId, TemplateId, TopicId};
use baton_model::value::Fields;
use baton_rules::Rule;

use crate::binding::Binding;
use crate::step::Target;

/// Asks for one message, or for one on each of several channels.
#[derive(Debug, Clone)]
pub struct Message {
    /// The channels, in the order of preference; never empty.
    pub channels: Vec<ChannelId>,
    /// Which of the channels.
    pub strategy: Strategy,
    /// What it is rendered from.
    pub template: TemplateId,
    /// The template's variables; computed when a sender is permitted to send.
    pub vars: BTreeMap<String, Binding>,
    /// What stands for a variable that is not in `vars`, or has no value there: the template's defaults.
    pub defaults: Fields,
    /// Such as `urgent`; a channel may refuse it.
    pub role: Option<String>,
    /// The step's topic, else the journey's.
    pub topic: Option<TopicId>,
    /// Tested when it would be rendered; false → it is not sent.
    pub guard: Option<Rule>,
    /// When the enrolment goes on.
    pub advance: Advance,
    /// When a cap, spacing, quiet hours or a message of higher priority refuses.
    pub on_capped: OnRefusal,
    /// When a suppression policy refuses.
    pub on_suppressed: OnRefusal,
    /// When no channel reaches the customer.
    pub on_unreachable: OnRefusal,
    /// When it failed, could not be rendered, expired, or was dropped by an operator.
    pub on_failed: OnRefusal,
}

/// When an enrolment goes on from a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Advance {
    /// When it was decided.
    OnDecision,
    /// When a provider took it.
    OnAccepted,
    /// When it arrived.
    OnDelivered {
        /// The longest wait for it, from its acceptance; then the enrolment goes on all the same.
        timeout: Span,
    },
}

/// What a "no" means to the message and its enrolment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnRefusal {
    /// It waits until it may go.
    Defer,
    /// It is not sent; the enrolment goes on.
    Drop,
    /// The next channel is tried; after the last it is dropped.
    Alternate,
    /// It is not sent; the enrolment exits with the refusal as its reason.
    Exit,
    /// It is not sent; the enrolment goes there.
    Goto(Target),
}
