//! Messages of the contract as JSON, for people and scripts: the mapping of protobuf, with the names of `proto/`.
//!
//! Fields that are not set are left out. Numbers of 64 bits are numbers: ids and counts stay far below 2⁵³, where the text
//! of the standard mapping would only be in the way of `jq`.

use std::sync::LazyLock;

use prost::{Message, Name};
use prost_reflect::{DescriptorPool, DynamicMessage, SerializeOptions};
use prost_types::value::Kind;
use serde_json::{Map, Value};

use crate::pb::FILE_DESCRIPTOR_SET;

static CONTRACT: LazyLock<DescriptorPool> = LazyLock::new(|| {
    DescriptorPool::decode(FILE_DESCRIPTOR_SET).expect("the descriptors were written by the compiler of the contract")
});

/// The message as a JSON object.
pub fn from_pb<M: Message + Name>(message: &M) -> Value {
    let descriptor = CONTRACT.get_message_by_name(&M::full_name()).expect("the contract has all generated messages");
    let dynamic = DynamicMessage::decode(descriptor, message.encode_to_vec().as_slice())
        .expect("what a message encodes its descriptor decodes");
    let options = SerializeOptions::new().stringify_64_bit_integers(false).use_proto_field_name(true);
    dynamic
        .serialize_with_options(serde_json::value::Serializer, &options)
        .unwrap_or_else(|error| Value::String(format!("cannot be shown: {error}")))
}

/// A value of an object as JSON.
pub fn from_value(value: &prost_types::Value) -> Value {
    match &value.kind {
        None | Some(Kind::NullValue(_)) => Value::Null,
        Some(Kind::BoolValue(value)) => (*value).into(),
        Some(Kind::NumberValue(number)) => (*number).into(),
        Some(Kind::StringValue(text)) => text.as_str().into(),
        Some(Kind::ListValue(list)) => list.values.iter().map(from_value).collect(),
        Some(Kind::StructValue(object)) => {
            object.fields.iter().map(|(name, value)| (name.clone(), from_value(value))).collect()
        }
    }
}

/// JSON as a value of an object.
pub fn to_value(value: &Value) -> prost_types::Value {
    let kind = match value {
        Value::Null => Kind::NullValue(0),
        Value::Bool(value) => Kind::BoolValue(*value),
        Value::Number(number) => Kind::NumberValue(number.as_f64().unwrap_or(f64::NAN)),
        Value::String(text) => Kind::StringValue(text.clone()),
        Value::Array(items) => Kind::ListValue(prost_types::ListValue { values: items.iter().map(to_value).collect() }),
        Value::Object(fields) => Kind::StructValue(to_struct(fields)),
    };
    prost_types::Value { kind: Some(kind) }
}

/// A JSON object as an object of the contract.
pub fn to_struct(fields: &Map<String, Value>) -> prost_types::Struct {
    prost_types::Struct { fields: fields.iter().map(|(name, value)| (name.clone(), to_value(value))).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pb::admin::v1 as admin;
    use crate::pb::v1 as pb;
    use prost_types::{Struct, Timestamp};
    use serde_json::json;

    #[test]
    fn a_message_has_the_names_of_the_contract() {
        let number = prost_types::Value { kind: Some(Kind::NumberValue(11.77)) };
        let event = pb::Event {
            customer_id: "c-1".to_owned(),
            r#type: pb::EventType::Track.into(),
            properties: Some(Struct { fields: [("total".to_owned(), number)].into() }),
            ..pb::Event::default()
        };
        assert_eq!(
            from_pb(&event),
            json!({"customer_id": "c-1", "type": "EVENT_TYPE_TRACK", "properties": {"total": 11.77}})
        );
    }

    #[test]
    fn objects_come_back_as_they_went() {
        let object = json!({"a": null, "b": [true, 1.5, "x"], "c": {"d": -2.0}});
        assert_eq!(from_value(&to_value(&object)), object);
    }

    #[test]
    fn large_numbers_are_numbers_and_instants_are_text() {
        let shard = admin::Shard { id: 3, seq: 1 << 40, ..admin::Shard::default() };
        assert_eq!(from_pb(&shard), json!({"id": 3, "seq": 1_u64 << 40}));
        let pause = pb::Pause { since: Some(Timestamp { seconds: 0, nanos: 0 }), ..pb::Pause::default() };
        assert_eq!(from_pb(&pause), json!({"since": "1970-01-01T00:00:00Z"}));
    }
}
