//! What an event says of its customer: traits, consents, subscriptions, tickets, devices, zone.
//!
//! Each source changes a copy of the profile; the decision keeps the copy only if something differs. Most events say nothing
//! of their customer, and no copy is made for them.

mod consent;
mod device;
mod last_seen;
mod subscription;
mod ticket;
mod traits;

use baton_model::event::{Event, EventKind};
use baton_model::profile::Profile;
use baton_model::reason::ReasonCode;
use baton_model::value::{Fields, Value};
use jiff::Timestamp;

pub(crate) use traits::{BOUNCED, forget_bounces};

use crate::Rejection;
use crate::state::own_zone::OwnZone;

/// The place of an event in time.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Moment {
    /// When it is taken.
    pub at: Timestamp,
    /// When it happened.
    pub occurred_at: Timestamp,
    /// It is old: what was seen last is newer than what it saw.
    pub historical: bool,
}

/// The profile after `event`; `None` if the event says nothing new.
pub(crate) fn after(profile: &Profile, event: &Event, moment: Moment) -> Result<Option<Profile>, Rejection> {
    let statement = reserved(event);
    let context = event.context.contains_key(device::FIELD) || last_seen::is_news(profile, &event.context);
    if statement.is_none() && event.traits.is_empty() && !context {
        return Ok(None);
    }
    let mut next = profile.clone();
    if event.kind != EventKind::Group {
        traits::merge(&mut next, &event.traits);
    }
    if let Some(state) = statement {
        state(&mut next, event, moment)?;
    }
    device::see(&mut next, &event.context, moment);
    if !moment.historical {
        last_seen::see(&mut next, &event.context);
    }
    forget_bounces(profile, &mut next);
    note_zone_change(profile, &mut next, moment.at);
    Ok((next != *profile).then_some(next))
}

/// Takes over what an event states.
type Statement = fn(&mut Profile, &Event, Moment) -> Result<(), Rejection>;

/// What an event with a reserved name states; `None` for any other.
fn reserved(event: &Event) -> Option<Statement> {
    let statement: Statement = match event.name.as_str() {
        consent::CHANGED => |profile, event, moment| consent::change(profile, &event.properties, moment.at),
        subscription::CHANGED => |profile, event, moment| subscription::change(profile, &event.properties, moment.at),
        ticket::OPENED | ticket::REOPENED => {
            |profile, event, moment| ticket::open(profile, &event.properties, moment.occurred_at)
        }
        ticket::RESOLVED => |profile, event, _| ticket::resolve(profile, &event.properties),
        _ => return None,
    };
    (event.kind == EventKind::Track).then_some(statement)
}

/// Remembers when the customer's zone became another one.
pub(crate) fn note_zone_change(before: &Profile, after: &mut Profile, at: Timestamp) {
    if zone_differs(before, after) {
        after.zone_changed_at = Some(at);
    }
}

/// Whether two profiles put the customer into different zones; names that are in no database are none.
pub(crate) fn zone_differs(before: &Profile, after: &Profile) -> bool {
    let before_zone = OwnZone::of_names(before);
    let after_zone = OwnZone::of_names(after);
    before_zone != after_zone && OwnZone::of(before).get() != OwnZone::of(after).get()
}

/// A property that must be text.
fn text<'a>(properties: &'a Fields, name: &str, write: &str) -> Result<&'a str, Rejection> {
    let text = properties.get(name).and_then(Value::as_str);
    text.ok_or_else(|| invalid(name, format!("is missing or no text: write {write}")))
}

/// Where a statement comes from; empty if the event does not say.
fn source(properties: &Fields) -> String {
    properties.get("source").and_then(Value::as_str).unwrap_or("").to_owned()
}

/// A property that has no such value.
fn invalid(name: &str, detail: impl Into<String>) -> Rejection {
    Rejection { reason: ReasonCode::InvalidEvent, field: format!("properties.{name}"), detail: detail.into() }
}

#[cfg(test)]
mod tests;
