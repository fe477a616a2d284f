//! Windows are read, and what is counted leaves them at the right instant.

use jiff::Timestamp;

use super::Window;

#[test]
fn windows_are_read_and_printed() {
    let check = |text: &str, expected: &str| {
        let said = text.parse::<Window>().map_or_else(|error| error.to_string(), |window| window.to_string());
        assert!(said.starts_with(expected), "{text}: {said}");
    };
    check("rolling 7d", "rolling P7D");
    check("rolling 24h", "rolling PT24H");
    check("calendar day", "calendar day");
    check("calendar  week", "calendar week");
    check("calendar month", "calendar month");
    check("calendar year", "`calendar year` is no window: write `rolling` and a duration");
    check("rolling 0h", "`rolling 0h` is no window");
    check("rolling -1d", "`rolling -1d` is no window");
    check("7d", "`7d` is no window");
}

#[test]
fn what_is_counted_leaves_a_window() {
    let check = |window: &str, zone: &str, counted: &str, at: &str, expected: Option<&str>| {
        let (counted, at): (Timestamp, Timestamp) = (counted.parse().unwrap(), at.parse().unwrap());
        let zone = baton_model::time::zone(zone).unwrap();
        let window: Window = window.parse().unwrap();
        let leaves = Some(window.leaves(counted, at, &zone, None)).filter(|leaves| at < *leaves);
        assert_eq!(leaves.map(|leaves| leaves.to_string()).as_deref(), expected, "{window} {counted} {at}");
        // Only what is surely outside is beyond its reach.
        let from = window.reach(at);
        assert!(leaves.is_none() || counted > from, "{window} {counted} {at}");
        let leaves = window.leaves(from, at, &zone, Some(at));
        assert!(leaves <= at, "{window} reaches {from} at {at}, which leaves at {leaves}");
    };
    // A rolling window is half-open: at its very end the message is out of it.
    check("rolling 24h", "UTC", "2024-03-01T10:00:00Z", "2024-03-02T09:59:59Z", Some("2024-03-02T10:00:00Z"));
    check("rolling 24h", "UTC", "2024-03-01T10:00:00Z", "2024-03-02T10:00:00Z", None);
    // A calendar day keeps the wall clock over the change of the clocks; 24 hours do not.
    check("rolling 1d", "Europe/Berlin", "2024-03-30T12:00:00Z", "2024-03-31T00:00:00Z", Some("2024-03-31T11:00:00Z"));
    check("rolling 24h", "Europe/Berlin", "2024-03-30T12:00:00Z", "2024-03-31T00:00:00Z", Some("2024-03-31T12:00:00Z"));
    // The local day ends at local midnight, also where there is none on that day (Beirut began its summer at midnight).
    check("calendar day", "Asia/Tokyo", "2024-03-01T10:00:00Z", "2024-03-01T14:59:00Z", Some("2024-03-01T15:00:00Z"));
    check("calendar day", "Asia/Tokyo", "2024-03-01T14:00:00Z", "2024-03-01T15:00:00Z", None);
    check("calendar day", "Asia/Beirut", "2024-03-30T10:00:00Z", "2024-03-30T20:00:00Z", Some("2024-03-30T22:00:00Z"));
    // Weeks begin on Monday, months on the first.
    check("calendar week", "UTC", "2024-03-04T00:00:00Z", "2024-03-10T23:59:00Z", Some("2024-03-11T00:00:00Z"));
    check("calendar week", "UTC", "2024-03-03T23:59:00Z", "2024-03-04T00:00:00Z", None);
    check("calendar month", "UTC", "2024-02-01T00:00:00Z", "2024-02-29T12:00:00Z", Some("2024-03-01T00:00:00Z"));
    check("calendar month", "UTC", "2024-02-29T23:59:00Z", "2024-03-01T00:00:00Z", None);
}
