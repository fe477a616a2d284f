//! The table and the compiled-in zones fit together, and a customer's country is found.

use baton_model::profile::Profile;
use baton_model::value::Value;

use super::{of, zones};

#[test]
fn every_zone_of_the_table_is_compiled_in() {
    let table = include_str!("../../data/zone1970.tab");
    let rows: Vec<_> = table.lines().filter(|line| !line.starts_with('#')).collect();
    assert!(rows.len() > 300, "the table has {} rows", rows.len());
    for row in rows {
        let name = row.split('\t').nth(2).unwrap();
        assert!(baton_model::time::zone(name).is_some(), "{name} is not compiled in");
    }
}

#[test]
fn a_country_has_its_zones() {
    let check = |country: &str, expected: &[&str]| {
        let names: Vec<_> = zones(country).iter().filter_map(|zone| zone.iana_name()).collect();
        assert_eq!(names, expected, "{country}");
    };
    check("DE", &["Europe/Zurich", "Europe/Berlin"]);
    check("IN", &["Asia/Kolkata"]);
    check("NZ", &["Pacific/Auckland", "Pacific/Chatham"]);
    check("XX", &[]);
    assert!(zones("US").len() > 20);
}

#[test]
fn a_customers_country_comes_from_the_address_else_from_a_locale() {
    let check = |address: Option<&str>, locale: Option<&str>, seen: Option<&str>, expected: Option<&str>| {
        let mut profile = Profile::default();
        if let Some(country) = address {
            let fields = [("country".to_owned(), Value::from(country))].into();
            profile.traits.insert("address".to_owned(), Value::Map(fields));
        }
        if let Some(locale) = locale {
            profile.traits.insert("locale".to_owned(), Value::from(locale));
        }
        profile.last_seen.locale = seen.map(str::to_owned);
        assert_eq!(of(&profile).as_deref(), expected, "{address:?} {locale:?} {seen:?}");
    };
    check(Some("de"), Some("en-US"), Some("fr-FR"), Some("DE"));
    check(Some("Germany"), Some("en-US"), None, Some("US"));
    check(None, Some("zh-Hant-TW"), None, Some("TW"));
    check(None, Some("en_GB"), None, Some("GB"));
    check(None, Some("en"), Some("fr-CH"), Some("CH"));
    check(None, Some("de-1996"), None, None);
    check(None, Some("en-x-us"), None, None);
    check(None, None, None, None);
}
