//! Which messages a cap or a gap puts together.

use baton_model::send::{Category, Send};
use baton_model::text_id::{ChannelId, TopicId};
use serde::Deserialize;

/// A scope, written `global`, `channel`, `category`, `topic`, `{channel: sms}` or `{topic: offers}`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(
    untagged,
    expecting = "a scope: write `global`, `channel`, `category`, `topic`, `{channel: <id>}` or `{topic: <id>}`"
)]
pub(crate) enum Scope {
    /// Messages that have something in common.
    Same(Same),
    /// Messages of one channel or topic; others are not concerned.
    Only(Only),
}

/// What messages have in common.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Same {
    /// The customer.
    Global,
    /// The channel of the message at hand.
    Channel,
    /// Its category.
    Category,
    /// Its topic.
    Topic,
}

/// The one channel or topic that is concerned.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Only {
    /// This channel.
    Channel(ChannelId),
    /// This topic.
    Topic(TopicId),
}

impl Default for Scope {
    fn default() -> Self {
        Self::Same(Same::Global)
    }
}

impl Scope {
    /// Whether a message is concerned at all.
    pub fn concerns(&self, send: &Send) -> bool {
        match self {
            Self::Same(_) => true,
            Self::Only(Only::Channel(channel)) => send.channel == *channel,
            Self::Only(Only::Topic(topic)) => send.topic.as_ref() == Some(topic),
        }
    }

    /// Whether `other` is put together with `send`, which is concerned.
    pub fn joins(&self, send: &Send, other: &Send) -> bool {
        match self {
            Self::Same(Same::Global) => true,
            Self::Same(Same::Channel) => other.channel == send.channel,
            Self::Same(Same::Category) => other.category == send.category,
            Self::Same(Same::Topic) => other.topic == send.topic,
            Self::Only(_) => self.concerns(other),
        }
    }
}

/// Whether a message counts towards the caps and gaps of others: marketing always, service only if the policy says so,
/// transactional never.
pub(crate) fn counts(category: Category, also: &[Category]) -> bool {
    match category {
        Category::Marketing => true,
        Category::Service => also.contains(&Category::Service),
        Category::Transactional => false,
    }
}
