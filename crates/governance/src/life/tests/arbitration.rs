//! Who gets the place when there is one too few.

use crate::testing::check;

const CAP: &str = r#"policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 24h"}}]}"#;

fn check_capped(text: &str) {
    check(&format!("        {CAP}\n{text}"));
}

#[test]
fn the_higher_priority_comes_first_within_a_round() {
    check_capped(
        "
        message low priority=10 on_capped=drop
        message high priority=90
        2024-03-01T10:00Z ask low high
          high/email released +outbox
          low/email dropped frequency_cap
        ",
    );
}

#[test]
fn a_released_send_yields_to_a_higher_one_and_comes_back() {
    check_capped(
        "
        message low priority=10
        message high priority=90
        message same priority=90
        2024-03-01T10:00Z ask low
          low/email released +outbox
        2024-03-01T10:30Z ask high
          high/email released +outbox
          low/email deferred outranked next 2024-03-03T10:00 -outbox
        2024-03-01T10:30Z ask same
          same/email deferred frequency_cap next 2024-03-03T10:30
        2024-03-01T11:00Z cancel high
          high/email cancelled exit_rule -outbox
          same/email released +outbox
        2024-03-01T12:00Z cancel same
          same/email cancelled exit_rule -outbox
          low/email released +outbox
        ",
    );
}

#[test]
fn a_send_whose_attempt_has_begun_keeps_its_place() {
    check_capped(
        "
        message low priority=10
        message high priority=90
        2024-03-01T10:00Z ask low
          low/email released +outbox
        2024-03-01T10:00Z permit low
          granted 1
          low/email permitted
        2024-03-01T10:30Z ask high
          high/email deferred frequency_cap next 2024-03-03T10:30
        2024-03-01T10:31Z settle low accepted
          low/email accepted -outbox
        2024-03-01T10:31Z next
          2024-03-02T10:31
        ",
    );
}

#[test]
fn a_send_released_under_an_earlier_activation_counts_as_attempting() {
    check_capped(
        "
        message low priority=10
        message high priority=90
        2024-03-01T10:00Z ask low
          low/email released +outbox
        2024-03-01T10:00Z epoch 2
        2024-03-01T10:30Z ask high
          high/email deferred frequency_cap next 2024-03-03T10:30
        2024-03-01T10:40Z permit low
          granted 2
          low/email permitted
        ",
    );
}

#[test]
fn no_more_yield_than_needed() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "channel", "limit": 1, "window": "rolling 24h"}}, {"frequency_cap": {"scope": "global", "limit": 2, "window": "rolling 24h"}}]}
        message a priority=10 channels=email on_capped=drop
        message b priority=20 channels=sms
        message high priority=90 channels=sms
        2024-03-01T10:00Z ask a b
          b/sms released +outbox
          a/email released +outbox
        2024-03-01T10:30Z ask high
          high/sms released +outbox
          b/sms deferred outranked next 2024-03-03T10:00 -outbox
        "#,
    );
}

#[test]
fn either_every_cap_has_a_place_or_nobody_yields() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 24h"}}]}
        policy {"id": "sms", "applies_to": "all", "checks": [{"frequency_cap": {"scope": {"channel": "sms"}, "limit": 0, "window": "rolling 24h"}}]}
        message low priority=10
        message high priority=90 channels=sms
        2024-03-01T10:00Z ask low
          low/email released +outbox
        2024-03-01T10:30Z ask high
          high/sms deferred frequency_cap next 2024-03-03T10:30
        "#,
    );
}

#[test]
fn a_place_is_kept_for_a_higher_one_that_is_due_soon() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 24h", "look_ahead": "2h"}}]}
        policy {"id": "night", "checks": [{"quiet_hours": {"from": "21:00", "to": "08:00"}}]}
        message high priority=90 policies=night
        message low priority=10
        2024-03-01T05:00Z ask high
          high/email deferred quiet_hours next 2024-03-01T08:00
        2024-03-01T06:00Z ask low
          low/email deferred outranked next 2024-03-01T08:00
        2024-03-01T08:00Z wake
          high/email released +outbox
        2024-03-01T08:00Z next
          2024-03-03T06:00
        2024-03-01T09:00Z cancel high
          high/email cancelled exit_rule -outbox
          low/email released +outbox
        "#,
    );
}

#[test]
fn who_kept_a_distance_from_a_displaced_send_has_another_turn() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 2, "window": "rolling 24h"}}]}
        policy {"id": "matrix", "applies_to": "all", "checks": [{"spacing": {"channel": "sms", "after": ["email"], "gap": "1h"}}]}
        message low priority=10
        message far priority=95 channels=once
        message mid priority=60 channels=sms
        message high priority=50 channels=once
        2024-03-01T10:00Z ask low far
          far/once released +outbox
          low/email released +outbox
        2024-03-01T10:01Z ask mid high
          mid/sms deferred min_gap next 2024-03-03T10:01
          high/once released +outbox
          low/email deferred outranked next 2024-03-03T10:00 -outbox
          mid/sms released +outbox
          high/once deferred outranked next 2024-03-03T10:01 -outbox
        "#,
    );
}
