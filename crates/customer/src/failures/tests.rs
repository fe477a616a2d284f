//! Which failures park, and what lifts it.

use baton_model::history::InputNumber;
use baton_model::ids::DefinitionsVersion;
use baton_model::text_id::Owner;
use jiff::{SignedDuration, Timestamp};

use super::Failures;
use crate::{HistoryRow, Input};

/// Plays `inputs` (second, version, what) and tells since which second the customer is parked under the last one's version.
#[track_caller]
fn check(inputs: &[(i64, u64, &str)], parked_since: Option<i64>) {
    let start: Timestamp = "2024-01-08T09:00:00Z".parse().unwrap();
    let row = |(second, version, what): (i64, u64, &str)| {
        let input = match what {
            "fails" => Input::SetAside { event: None, dead_letter: format!("letter-{second}") },
            "resumed" => Input::Resumed { by: Owner::new("eve").unwrap(), reason: String::new() },
            "adopted" => Input::Adopted(DefinitionsVersion(version)),
            other => panic!("{other}"),
        };
        let at = start + SignedDuration::from_secs(second);
        HistoryRow { number: InputNumber(1), at, version: DefinitionsVersion(version), input }
    };
    let rows: Vec<HistoryRow> = inputs.iter().copied().map(row).collect();
    let failures = Failures::of_rows(&rows);
    let parked = failures.parked_under(rows.last().unwrap().version);
    let since = parked.map(|parked| parked.since.duration_since(start).as_secs());
    assert_eq!(since, parked_since, "{inputs:?}");
    assert_eq!(parked.map(|parked| parked.dead_letter.clone()), parked_since.map(|second| format!("letter-{second}")));
}

#[test]
fn the_third_failure_within_a_minute_parks() {
    check(&[(0, 1, "fails"), (30, 1, "fails")], None);
    check(&[(0, 1, "fails"), (30, 1, "fails"), (60, 1, "fails")], Some(60));
    check(&[(0, 1, "fails"), (30, 1, "fails"), (61, 1, "fails")], None);
    check(&[(0, 1, "fails"), (30, 1, "fails"), (61, 1, "fails"), (80, 1, "fails")], Some(80));
    check(&[(0, 1, "fails"), (1, 1, "adopted"), (2, 1, "fails"), (3, 1, "fails")], Some(3));
}

#[test]
fn other_documents_and_a_person_lift_it_and_failures_count_anew() {
    let three = [(0, 1, "fails"), (1, 1, "fails"), (2, 1, "fails")];
    let and = |more: &[(i64, u64, &'static str)]| [&three[..], more].concat();
    check(&and(&[(3, 2, "adopted")]), None);
    check(&and(&[(3, 2, "fails"), (4, 2, "fails")]), None);
    check(&and(&[(3, 2, "fails"), (4, 2, "fails"), (5, 2, "fails")]), Some(5));
    check(&and(&[(3, 1, "resumed")]), None);
    check(&and(&[(3, 1, "resumed"), (4, 1, "fails"), (5, 1, "fails")]), None);
    check(&and(&[(500, 1, "fails")]), Some(2));
}
