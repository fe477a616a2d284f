//! Spans as a table: span, zone, from → to.

use super::*;

#[test]
fn calendar_days_keep_the_wall_clock_and_hours_do_not() {
    let table = [
        ("24h", "Europe/Berlin", "2025-03-29T12:00:00Z", "2025-03-30T12:00:00Z"),
        ("1d", "Europe/Berlin", "2025-03-29T12:00:00Z", "2025-03-30T11:00:00Z"),
        ("PT24H", "Europe/Berlin", "2025-10-25T12:00:00Z", "2025-10-26T12:00:00Z"),
        ("P1D", "Europe/Berlin", "2025-10-25T12:00:00Z", "2025-10-26T13:00:00Z"),
        ("1mo", "UTC", "2025-01-31T08:00:00Z", "2025-02-28T08:00:00Z"),
        ("90m", "UTC", "2025-01-01T00:00:00Z", "2025-01-01T01:30:00Z"),
        ("45d", "UTC", "2025-01-01T00:00:00Z", "2025-02-15T00:00:00Z"),
        ("1d 12h", "UTC", "2025-01-01T00:00:00Z", "2025-01-02T12:00:00Z"),
        ("1w 1d", "UTC", "2025-01-01T00:00:00Z", "2025-01-09T00:00:00Z"),
        ("0s", "UTC", "2025-01-01T00:00:00Z", "2025-01-01T00:00:00Z"),
        ("-1h", "UTC", "2025-01-01T00:00:00Z", "2024-12-31T23:00:00Z"),
        // 02:30 does not exist on that day: the offset before the gap gives 03:30 local.
        ("1d", "Europe/Berlin", "2025-03-29T01:30:00Z", "2025-03-30T01:30:00Z"),
        // 02:30 happens twice on that day: the first.
        ("1d", "Europe/Berlin", "2025-10-25T00:30:00Z", "2025-10-26T00:30:00Z"),
    ];
    for (span, zone, from, to) in table {
        let zone = crate::time::zone(zone).unwrap();
        let from: Timestamp = from.parse().unwrap();
        let got = span.parse::<Span>().unwrap().after(from, &zone);
        assert_eq!(got.to_string(), to, "{span} after {from}");
    }
}

#[test]
fn the_zone_without_calendar_gives_what_the_calendar_gives() {
    let instants =
        ["-009999-01-02T01:59:59Z", "1970-01-01T00:00:00.999Z", "2024-02-29T23:59:59.001Z", "9999-12-30T22:00:00Z"];
    for span in ["1h", "-1h", "25h 1s", "1d", "-1d", "2w 3d 4h", "400000w", "-400000w", "0.0005s", "1ns"] {
        for instant in instants {
            let (span, instant): (Span, Timestamp) = (span.parse().unwrap(), instant.parse().unwrap());
            let far = if span.units.is_negative() { Timestamp::MIN } else { Timestamp::MAX };
            let sum = instant.to_zoned(TimeZone::UTC).checked_add(span.units);
            let sum = sum.map_or(far, |sum| crate::time::to_millis(sum.timestamp()));
            assert_eq!(span.after(instant, &TimeZone::UTC), sum, "{span} after {instant}");
        }
    }
}

#[test]
fn a_bad_span_says_what_to_write() {
    for text in ["", "soon", "10", "1x"] {
        let error = text.parse::<Span>().unwrap_err().to_string();
        assert!(error.contains("write ISO 8601"), "{text}: {error}");
    }
}

#[test]
fn spans_print_what_parses_back() {
    for text in ["48h", "1d 12h", "P1M", "-90m", "0s"] {
        let span: Span = text.parse().unwrap();
        assert_eq!(span.to_string().parse::<Span>().unwrap(), span);
    }
}
