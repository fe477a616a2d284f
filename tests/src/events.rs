//! Events as tests write them: no timestamp, so that they happen when they are received.

use baton_wire::json::to_struct;
use baton_wire::pb::google::Struct;
use baton_wire::pb::v1 as pb;
use serde_json::Value;

/// Something a customer did.
pub fn track(customer: &str, message_id: &str, name: &str, properties: &Value) -> pb::Event {
    pb::Event {
        customer_id: customer.to_owned(),
        message_id: message_id.to_owned(),
        r#type: pb::EventType::Track.into(),
        name: name.to_owned(),
        properties: object(properties),
        ..pb::Event::default()
    }
}

/// What is known of a customer.
pub fn identify(customer: &str, message_id: &str, traits: &Value) -> pb::Event {
    pb::Event {
        customer_id: customer.to_owned(),
        message_id: message_id.to_owned(),
        r#type: pb::EventType::Identify.into(),
        traits: object(traits),
        ..pb::Event::default()
    }
}

fn object(value: &Value) -> Option<Struct> {
    value.as_object().map(to_struct)
}
