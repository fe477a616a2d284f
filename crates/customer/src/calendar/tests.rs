//! Local times and windows, with the days on which clocks change.

use baton_journey::step::time_window::TimeWindow;
use baton_journey::weekdays::Weekdays;
use baton_model::ids::{EnrolmentId, Visit};
use baton_model::text_id::StepId;
use jiff::Timestamp;
use jiff::civil::Weekday;

use super::local_time::next_local_time;
use super::random::between;
use super::window::{Opening, opening};

const WORKDAYS: [Weekday; 5] =
    [Weekday::Monday, Weekday::Tuesday, Weekday::Wednesday, Weekday::Thursday, Weekday::Friday];

fn days(of: &[Weekday]) -> Weekdays {
    if of.is_empty() { Weekdays::EVERY } else { of.iter().fold(Weekdays::NONE, |days, day| days.with(*day)) }
}

fn instant(text: &str) -> Timestamp {
    text.parse().unwrap()
}

#[track_caller]
fn check_local_time(zone: &str, base: &str, time: &str, of: &[Weekday], expected: &str) {
    let zone = baton_model::time::zone(zone).unwrap();
    let got = next_local_time(instant(base), time.parse().unwrap(), days(of), &zone);
    assert_eq!(got, instant(expected));
}

#[test]
fn the_weekday_is_that_of_the_local_date() {
    check_local_time("Asia/Tokyo", "2023-12-19T23:00:12Z", "05:00", &[Weekday::Thursday], "2023-12-20T20:00:00Z");
}

#[test]
fn the_base_itself_counts() {
    check_local_time("UTC", "2024-03-01T09:00:00Z", "09:00", &[], "2024-03-01T09:00:00Z");
    check_local_time("UTC", "2024-03-01T09:00:00.001Z", "09:00", &[], "2024-03-02T09:00:00Z");
    check_local_time("UTC", "2024-03-01T09:00:00.001Z", "09:00", &WORKDAYS, "2024-03-04T09:00:00Z");
}

#[test]
fn a_time_in_the_gap_takes_the_offset_before_it() {
    check_local_time("Europe/Prague", "2024-03-30T12:00:00Z", "02:30", &[], "2024-03-31T01:30:00Z");
    check_local_time("America/New_York", "2024-03-10T00:00:00Z", "02:30", &[Weekday::Sunday], "2024-03-10T07:30:00Z");
}

#[test]
fn an_ambiguous_time_is_the_first() {
    check_local_time("Europe/Prague", "2024-10-26T12:00:00Z", "02:30", &[], "2024-10-27T00:30:00Z");
    check_local_time("Europe/Prague", "2024-10-27T00:30:00.001Z", "02:30", &[], "2024-10-28T01:30:00Z");
}

#[test]
fn a_zone_may_skip_a_date() {
    check_local_time("Pacific/Apia", "2011-12-30T09:59:59Z", "09:00", &[Weekday::Saturday], "2011-12-30T19:00:00Z");
}

#[test]
fn the_calendar_ends() {
    let got = next_local_time(Timestamp::MAX, "09:00".parse().unwrap(), Weekdays::EVERY, &jiff::tz::TimeZone::UTC);
    assert_eq!(got, Timestamp::MAX);
}

#[track_caller]
fn check_window(zone: &str, (from, to): (&str, &str), of: &[Weekday], closed: &[&str], at: &str, expected: &str) {
    let window = TimeWindow {
        days: days(of),
        from: from.parse().unwrap(),
        to: to.parse().unwrap(),
        timezone: None,
        closed: closed.iter().map(|date| date.parse().unwrap()).collect(),
    };
    let zone = baton_model::time::zone(zone).unwrap();
    let expected = if expected == "open" { Opening::Now } else { Opening::At(instant(expected)) };
    assert_eq!(opening(&window, instant(at), &zone), expected);
}

#[test]
fn a_window_is_open_from_its_first_instant_and_not_at_its_last() {
    let day = ("09:00", "17:00");
    check_window("UTC", day, &[], &[], "2024-03-01T08:59:59.999Z", "2024-03-01T09:00:00Z");
    check_window("UTC", day, &[], &[], "2024-03-01T09:00:00Z", "open");
    check_window("UTC", day, &[], &[], "2024-03-01T17:00:00Z", "2024-03-02T09:00:00Z");
    check_window("UTC", day, &WORKDAYS, &[], "2024-03-01T17:00:00Z", "2024-03-04T09:00:00Z");
    check_window("UTC", day, &[], &["2024-03-02", "2024-03-03"], "2024-03-01T17:00:00Z", "2024-03-04T09:00:00Z");
}

#[test]
fn a_window_across_midnight_belongs_to_the_day_it_starts() {
    let night = ("22:00", "02:00");
    check_window("UTC", night, &[Weekday::Friday], &[], "2024-03-02T01:59:59Z", "open");
    check_window("UTC", night, &[Weekday::Friday], &[], "2024-03-01T01:00:00Z", "2024-03-01T22:00:00Z");
    check_window("UTC", night, &[Weekday::Friday], &["2024-03-01"], "2024-03-02T01:00:00Z", "2024-03-08T22:00:00Z");
}

#[test]
fn a_window_on_a_day_on_which_clocks_change() {
    check_window("Europe/Prague", ("02:15", "02:45"), &[], &[], "2024-03-31T01:20:00Z", "open");
    check_window("Europe/Prague", ("02:15", "02:45"), &[], &[], "2024-03-31T00:20:00Z", "2024-03-31T01:15:00Z");
}

#[test]
fn a_random_length_stays_within_its_bounds_and_differs_by_enrolment() {
    let (earliest, latest) = (instant("2024-03-01T09:00:00Z"), instant("2024-03-01T10:00:00Z"));
    let step = StepId::new("wait").unwrap();
    let of = |enrolment: u128, visit: u32| between(earliest, latest, EnrolmentId(enrolment), &step, Visit(visit));
    let all: Vec<Timestamp> = (0..1000).map(|enrolment| of(enrolment, 1)).collect();
    assert!(all.iter().all(|at| (earliest..=latest).contains(at)));
    let early = all.iter().filter(|at| **at < instant("2024-03-01T09:30:00Z")).count();
    assert!((400..600).contains(&early), "{early} of 1000 in the first half");
    assert_eq!(of(7, 1), of(7, 1));
    assert_ne!(of(7, 1), of(7, 2));
    assert_eq!(between(earliest, earliest, EnrolmentId(1), &step, Visit(1)), earliest);
}
