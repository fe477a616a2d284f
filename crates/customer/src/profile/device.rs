//! `context.device {token, type}`: a device that push messages reach.

use baton_model::profile::{Device, Profile};
use baton_model::value::{Fields, Value};

use super::Moment;

/// The field of an event's context.
pub(super) const FIELD: &str = "device";

/// The most devices that are kept of a customer: more than anybody carries, few enough to look through for every message.
/// The one that was not seen for longest leaves.
const DEVICES_MAX: usize = 20;

/// Takes over the device that `context` names.
pub(super) fn see(profile: &mut Profile, context: &Fields, moment: Moment) {
    let Some(device) = context.get(FIELD) else {
        return;
    };
    let Some(token) = device.at(["token"]).and_then(Value::as_str).filter(|token| !token.trim().is_empty()) else {
        return;
    };
    let kind = device.at(["type"]).and_then(Value::as_str).unwrap_or("").to_owned();
    let seen_at = moment.occurred_at;
    let known = profile.devices.get(token);
    if known.is_none_or(|known| known.seen_at < seen_at) {
        profile.devices.insert(token.to_owned(), Device { kind, seen_at });
    }
    if profile.devices.len() > DEVICES_MAX {
        let oldest = profile.devices.iter().min_by_key(|(_, device)| device.seen_at).map(|(token, _)| token.clone());
        oldest.and_then(|token| profile.devices.remove(&token));
    }
}
