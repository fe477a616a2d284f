//! The customer's own zone: the first zone the profile states that the time zone database knows.

use baton_model::profile::Profile;
use jiff::tz::TimeZone;

/// The zone that a profile states, looked up once.
#[derive(Debug, Clone, Default)]
pub(crate) struct OwnZone {
    stated: [Option<String>; 2],
    zone: Option<TimeZone>,
}

impl OwnZone {
    /// Looks the zone up again if the profile states another.
    pub fn follow(&mut self, profile: &Profile) {
        let stated = [profile.text_trait("timezone"), profile.last_seen.timezone.as_deref()];
        if self.stated.iter().map(Option::as_deref).eq(stated) {
            return;
        }
        self.zone = stated.into_iter().flatten().find_map(baton_model::time::zone);
        self.stated = stated.map(|name| name.map(str::to_owned));
    }

    /// The zone, if one is known.
    pub fn get(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }
}
