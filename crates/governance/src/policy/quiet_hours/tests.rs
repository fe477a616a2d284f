//! Quiet stretches across midnight, on their days, and over the changes of the clocks.

use jiff::Timestamp;

use super::QuietHours;

#[test]
fn a_quiet_stretch_ends() {
    let check = |json: &str, zone: &str, at: &str, expected: Option<&str>| {
        let quiet: QuietHours = serde_json::from_str(json).unwrap();
        let zone = baton_model::time::zone(zone).unwrap();
        let ends = quiet.ends(at.parse::<Timestamp>().unwrap(), &zone);
        assert_eq!(ends.map(|end| end.to_string()).as_deref(), expected, "{json} {at}");
    };
    let night = r#"{"from": "21:00", "to": "08:00"}"#;
    check(night, "UTC", "2024-03-01T20:59:59.999Z", None);
    check(night, "UTC", "2024-03-01T21:00:00Z", Some("2024-03-02T08:00:00Z"));
    check(night, "UTC", "2024-03-02T00:00:00Z", Some("2024-03-02T08:00:00Z"));
    check(night, "UTC", "2024-03-02T07:59:59.999Z", Some("2024-03-02T08:00:00Z"));
    check(night, "UTC", "2024-03-02T08:00:00Z", None);
    check(night, "Asia/Tokyo", "2024-03-01T12:00:00Z", Some("2024-03-01T23:00:00Z"));

    let noon = r#"{"from": "12:00", "to": "14:00"}"#;
    check(noon, "UTC", "2024-03-01T12:30:00Z", Some("2024-03-01T14:00:00Z"));
    check(noon, "UTC", "2024-03-01T14:00:00Z", None);

    // A stretch across midnight belongs to the day it starts: the night of Friday reaches into Saturday.
    let friday = r#"{"from": "21:00", "to": "08:00", "days": ["fri"]}"#;
    check(friday, "UTC", "2024-03-02T07:00:00Z", Some("2024-03-02T08:00:00Z"));
    check(friday, "UTC", "2024-03-01T07:00:00Z", None);
    check(friday, "UTC", "2024-03-02T21:00:00Z", None);
    // The weekday is the local one: Friday evening in New York is Saturday in UTC.
    check(friday, "America/New_York", "2024-03-02T03:00:00Z", Some("2024-03-02T13:00:00Z"));

    let sunday = r#"{"from": "00:00", "to": "00:00", "days": ["sun"]}"#;
    check(sunday, "UTC", "2024-03-03T00:00:00Z", Some("2024-03-04T00:00:00Z"));
    check(sunday, "UTC", "2024-03-04T00:00:00Z", None);

    // 02:30 does not exist on 2024-03-31 in Berlin: the offset before the gap makes it 01:30Z. In autumn the first 02:30 counts.
    let gap = r#"{"from": "01:00", "to": "02:30"}"#;
    check(gap, "Europe/Berlin", "2024-03-31T00:30:00Z", Some("2024-03-31T01:30:00Z"));
    check(gap, "Europe/Berlin", "2024-10-27T00:00:00Z", Some("2024-10-27T00:30:00Z"));
    check(gap, "Europe/Berlin", "2024-10-27T00:45:00Z", None);
}
