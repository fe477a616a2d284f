//! The inputs of a customer.
//!
//! Key: customer rows, 0x80 and the input's number, big endian. Up to 10,000 events and what lies between them. Layout
//! version 1.

use baton_customer::{HistoryRow, Input as CustomerInput};
use baton_governance::AttemptOutcome;

use super::layout::{layout_enum, layout_struct};

/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

layout_struct!(HistoryRow { number, at, version, input });
layout_enum!(CustomerInput {
    1 => Event { event, traits, from_the_future },
    2 => Timer { timer, due },
    3 => Permit { send, epoch },
    4 => Outcome { send, outcome },
    5 => Report { send, status, reported_at, detail },
    6 => Redelivered { send, retry, by },
    7 => Paused(pause),
    8 => Resumed { by, reason },
    9 => Adopted(version),
    10 => SetAside { event, dead_letter },
});
layout_enum!(AttemptOutcome {
    1 => Accepted,
    2 => Refused(reason),
    3 => Failed(reason),
    4 => InDoubt(reason),
    5 => Exhausted { reason, in_doubt },
    6 => RenderError(reason),
});
