//! Events as their customers took them: [`StoredEvent`] → `baton.v1.Event`.

use baton_model::history::StoredEvent;
use baton_model::text_id::CustomerId;

use crate::event::{kind_to_pb, name_to_pb, object_to_pb};
use crate::pb::v1 as pb;

/// The event of that customer. Its `timestamp` is what the client wrote, else when it was taken to have happened.
pub fn to_pb(customer: &CustomerId, event: &StoredEvent) -> pb::Event {
    pb::Event {
        customer_id: customer.to_string(),
        message_id: event.message_id.to_string(),
        r#type: kind_to_pb(event.kind).into(),
        name: name_to_pb(event.kind, &event.name),
        timestamp: event.client_timestamp.clone().unwrap_or_else(|| event.occurred_at.to_string()),
        sent_at: String::new(),
        properties: object_to_pb(&event.properties),
        context: object_to_pb(&event.context),
        traits: None,
        historical: event.historical,
    }
}
