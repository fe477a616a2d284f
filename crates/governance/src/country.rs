//! Which zones a country has, and which country a customer is in.
//!
//! The table is `zone1970.tab` of the time zone database (2025b, public domain), shipped unchanged beside this crate: the
//! compiled-in database of `jiff` has the zones' rules but not their countries.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use baton_model::profile::Profile;
use baton_model::value::Value;
use jiff::tz::TimeZone;

/// The zones by country, each once.
static ZONES: LazyLock<BTreeMap<&'static str, Vec<TimeZone>>> =
    LazyLock::new(|| parse(include_str!("../data/zone1970.tab")));

/// The zones of a country (ISO 3166-1 alpha-2, upper case); none if it is not known.
pub(crate) fn zones(country: &str) -> &'static [TimeZone] {
    ZONES.get(country).map_or(&[], Vec::as_slice)
}

/// Whether there is such a country.
pub(crate) fn is_known(country: &str) -> bool {
    ZONES.contains_key(country.to_ascii_uppercase().as_str())
}

/// The customer's country: the trait `address.country`, else the region of the stated locale, else of the last seen one.
/// Upper case; `None` if none of them names a country that there is.
pub(crate) fn of(profile: &Profile) -> Option<String> {
    let address = profile.traits.get("address").and_then(|address| address.at(["country"])).and_then(Value::as_str);
    let stated = profile.text_trait("locale").and_then(region);
    let seen = profile.last_seen.locale.as_deref().and_then(region);
    let known = |country: &str| is_known(country).then(|| country.to_ascii_uppercase());
    [address.map(str::trim), stated, seen].into_iter().flatten().find_map(known)
}

/// The region of a BCP 47 locale: the first part of two letters after the language, as in `zh-Hant-TW` or `en_US`.
fn region(locale: &str) -> Option<&str> {
    let mut parts = locale.split(['-', '_']).skip(1).take_while(|part| part.len() > 1);
    parts.find(|part| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_alphabetic()))
}

/// Reads the table: countries, coordinates, zone, comments, apart by tabs.
fn parse(table: &'static str) -> BTreeMap<&'static str, Vec<TimeZone>> {
    let mut zones: BTreeMap<&str, Vec<TimeZone>> = BTreeMap::new();
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let mut columns = line.split('\t');
        let (Some(countries), Some(name)) = (columns.next(), columns.nth(1)) else {
            continue;
        };
        let Some(zone) = baton_model::time::zone(name) else {
            continue;
        };
        for country in countries.split(',') {
            zones.entry(country).or_default().push(zone.clone());
        }
    }
    zones
}

#[cfg(test)]
mod tests;
