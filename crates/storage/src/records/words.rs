//! The layouts of the model's words, which stand in many rows.

use baton_model::event::EventKind;
use baton_model::history::{InputNumber, StoredEvent};
use baton_model::ids::{DefinitionsVersion, EnrolmentId, Epoch, Run, SendId, Visit};
use baton_model::profile::Pause;
use baton_model::reason::{Reason, ReasonCode, UnknownReasonCode};
use baton_model::send::{Category, MessageStatus};
use baton_model::value::{Fields, Value};

use super::layout::{Input, Layout, Malformed, layout_enum, layout_struct, layout_words, put_str, take_str};

layout_words!(DefinitionsVersion, EnrolmentId, Epoch, InputNumber, Run, SendId, Visit);

layout_enum!(EventKind { 1 => Track, 2 => Identify, 3 => Page, 4 => Screen, 5 => Group, 6 => Alias });

layout_enum!(Category { 1 => Marketing, 2 => Service, 3 => Transactional });

layout_enum!(MessageStatus {
    1 => Decided, 2 => Accepted, 3 => Delivered, 4 => Opened, 5 => Clicked, 6 => Replied, 7 => Bounced, 8 => Complained,
    9 => Failed, 10 => NotSent,
});

layout_struct!(Reason { code, detail });

layout_struct!(Pause { by, reason, since, until });

layout_struct!(StoredEvent {
    number,
    message_id,
    client_timestamp,
    kind,
    name,
    occurred_at,
    received_at,
    historical,
    properties,
    context,
});

impl Layout for ReasonCode {
    fn put(&self, out: &mut Vec<u8>) {
        put_str(self.as_str(), out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let code = take_str(input)?.parse();
        code.map_err(|error: UnknownReasonCode| Malformed::InvalidText { reason: error.to_string() })
    }
}

impl Layout for Value {
    fn put(&self, out: &mut Vec<u8>) {
        match self {
            Self::Null => out.push(0),
            Self::Bool(value) => tagged(1, value, out),
            Self::Int(value) => tagged(2, value, out),
            Self::Double(value) => tagged(3, value, out),
            Self::String(value) => tagged(4, value, out),
            Self::List(value) => tagged(5, value, out),
            Self::Map(value) => tagged(6, value, out),
        }
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        match u8::take(input)? {
            0 => Ok(Self::Null),
            1 => bool::take(input).map(Self::Bool),
            2 => i64::take(input).map(Self::Int),
            3 => f64::take(input).map(Self::Double),
            4 => String::take(input).map(Self::String),
            5 => input.nested(Vec::take).map(Self::List),
            6 => input.nested(Fields::take).map(Self::Map),
            tag => Err(Malformed::UnknownTag { kind: "Value", tag }),
        }
    }
}

fn tagged<T: Layout>(tag: u8, value: &T, out: &mut Vec<u8>) {
    out.push(tag);
    value.put(out);
}
