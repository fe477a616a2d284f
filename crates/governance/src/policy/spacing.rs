//! Row 6 of the pipeline: messages keep a distance, by scope (`min_gap`) or from channel to channel (`spacing`).

use baton_model::send::{Category, Send};
use baton_model::text_id::ChannelId;
use serde::Deserialize;

use super::DeferOrDrop;
use super::gap::Gap;
use super::min_gap::MinGapDocument;
use super::scope::{Scope, counts};

/// `spacing`: one row of the matrix channel × channel, as written.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SpacingDocument {
    /// The channel of the message at hand.
    pub(crate) channel: ChannelId,
    /// The channels of the messages from which it keeps the distance.
    pub(crate) after: Vec<ChannelId>,
    /// The distance.
    pub(crate) gap: Gap,
    /// Categories that count besides marketing.
    #[serde(default)]
    pub(crate) count: Vec<Category>,
    /// What a message does that comes too early.
    #[serde(default)]
    pub(crate) action: DeferOrDrop,
}

/// A distance that messages keep.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Spacing {
    between: Between,
    pub gap: Gap,
    count: Vec<Category>,
    pub action: DeferOrDrop,
}

/// Which messages keep it.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Between {
    /// Those of a scope.
    Scope(Scope),
    /// One on a channel from those on other channels.
    Channels { channel: ChannelId, after: Vec<ChannelId> },
}

impl Spacing {
    /// Its name in a check.
    pub fn name(&self) -> &'static str {
        match self.between {
            Between::Scope(_) => "min_gap",
            Between::Channels { .. } => "spacing",
        }
    }

    /// Whether a message keeps it at all.
    pub fn concerns(&self, send: &Send) -> bool {
        match &self.between {
            Between::Scope(scope) => scope.concerns(send),
            Between::Channels { channel, .. } => send.channel == *channel,
        }
    }

    /// Whether `send`, which is concerned, keeps it from `other`. The sends of one visit are one message.
    pub fn joins(&self, send: &Send, other: &Send) -> bool {
        let one_visit = (send.enrolment, &send.step, send.visit) == (other.enrolment, &other.step, other.visit);
        if one_visit || !counts(other.category, &self.count) {
            return false;
        }
        match &self.between {
            Between::Scope(scope) => scope.joins(send, other),
            Between::Channels { after, .. } => after.contains(&other.channel),
        }
    }
}

impl From<MinGapDocument> for Spacing {
    fn from(document: MinGapDocument) -> Self {
        let MinGapDocument { gap, scope, count, action } = document;
        Self { between: Between::Scope(scope), gap, count, action }
    }
}

impl From<SpacingDocument> for Spacing {
    fn from(document: SpacingDocument) -> Self {
        let SpacingDocument { channel, after, gap, count, action } = document;
        Self { between: Between::Channels { channel, after }, gap, count, action }
    }
}
