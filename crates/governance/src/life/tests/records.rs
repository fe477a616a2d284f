//! What is written down about a decision.

use std::fmt::Write as _;

use baton_model::ids::SendId;

use crate::ledger::Ledger;
use crate::life::decide;
use crate::testing::{Stage, intent};

/// The checks of the first thing that the last line decides.
#[track_caller]
fn check(setup: &[&str], ask: &str, expected: &[&str]) {
    let mut stage = Stage::default();
    for line in setup {
        stage.play(line);
    }
    let decided = stage.with_world(|ledger, world, budget| decide(&[intent(ask)], ledger, world, budget));
    let checks = decided[0].checks.iter().map(|check| {
        let mut line = format!("{} {}", if check.passed { "✓" } else { "✗" }, check.name);
        if !check.detail.is_empty() {
            write!(line, ": {}", check.detail).unwrap();
        }
        if check.explain.is_some() {
            line.push_str(" (rule)");
        }
        line
    });
    assert_eq!(checks.collect::<Vec<_>>(), expected);
}

const POLICIES: [&str; 4] = [
    r#"policy {"id": "caps", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 7d"}}]}"#,
    r#"policy {"id": "care", "applies_to": "all", "checks": [{"suppress_while": {"when": {"ticket": {"open": true}}}}]}"#,
    r#"policy {"id": "gap", "applies_to": "all", "checks": [{"spacing": {"channel": "email", "after": ["sms"], "gap": "1h"}}]}"#,
    r#"policy {"id": "night", "applies_to": "all", "checks": [{"quiet_hours": {"from": "21:00", "to": "08:00"}}]}"#,
];

#[test]
fn every_check_is_recorded_in_the_order_of_the_rows() {
    let mut setup = POLICIES.to_vec();
    setup.extend(["message a", "2024-03-01T10:00Z zone Europe/Berlin"]);
    let before_caps = [
        "✓ holds",
        "✓ ended",
        "✓ reachability: email",
        "✓ erased",
        "✓ suppression_list",
        "✓ consent: `marketing` granted (test)",
        "✓ subscription: `offers` subscribed by default",
        "✓ suppress_while care (rule)",
        "✓ spacing gap",
        "✓ quiet_hours night: zone Europe/Berlin",
    ];
    let free = [&before_caps[..], &["✓ frequency_cap caps: 0 of 1 in rolling P7D", "✓ arbitration"]].concat();
    check(&setup, "a", &free);

    setup.extend(["message b", "2024-03-01T10:01Z ask a"]);
    let full = [
        &before_caps[..],
        &[
            "✗ frequency_cap caps: 1 of 1 in rolling P7D",
            "✗ arbitration: no message of lower priority is waiting to be sent",
        ],
    ]
    .concat();
    check(&setup, "b", &full);
}

#[test]
fn a_refusal_is_the_last_check_and_names_its_rule() {
    let mut setup = POLICIES.to_vec();
    setup.extend(["message a", "2024-03-01T10:00Z ticket open"]);
    let refused = [
        "✓ holds",
        "✓ ended",
        "✓ reachability: email",
        "✓ erased",
        "✓ suppression_list",
        "✓ consent: `marketing` granted (test)",
        "✓ subscription: `offers` subscribed by default",
        "✗ suppress_while care: `care` (rule)",
    ];
    check(&setup, "a", &refused);
    setup.push("2024-03-01T10:00Z pause cluster");
    check(&setup, "a", &["✗ holds: cluster held by eve: incident"]);
}

#[test]
fn an_assumed_zone_is_on_record() {
    let setup =
        [POLICIES[3], "message a", "2024-03-01T22:00Z zone UTC assumed", "2024-03-01T22:00Z trait locale de-DE"];
    let refused = [
        "✓ holds",
        "✓ ended",
        "✓ reachability: email",
        "✓ erased",
        "✓ suppression_list",
        "✓ consent: `marketing` granted (test)",
        "✓ subscription: `offers` subscribed by default",
        "✗ quiet_hours night: `night` 21:00–08:00, zone_assumed: UTC and 2 of the country",
    ];
    check(&setup, "a", &refused);
}

#[test]
fn a_customer_has_so_many_pending_sends_and_no_more() {
    let mut stage = Stage::default();
    stage.play("message a");
    for visit in 1..=Ledger::PENDING_MAX {
        let said = stage.play(&format!("2024-03-01T10:00Z ask a#{visit}"));
        assert!(said[0].contains("released"), "{said:?}");
    }
    let said = stage.play("2024-03-01T10:00Z ask a#101");
    assert_eq!(said, ["a#101 no_send pending_sends"]);
}

#[test]
fn a_ledger_comes_back_as_it_was_and_forgets_what_is_old() {
    let mut stage = Stage::default();
    let lines = [
        "message a",
        "2024-03-01T10:00Z ask a",
        "2024-03-01T10:00Z permit a",
        "2024-03-01T10:00Z settle a accepted",
        "2024-03-02T10:00Z ask a#2",
        "2024-03-02T10:00Z permit a#2",
        "2024-03-02T10:00Z settle a#2 accepted",
        "2024-03-02T10:00Z ask a#3",
    ];
    for line in lines {
        stage.play(line);
    }
    let ledger = stage.ledger.as_ref().clone();
    let sends = ledger.sends().values().cloned();
    let cooldowns = ledger.cooldowns().iter().map(|(id, cooldown)| (id.clone(), *cooldown));
    let mut restored = Ledger::restore(sends, cooldowns);
    assert_eq!(restored, ledger);

    assert_eq!(restored.forget("2024-03-02T00:00:00Z".parse().unwrap()), 1);
    assert_eq!(restored.sends().len(), 2);
    // What is pending stays, however old.
    assert_eq!(restored.forget("2025-01-01T00:00:00Z".parse().unwrap()), 1);
    let left: Vec<SendId> = restored.sends().keys().copied().collect();
    assert_eq!(left, restored.pending().map(|send| send.id).collect::<Vec<_>>());
    assert_eq!(restored, Ledger::restore(restored.sends().values().cloned(), []));
}
