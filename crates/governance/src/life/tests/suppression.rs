//! Silence while a rule holds.

use crate::testing::check;

#[test]
fn a_ticket_between_release_and_attempt_holds_the_message() {
    check(
        r#"
        message b
        policy {"id": "care", "applies_to": "all", "checks": [{"suppress_while": {"when": {"ticket": {"open": true}}, "exempt": {"journeys": ["b"]}}}]}
        message a
        2024-03-01T10:00Z ask a b
          b/email released +outbox
          a/email released +outbox
        2024-03-01T10:01Z ticket open
          a/email deferred suppress_while next 2024-03-03T10:00 -outbox
        2024-03-01T12:00Z ticket resolved
          a/email released +outbox
        2024-03-01T12:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T12:01Z ticket open
          a/email held suppress_while next 2024-03-03T10:00 -outbox
        2024-03-03T10:00Z wake
          a/email unknown
        "#,
    );
}

#[test]
fn the_policy_says_what_happens_else_the_step() {
    check(
        r#"
        policy {"id": "drop", "checks": [{"suppress_while": {"when": {"ticket": {"open": true}}, "action": "drop"}}]}
        policy {"id": "open", "checks": [{"suppress_while": {"when": {"ticket": {"open": true}}}}]}
        message a policies=drop on_suppressed=defer
        message b policies=open on_suppressed=drop
        message c policies=open,drop
        message d policies=open
        2024-03-01T10:00Z ticket open
        2024-03-01T10:00Z ask a b c d
          a/email dropped suppress_while
          b/email dropped suppress_while
          c/email dropped suppress_while
          d/email deferred suppress_while next 2024-03-03T10:00
        "#,
    );
}

#[test]
fn silence_lasts_for_the_cool_down() {
    check(
        r#"
        policy {"id": "care", "applies_to": "all", "checks": [{"suppress_while": {"when": {"ticket": {"open": true}}, "resume": "24h"}}]}
        message a
        2024-03-01T10:00Z ticket open
        2024-03-01T12:00Z ticket resolved
        2024-03-02T10:00Z ask a
          a/email deferred suppress_while next 2024-03-02T12:00
        2024-03-02T12:00Z wake
          a/email released +outbox
        "#,
    );
}

#[test]
fn a_rule_that_ends_by_itself_wakes_what_it_held() {
    check(
        r#"
        policy {"id": "calm", "checks": [{"suppress_while": {"when": {"did": {"event": "Complaint", "within": "2h"}}, "resume": "3h"}}]}
        message b policies=calm
        2024-03-01T10:00Z event Complaint
        2024-03-01T10:00Z next
          2024-03-01T12:00
        2024-03-01T10:00Z ask b
          b/email deferred suppress_while next 2024-03-01T15:00
        2024-03-01T12:00Z wake
          b/email deferred suppress_while next 2024-03-01T15:00
        2024-03-01T15:00Z wake
          b/email released +outbox
        "#,
    );
}

#[test]
fn a_window_of_events_holds_until_the_last_leaves_it() {
    check(
        r#"
        policy {"id": "fresh", "applies_to": "all", "checks": [{"suppress_while": {"when": {"did": {"event": "Bought", "within": "24h"}}}}]}
        message a
        2024-03-01T10:00Z event Bought
        2024-03-01T18:00Z event Bought
        2024-03-01T20:00Z ask a
          a/email deferred suppress_while next 2024-03-02T18:00
        2024-03-02T12:00Z event Bought
        2024-03-02T12:00Z next
          2024-03-03T12:00
        2024-03-03T12:00Z wake
          a/email released +outbox
        "#,
    );
}
