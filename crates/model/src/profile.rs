//! What is known of a customer and holds until something says otherwise.
//!
//! An absent fact has a meaning: no consent is *denied*, no subscription is the topic's default, no address is
//! *unreachable*, no ticket is none open.

use std::collections::BTreeMap;

use jiff::Timestamp;

use crate::text_id::{ChannelId, Owner, PurposeId, TicketId, TopicId};
use crate::value::{Fields, Value, weight};

/// The profile section of a customer.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Profile {
    /// What `identify` events and `update_profile` steps set.
    pub traits: Fields,
    /// Push devices by token.
    pub devices: BTreeMap<String, Device>,
    /// `context.timezone`, `context.locale` of the last event that had them.
    pub last_seen: LastSeen,
    /// Stated consents.
    pub consents: BTreeMap<PurposeId, Stated<Consent>>,
    /// Stated subscriptions.
    pub subscriptions: BTreeMap<TopicId, Stated<Subscription>>,
    /// Open tickets.
    pub tickets: BTreeMap<TicketId, Ticket>,
    /// Channels on which the customer must not be reached: hard bounces, complaints, STOP, operators.
    pub suppressed: BTreeMap<ChannelId, Stated<String>>,
    /// A person has paused this customer.
    pub pause: Option<Pause>,
    /// When the zone changed last; a send of the 24 hours before counts as today's too.
    pub zone_changed_at: Option<Timestamp>,
}

/// A fact with its source.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stated<T> {
    /// What was stated.
    pub value: T,
    /// When it was taken.
    pub at: Timestamp,
    /// Where it comes from, as the event or step said.
    pub source: String,
}

/// Whether a purpose is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Consent {
    /// The customer said yes.
    Granted,
    /// The customer said no.
    Denied,
}

/// Whether a topic is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Subscription {
    /// The customer wants it.
    Subscribed,
    /// The customer does not want it.
    Unsubscribed,
}

/// A push device.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Device {
    /// `context.device.type`, such as `ios`.
    pub kind: String,
    /// When it was last seen.
    pub seen_at: Timestamp,
}

/// Facts of the last event that stated them.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LastSeen {
    /// IANA zone name.
    pub timezone: Option<String>,
    /// BCP 47 locale.
    pub locale: Option<String>,
}

/// An open support ticket.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Ticket {
    /// As the ticket system said; empty if it did not.
    pub severity: String,
    /// When it was opened, or opened again.
    pub opened_at: Timestamp,
}

/// Somebody holds what would be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Pause {
    /// Who.
    pub by: Owner,
    /// Why.
    pub reason: String,
    /// Since when.
    pub since: Timestamp,
    /// Until when; `None` until somebody resumes.
    pub until: Option<Timestamp>,
}

impl Profile {
    /// The most bytes ([`Profile::weight`]) of a profile; an event that would exceed it is rejected: `customer_too_large`.
    pub const WEIGHT_MAX: usize = 64 * 1024;

    /// A trait's text.
    pub fn text_trait(&self, name: &str) -> Option<&str> {
        self.traits.get(name).and_then(Value::as_str)
    }

    /// The zone name the customer states: the trait `timezone`, else the zone of the last known device.
    pub fn zone_name(&self) -> Option<&str> {
        self.text_trait("timezone").or(self.last_seen.timezone.as_deref())
    }

    /// The bytes it takes, roughly.
    pub fn weight(&self) -> usize {
        let facts = self.consents.len() + self.subscriptions.len() + self.suppressed.len();
        let devices: usize = self.devices.keys().map(|token| token.len() + 24).sum();
        let tickets: usize =
            self.tickets.iter().map(|(id, ticket)| id.as_str().len() + ticket.severity.len() + 12).sum();
        weight(&self.traits) + facts * 64 + devices + tickets
    }
}
