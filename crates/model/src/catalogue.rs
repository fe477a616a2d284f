//! What journeys may name: topics, purposes and channels, as published.

use std::collections::BTreeMap;

use crate::profile::{Profile, Subscription};
use crate::text_id::{ChannelId, PurposeId, TopicId};

/// The topics, purposes and channels of one version of the definitions.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Catalogue {
    /// Subscription topics.
    pub topics: BTreeMap<TopicId, Topic>,
    /// Consent purposes.
    pub purposes: BTreeMap<PurposeId, Purpose>,
    /// Channels.
    pub channels: BTreeMap<ChannelId, Channel>,
}

/// A subject that customers subscribe to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Topic {
    /// Its id.
    pub id: TopicId,
    /// What holds for a customer who never said.
    pub default: Subscription,
    /// The channels on which it is sent; empty means all.
    pub channels: Vec<ChannelId>,
}

/// A purpose that customers consent to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Purpose {
    /// Its id.
    pub id: PurposeId,
    /// The legal basis, as its author wrote it.
    pub legal_basis: String,
}

/// A way to a customer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Channel {
    /// Its id, such as `email`.
    pub id: ChannelId,
    /// What address it needs.
    pub kind: ChannelKind,
    /// The roles of messages it carries; empty means all.
    pub roles: Vec<String>,
    /// The providers to try, in order, as the nodes' configuration names them.
    pub providers: Vec<String>,
    /// The attempt is recorded before it is made and never repeated.
    pub at_most_once: bool,
}

/// What address a channel needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChannelKind {
    /// The trait `email`.
    Email,
    /// The trait `phone`.
    Sms,
    /// The trait `phone`.
    Whatsapp,
    /// A device token.
    Push,
    /// None: the receiver knows the customer by id.
    Webhook,
}

impl ChannelKind {
    /// The customer's address on this kind of channel; `None` is *unreachable*. The most recently seen device wins.
    pub fn address(self, profile: &Profile) -> Option<&str> {
        let text = match self {
            Self::Email => profile.text_trait("email"),
            Self::Sms | Self::Whatsapp => profile.text_trait("phone"),
            Self::Push => {
                let newest = profile.devices.iter().max_by_key(|(_, device)| device.seen_at);
                newest.map(|(token, _)| token.as_str())
            }
            Self::Webhook => Some(""),
        };
        text.filter(|text| self == Self::Webhook || !text.trim().is_empty())
    }
}
