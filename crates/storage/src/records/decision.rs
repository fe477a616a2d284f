//! Decision records.
//!
//! Key: kind 0x11, customer, 0x00, and the record's number, big endian. Those of the last 90 days. Layout version 1.

use baton_model::decision::{Cause, Check, DecisionRecord, Enrolled, SendFate, Verdict};
use baton_model::explain::Explain;
use baton_model::text_id::CustomerId;
use baton_ports::record_store::{KeyRange, Order, Records};

use super::layout::{Input, Layout, Malformed, layout_enum, layout_struct};
use super::{ReadError, key, layout};

/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

layout_struct!(DecisionRecord { number, at, input, cause, definitions_version, tzdb_version, verdict, checks, next });
layout_enum!(Cause {
    1 => Event(message_id),
    2 => Timer(due),
    3 => Outcome(send),
    4 => Permit(send),
    5 => Operator(who),
    6 => Publish(version),
});
layout_enum!(Verdict {
    1 => Entered(enrolled),
    2 => EntryRefused { journey, reason },
    3 => StepLeft { enrolled, step, visit, to, by },
    4 => Exited { enrolled, step, reason, goal },
    5 => GoalReached { enrolled, value },
    6 => Send { send, enrolled, step, channel, fate },
    7 => NoSend { enrolled, step, reason },
    8 => Segment { segment, entered },
    9 => Paused { held, reason },
    10 => BoundReached { reason },
});
layout_struct!(Enrolled { enrolment, journey });
layout_enum!(SendFate {
    1 => Released,
    2 => Deferred(reason),
    3 => Dropped(reason),
    4 => Cancelled(reason),
    5 => Expired,
    6 => Permitted,
    7 => Held(reason),
    8 => Accepted,
    9 => AcceptedAfterExit,
    10 => Failed(reason),
    11 => Unknown,
    12 => Dead(reason),
    13 => GuardFalse,
    14 => RenderError(reason),
});
layout_struct!(Check { name, passed, detail, explain });

impl Layout for Explain {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { rule, value, operands, events, next_flip, parts } = self;
        rule.put(out);
        value.put(out);
        operands.put(out);
        events.put(out);
        next_flip.put(out);
        parts.put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok(Self {
            rule: Layout::take(input)?,
            value: Layout::take(input)?,
            operands: Layout::take(input)?,
            events: Layout::take(input)?,
            next_flip: Layout::take(input)?,
            parts: input.nested(Layout::take)?,
        })
    }
}

/// The decision records of a customer, newest first, read as the iterator is pulled.
pub fn decision_records<'a>(
    records: &'a dyn Records,
    customer: &CustomerId,
) -> impl Iterator<Item = Result<DecisionRecord, ReadError>> + use<'a> {
    let range = KeyRange::prefix(key::customer_prefix(key::Kind::Decision, customer));
    records.range(range, Order::Descending).map(|row| {
        let row = row?;
        layout::read_row(VERSION, &row.value).map_err(|cause| ReadError::row("decision", &row.key, cause))
    })
}
