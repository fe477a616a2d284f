//! The profile section.
//!
//! Key: customer rows, section 2. One per customer that has one. Layout version 1.

use baton_model::profile::{Consent, Device, LastSeen, Profile, Stated, Subscription, Ticket};

use super::layout::{Input, Layout, Malformed, layout_enum, layout_struct};

/// The section's number within the customer.
pub(crate) const SECTION: u8 = 2;
/// The layout this version writes.
pub(crate) const VERSION: u8 = 1;

layout_struct!(Profile {
    traits,
    devices,
    last_seen,
    consents,
    subscriptions,
    tickets,
    suppressed,
    pause,
    zone_changed_at,
});
layout_struct!(LastSeen { timezone, locale });
layout_struct!(Device { kind, seen_at });
layout_struct!(Ticket { severity, opened_at });
layout_enum!(Consent { 1 => Granted, 2 => Denied });
layout_enum!(Subscription { 1 => Subscribed, 2 => Unsubscribed });

impl<T: Layout> Layout for Stated<T> {
    fn put(&self, out: &mut Vec<u8>) {
        let Self { value, at, source } = self;
        value.put(out);
        at.put(out);
        source.put(out);
    }

    fn take(input: &mut Input<'_>) -> Result<Self, Malformed> {
        Ok(Self { value: T::take(input)?, at: Layout::take(input)?, source: Layout::take(input)? })
    }
}
