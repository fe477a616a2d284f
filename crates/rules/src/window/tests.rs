//! Windows against a scan of every instant at which something might change.

use baton_model::time::zone;
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};
use proptest::prelude::*;

use super::Window;
use crate::testing::instant;

fn within(span: &str) -> Window {
    Window::Within(span.parse().unwrap())
}

fn flip(window: &Window, times: &[&str], at: &str, zone: &TimeZone) -> Option<Timestamp> {
    let times: Vec<_> = times.iter().map(|time| instant(time)).collect();
    let now = window.members(&times, instant(at), zone);
    window.next_flip(&times, instant(at), zone, now.clone(), |members| members.len() != now.len())
}

#[test]
fn a_window_is_open_where_it_begins_and_closed_where_it_ends() {
    let check = |window: &Window, expected: &[&str]| {
        let times = ["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-03T00:00:00Z"];
        let instants = times.map(instant);
        let members = window.members(&instants, instant("2026-03-02T00:00:00Z"), &TimeZone::UTC);
        assert_eq!(&times[members], expected, "{window:?}");
    };
    check(&within("24h"), &["2026-03-02T00:00:00Z"]);
    check(&within("1d"), &["2026-03-02T00:00:00Z"]);
    check(&within("PT24H0.001S"), &["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"]);
    check(&Window::Ever, &["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"]);
    check(&Window::Since("2026-03-02".parse().unwrap()), &["2026-03-02T00:00:00Z"]);
    check(&Window::Since("2026-03-03".parse().unwrap()), &[]);
    let between = |first: &str, second: &str| Window::Between(first.parse().unwrap(), second.parse().unwrap());
    check(&between("2026-03-01", "2026-03-02"), &["2026-03-01T00:00:00Z"]);
    check(&between("2026-03-01", "2026-03-04"), &["2026-03-01T00:00:00Z", "2026-03-02T00:00:00Z"]);
}

#[test]
fn the_next_change_is_exact() {
    let berlin = zone("Europe/Berlin").unwrap();
    let check = |window: Window, times: &[&str], at: &str, expected: Option<&str>| {
        assert_eq!(flip(&window, times, at, &berlin), expected.map(instant), "{window:?} {times:?} at {at}");
    };
    let noon = "2026-03-02T12:00:00Z";
    check(within("24h"), &[noon], noon, Some("2026-03-03T12:00:00Z"));
    check(within("24h"), &["2026-03-02T13:00:00Z"], noon, Some("2026-03-02T13:00:00Z"));
    check(within("24h"), &["2026-03-01T12:00:00Z"], noon, None);
    check(within("1d"), &[noon], noon, Some("2026-03-03T12:00:00Z"));
    // The day on which clocks are set forward has 23 hours, the one on which they are set back has 25.
    check(within("1d"), &["2026-03-28T12:00:00Z"], "2026-03-28T12:00:00Z", Some("2026-03-29T11:00:00Z"));
    check(within("1d"), &["2026-10-24T12:00:00Z"], "2026-10-24T12:00:00Z", Some("2026-10-25T13:00:00Z"));
    // 31 January is a month ago from 1 March on: on 28 February a month ago is 28 January.
    check(within("1mo"), &["2026-01-31T12:00:00Z"], "2026-02-01T12:00:00Z", Some("2026-02-28T23:00:00Z"));
    check(within("60d"), &[noon], noon, Some("2026-05-01T11:00:00Z"));
    check(within("1y"), &[noon], noon, Some("2027-03-02T12:00:00Z"));
    check(Window::Ever, &["2026-03-02T13:00:00Z"], noon, Some("2026-03-02T13:00:00Z"));
    check(Window::Ever, &[noon], noon, None);
    let march = Window::Between("2026-03-01".parse().unwrap(), "2026-04-01".parse().unwrap());
    check(march.clone(), &["2026-03-31T21:59:59Z"], noon, Some("2026-03-31T21:59:59Z"));
    check(march, &["2026-03-31T22:00:00Z"], noon, None);
}

#[test]
fn what_left_a_window_may_come_back() {
    let utc = TimeZone::UTC;
    // A month before 28 March 23:59 is 28 February 23:59; a month before 29 March 00:00 is 28 February 00:00.
    let times = ["2026-02-28T12:00:00Z"];
    assert_eq!(flip(&within("1mo"), &times, "2026-03-28T11:00:00Z", &utc), Some(instant("2026-03-28T12:00:00Z")));
    assert_eq!(flip(&within("1mo"), &times, "2026-03-28T12:00:00Z", &utc), Some(instant("2026-03-29T00:00:00Z")));
}

#[test]
fn a_flip_that_takes_many_changes_is_named_early_rather_than_late() {
    let times: Vec<_> =
        (0..500).map(|minute| instant("2026-03-01T00:00:00Z") + SignedDuration::from_mins(minute)).collect();
    let at = *times.last().unwrap();
    let window = within("24h");
    let now = window.members(&times, at, &TimeZone::UTC);
    let flip = window.next_flip(&times, at, &TimeZone::UTC, now, |members| members.is_empty()).unwrap();
    assert!(flip > at && flip <= at + SignedDuration::from_hours(24));
}

fn zones() -> impl Strategy<Value = TimeZone> {
    let names =
        ["UTC", "Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Pacific/Apia", "Africa/Casablanca"];
    prop::sample::select(names.to_vec()).prop_map(|name| zone(name).unwrap())
}

fn spans() -> impl Strategy<Value = String> {
    (1..40_u32, prop::sample::select(vec!["h", "d", "w", "mo", "d 6h", "mo 3d", "y"]))
        .prop_map(|(number, unit)| format!("{}{unit}", if unit == "y" { 1 } else { number }))
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(700))]

    /// Every quarter of an hour of some days, in years that have days on which clocks are set.
    #[test]
    fn the_change_that_is_named_is_the_first(
        zone in zones(),
        span in spans(),
        // 2011 has the day that Samoa left out.
        year in prop::sample::select(vec![2011, 2024, 2026]),
        base in 0..365_i64 * 96,
        ages in prop::collection::vec(0..96 * 3_i64, 1..4),
        counts in prop::collection::vec(any::<bool>(), 1..4),
    ) {
        let quarter = |quarters: i64| SignedDuration::from_mins(15 * quarters);
        let first_day = jiff::civil::date(year, 1, 1).to_zoned(TimeZone::UTC).unwrap().timestamp();
        let at = first_day + quarter(base);
        let window = within(&span);
        let Window::Within(length) = &window else { unreachable!() };
        // Events near both ends of the window, where something happens.
        let mut times: Vec<_> = ages.iter().zip(counts.iter().cycle())
            .map(|(age, old)| if *old { length.before(at, &zone) + quarter(*age - 96) } else { at + quarter(*age - 96) })
            .collect();
        times.sort_unstable();
        let now = window.members(&times, at, &zone);
        let flip = window.next_flip(&times, at, &zone, now.clone(), |members| members != now);
        prop_assert!(flip.is_none_or(|flip| flip > at));
        let scanned = (1..96 * 6).map(|quarters| at + quarter(quarters));
        let changed = scanned.into_iter().find(|instant| window.members(&times, *instant, &zone) != now);
        if let Some(changed) = changed {
            let exact = flip.is_some_and(|flip| flip <= changed && changed < flip + quarter(1));
            prop_assert!(exact, "{span} in {zone:?}: named {flip:?}, changed {changed}");
        }
    }
}
