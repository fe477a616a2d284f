//! `Ticket Opened {ticket_id, severity}`, `Ticket Resolved {ticket_id}`, `Ticket Reopened {ticket_id, severity}`.

use baton_model::profile::{Profile, Ticket};
use baton_model::text_id::TicketId;
use baton_model::value::{Fields, Value};
use jiff::Timestamp;

use super::{invalid, text};
use crate::Rejection;

/// A ticket was opened.
pub(super) const OPENED: &str = "Ticket Opened";
/// A ticket was closed.
pub(super) const RESOLVED: &str = "Ticket Resolved";
/// A closed ticket was opened again.
pub(super) const REOPENED: &str = "Ticket Reopened";

/// Opens the ticket.
pub(super) fn open(profile: &mut Profile, properties: &Fields, opened_at: Timestamp) -> Result<(), Rejection> {
    let id = id(properties)?;
    let severity = properties.get("severity").and_then(Value::as_str).unwrap_or("").to_owned();
    profile.tickets.insert(id, Ticket { severity, opened_at });
    Ok(())
}

/// Closes the ticket. One that is not known is closed already.
pub(super) fn resolve(profile: &mut Profile, properties: &Fields) -> Result<(), Rejection> {
    profile.tickets.remove(&id(properties)?);
    Ok(())
}

fn id(properties: &Fields) -> Result<TicketId, Rejection> {
    let id = text(properties, "ticket_id", "the ticket's id")?;
    TicketId::new(id).map_err(|error| invalid("ticket_id", error.to_string()))
}
