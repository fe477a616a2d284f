//! `kind: Topic`.

use baton_model::profile::Subscription;
use baton_model::text_id::{ChannelId, TopicId};

/// A subject that customers subscribe to.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TopicDocument {
    /// Its id.
    pub id: TopicId,
    /// What holds for a customer who never said.
    pub default: DefaultSubscription,
    /// The channels on which it is sent; none means all.
    #[serde(default)]
    pub channels: Vec<ChannelId>,
}

/// `subscribed` or `unsubscribed`.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum DefaultSubscription {
    /// Customers get it until they say no.
    Subscribed,
    /// Customers get it only after they say yes.
    Unsubscribed,
}

impl From<DefaultSubscription> for Subscription {
    fn from(default: DefaultSubscription) -> Self {
        match default {
            DefaultSubscription::Subscribed => Self::Subscribed,
            DefaultSubscription::Unsubscribed => Self::Unsubscribed,
        }
    }
}
