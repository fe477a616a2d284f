//! `ticket`: whether support tickets are open.

use std::fmt;

use baton_model::value::Value;

use super::condition::Evaluation;
use crate::outcome::Outcome;
use crate::trace::Trace;

/// Some ticket of these severities must be open, or none may.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Ticket {
    pub(super) open: bool,
    /// Empty: any.
    pub(super) severities: Vec<String>,
}

impl Evaluation<'_, '_> {
    /// Whether tickets are open as they must be.
    pub(super) fn ticket<T: Trace>(&mut self, ticket: &Ticket, trace: &mut T) -> Outcome {
        let tickets = &self.facts.profile.tickets;
        if !self.budget.charge((tickets.len() * (1 + ticket.severities.len())) as u64) {
            return Outcome::steady(false);
        }
        let counts = |severity: &String| ticket.severities.is_empty() || ticket.severities.contains(severity);
        let open: Vec<_> = tickets.iter().filter(|(_, open)| counts(&open.severity)).map(|(id, _)| id).collect();
        trace.operand("open", || Value::List(open.iter().map(|id| id.as_str().into()).collect()));
        Outcome::steady(open.is_empty() != ticket.open)
    }
}

impl fmt::Display for Ticket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.open { "open" } else { "none open" })?;
        if !self.severities.is_empty() {
            write!(f, " of severity {}", self.severities.join(" or "))?;
        }
        Ok(())
    }
}
