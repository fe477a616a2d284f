//! An event: something that happened to a customer, in the shape of the Segment specification.

use jiff::Timestamp;

use crate::text_id::{EventName, MessageId};
use crate::value::{Fields, weight};

/// What kind of call an event came by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Something the customer did.
    Track,
    /// What is known of the customer; `traits` update the profile.
    Identify,
    /// A page was seen.
    Page,
    /// A screen of an app was seen.
    Screen,
    /// The customer belongs to a group; its `traits` describe the group.
    Group,
    /// Two ids are one person.
    Alias,
}

impl EventKind {
    /// Every kind, in the order of the specification.
    pub const ALL: [Self; 6] = [Self::Track, Self::Identify, Self::Page, Self::Screen, Self::Group, Self::Alias];

    /// The lower-case name that the specification uses.
    pub fn name(self) -> &'static str {
        match self {
            Self::Track => "track",
            Self::Identify => "identify",
            Self::Page => "page",
            Self::Screen => "screen",
            Self::Group => "group",
            Self::Alias => "alias",
        }
    }
}

/// One event of one customer, valid in itself. Its place in time is decided when its customer takes it.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// The client's name for it; sent again with the same one, nothing happens twice.
    pub message_id: MessageId,
    /// How it came.
    pub kind: EventKind,
    /// What rules and journeys call it: the name of a track, page or screen call, else the kind's name.
    pub name: EventName,
    /// `timestamp`, exactly as the client wrote it; part of the identity of a repeat.
    pub client_timestamp: Option<String>,
    /// `timestamp` as an instant.
    pub timestamp: Option<Timestamp>,
    /// The client's clock when it sent the event; corrects `timestamp` by the difference to the time of receipt.
    pub sent_at: Option<Timestamp>,
    /// Updates what is known and triggers nothing.
    pub historical: bool,
    /// What happened, in detail.
    pub properties: Fields,
    /// Where and how: device, locale, zone, campaign.
    pub context: Fields,
    /// What is known of the customer.
    pub traits: Fields,
}

impl Event {
    /// The most bytes ([`Event::weight`]) of one event, so that one batch of them fits one proposal.
    pub const WEIGHT_MAX: usize = 32 * 1024;

    /// The bytes its fields take, roughly.
    pub fn weight(&self) -> usize {
        let fields = weight(&self.properties) + weight(&self.context) + weight(&self.traits);
        fields + self.message_id.as_str().len() + self.name.as_str().len()
    }
}
