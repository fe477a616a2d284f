//! `message`.

use std::collections::BTreeMap;

use baton_model::span::Span;
use baton_model::text_id::{ChannelId, StepId, TemplateId, TopicId};
use baton_rules::RuleDocument;

use crate::document::binding::BindingDocument;

/// Asks for a message.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct MessageDocument {
    /// The one channel.
    #[serde(default)]
    pub channel: Option<ChannelId>,
    /// Several channels.
    #[serde(default)]
    pub channels: Option<Vec<ChannelId>>,
    /// Which of several channels.
    #[serde(default)]
    pub strategy: Option<StrategyDocument>,
    /// What it is rendered from.
    pub template: TemplateId,
    /// The template's variables.
    #[serde(default)]
    pub vars: BTreeMap<String, BindingDocument>,
    /// Such as `urgent`.
    #[serde(default)]
    pub role: Option<String>,
    /// Instead of the journey's.
    #[serde(default)]
    pub topic: Option<TopicId>,
    /// Tested when it would be rendered.
    #[serde(default)]
    pub guard: Option<RuleDocument>,
    /// When the enrolment goes on.
    #[serde(default)]
    pub advance: Option<AdvanceDocument>,
    /// When a cap, spacing, quiet hours or a message of higher priority refuses.
    #[serde(default)]
    pub on_capped: Option<OnRefusalDocument>,
    /// When a suppression policy refuses.
    #[serde(default)]
    pub on_suppressed: Option<OnRefusalDocument>,
    /// When no channel reaches the customer.
    #[serde(default)]
    pub on_unreachable: Option<OnRefusalDocument>,
    /// When it failed.
    #[serde(default)]
    pub on_failed: Option<OnRefusalDocument>,
}

/// `strategy`.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StrategyDocument {
    /// The first that reaches the customer.
    FirstReachable,
    /// Each of them.
    All,
}

/// `advance`.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AdvanceDocument {
    /// When it was decided.
    OnDecision,
    /// When a provider took it.
    OnAccepted,
    /// When it arrived.
    OnDelivered {
        /// The longest wait for it.
        timeout: Span,
    },
}

/// `on_capped` and its like.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnRefusalDocument {
    /// Wait.
    Defer,
    /// Do without.
    Drop,
    /// Try the next channel.
    Alternate,
    /// End.
    Exit,
    /// Go there.
    Goto(StepId),
}
