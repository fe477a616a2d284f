//! The ledger section: the customer's sends, and where suppression policies with a cool-down stand.
//!
//! Key: customer rows, section 5. At most one per customer. Layout version 1. Indexes are not stored: they follow from the
//! sends.

use std::collections::BTreeMap;

use baton_governance::{Cooldown, Ledger};
use baton_model::send::{Engagement, Hold, Send, SendState};
use baton_model::text_id::PolicyId;

use super::layout::{Input, Layout, Malformed, layout_enum, layout_struct};

/// The section's number within the customer.
pub(crate) const SECTION: u8 = 5;
/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

impl Layout for Ledger {
    fn put(&self, out: &mut Vec<u8>) {
        (self.sends().len() as u64).put(out);
        for send in self.sends().values() {
            send.put(out);
        }
        self.cooldowns().put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        let sends: Vec<Send> = Layout::take(input)?;
        let cooldowns: BTreeMap<PolicyId, Cooldown> = Layout::take(input)?;
        Ok(Self::restore(sends, cooldowns))
    }
}

layout_struct!(Send {
    id,
    enrolment,
    journey,
    version,
    step,
    visit,
    channel,
    template,
    category,
    priority,
    topic,
    purpose,
    role,
    decided_at,
    defer_base,
    state,
    engagement,
});
layout_enum!(SendState {
    1 => Deferred { wake, reason },
    2 => Released { at, epoch },
    3 => Attempting { since, epoch, attempts, refused, hold },
    4 => Accepted { at, after_exit },
    5 => Failed { at, reason },
    6 => Unknown { at, given_up },
    7 => Dead { at, maybe_delivered },
    8 => Dropped { at, reason },
    9 => Cancelled { at, reason },
    10 => Expired { at },
    11 => GuardFalse { at },
    12 => RenderError { at, reason },
});
layout_struct!(Hold { reason, wake });
layout_struct!(Engagement { delivered, opened, clicked, replied, bounced, complained });
layout_enum!(Cooldown { 1 => Holding { next_flip }, 2 => Since(since) });
