//! `context.timezone` and `context.locale`: where the customer was seen last.

use baton_model::profile::Profile;
use baton_model::value::{Fields, Value};

/// Whether `context` says something else than is known.
pub(super) fn is_news(profile: &Profile, context: &Fields) -> bool {
    let known = [("timezone", &profile.last_seen.timezone), ("locale", &profile.last_seen.locale)];
    known.into_iter().any(|(name, known)| {
        let said = context.get(name).and_then(Value::as_str);
        said.is_some() && said != known.as_deref()
    })
}

/// Takes over what `context` says; a zone that is in no database is not taken.
pub(super) fn see(profile: &mut Profile, context: &Fields) {
    let text = |name: &str| context.get(name).and_then(Value::as_str);
    if let Some(zone) = text("timezone").filter(|zone| is_other_zone(profile, zone)) {
        profile.last_seen.timezone = Some(zone.to_owned());
    }
    if let Some(locale) = text("locale") {
        profile.last_seen.locale = Some(locale.to_owned());
    }
}

fn is_other_zone(profile: &Profile, zone: &str) -> bool {
    profile.last_seen.timezone.as_deref() != Some(zone) && baton_model::time::zone(zone).is_some()
}
