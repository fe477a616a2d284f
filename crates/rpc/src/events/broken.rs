//! The customers of one stream whose order is broken: an event of theirs was not taken, or may not have been.
//!
//! Until that very event comes again, nothing later of the customer may be taken, or it would overtake.

use std::collections::BTreeMap;

use baton_model::text_id::{CustomerId, MessageId};
use baton_ports::gateway::{EventAnswer, IngestEvent};

/// The most customers of one stream whose order is broken. Beyond it the stream ends, because the client only pours events
/// into a cluster that takes none; what was not taken is sent again on a new stream.
pub(super) const BROKEN_CUSTOMERS_MAX: usize = 10_000;

/// Which event of which customer must come again.
#[derive(Debug, Default)]
pub(super) struct Broken {
    awaited: BTreeMap<CustomerId, MessageId>,
}

impl Broken {
    /// Whether the event may be tried now. One that is awaited mends its customer's order.
    pub(super) fn admits(&mut self, event: &IngestEvent) -> bool {
        match self.awaited.get(&event.customer) {
            None => true,
            Some(awaited) if *awaited == event.event.message_id => {
                self.awaited.remove(&event.customer);
                true
            }
            Some(_) => false,
        }
    }

    /// Takes note of an answer. The first event of a customer that was not taken is the one that must come again.
    pub(super) fn note(&mut self, customer: &CustomerId, message: &MessageId, answer: &EventAnswer) {
        match answer {
            EventAnswer::Retry { .. } | EventAnswer::Unknown => {
                self.awaited.entry(customer.clone()).or_insert_with(|| message.clone());
            }
            EventAnswer::Accepted(_) | EventAnswer::Duplicate | EventAnswer::Rejected { .. } => {}
        }
    }

    /// Whether there are more than may be.
    pub(super) fn is_over_full(&self) -> bool {
        self.awaited.len() > BROKEN_CUSTOMERS_MAX
    }
}
