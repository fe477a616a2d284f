//! Messages that a policy lets through.

use baton_model::send::{Category, Send};
use baton_model::text_id::{ChannelId, JourneyId, TopicId};
use serde::Deserialize;

/// `exempt: {roles: [urgent], journeys: [outage-notice]}`: a message that is in any of the lists passes.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Exempt {
    /// Messages of these journeys.
    pub journeys: Vec<JourneyId>,
    /// Messages of these topics.
    pub topics: Vec<TopicId>,
    /// Messages on these channels.
    pub channels: Vec<ChannelId>,
    /// Messages of these roles.
    pub roles: Vec<String>,
    /// Messages of these categories.
    pub categories: Vec<Category>,
}

impl Exempt {
    /// Whether the message passes.
    pub(crate) fn covers(&self, send: &Send) -> bool {
        self.journeys.contains(&send.journey)
            || self.channels.contains(&send.channel)
            || self.categories.contains(&send.category)
            || send.topic.as_ref().is_some_and(|topic| self.topics.contains(topic))
            || send.role.as_ref().is_some_and(|role| self.roles.contains(role))
    }
}
