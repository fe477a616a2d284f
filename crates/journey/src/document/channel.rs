//! `kind: Channel`.

use baton_model::catalogue::ChannelKind;
use baton_model::text_id::ChannelId;

/// A way to customers.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ChannelDocument {
    /// Such as `email`.
    pub id: ChannelId,
    /// What address it needs.
    #[serde(rename = "type")]
    pub address: ChannelKind,
    /// The roles of messages it carries; none means all.
    #[serde(default)]
    pub roles: Vec<String>,
    /// The providers to try, in order; none means those that the nodes' configuration gives the channel.
    #[serde(default)]
    pub providers: Vec<String>,
    /// An attempt is recorded before it is made and never repeated.
    #[serde(default)]
    pub at_most_once: bool,
}
