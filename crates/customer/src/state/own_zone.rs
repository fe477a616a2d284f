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
    /// The zone that `profile` states.
    pub fn of(profile: &Profile) -> Self {
        let stated = Self::of_names(profile);
        Self {
            zone: stated.into_iter().flatten().find_map(baton_model::time::zone),
            stated: stated.map(|name| name.map(str::to_owned)),
        }
    }

    /// Whether it is the zone that `profile` states.
    pub fn is_of(&self, profile: &Profile) -> bool {
        self.stated.iter().map(Option::as_deref).eq(Self::of_names(profile))
    }

    /// The names of zones that a profile states, the best first.
    pub fn of_names(profile: &Profile) -> [Option<&str>; 2] {
        [profile.text_trait("timezone"), profile.last_seen.timezone.as_deref()]
    }

    /// The zone, if one is known.
    pub fn get(&self) -> Option<&TimeZone> {
        self.zone.as_ref()
    }
}
