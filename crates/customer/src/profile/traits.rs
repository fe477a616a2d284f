//! Traits: each one an event brings replaces the one of its name; `null` removes it.

use baton_model::profile::Profile;
use baton_model::value::{Fields, Value};

/// What a suppressed channel says while the address that bounced is unchanged.
pub(crate) const BOUNCED: &str = "bounced";

/// The traits that are addresses, with the channels that use them.
const ADDRESSES: [(&str, &[&str]); 2] = [("email", &["email"]), ("phone", &["sms", "whatsapp"])];

/// Takes over `traits`.
pub(super) fn merge(profile: &mut Profile, traits: &Fields) {
    for (name, value) in traits {
        match value {
            Value::Null => profile.traits.remove(name),
            value => profile.traits.insert(name.clone(), value.clone()),
        };
    }
}

/// An address that bounced is unreachable until it is replaced by another.
pub(crate) fn forget_bounces(before: &Profile, after: &mut Profile) {
    for (name, channels) in ADDRESSES {
        if before.text_trait(name) != after.text_trait(name) {
            after.suppressed.retain(|channel, stated| stated.value != BOUNCED || !channels.contains(&channel.as_str()));
        }
    }
}
