//! Quiet hours where the customer is, or may be.

use crate::testing::check;

#[test]
fn a_message_waits_for_the_morning() {
    check(
        r#"
        policy {"id": "night", "applies_to": "all", "checks": [{"quiet_hours": {"from": "21:00", "to": "08:00", "exempt": {"roles": ["urgent"]}}}, {"quiet_hours": {"from": "08:00", "to": "10:00", "days": ["sat", "sun"], "channels": ["sms"]}}]}
        message a
        message b channels=sms
        message c role=urgent
        2024-03-01T10:00Z zone Europe/Berlin
        2024-03-01T19:59Z ask a
          a/email released +outbox
        2024-03-01T20:00Z permit a
          refused quiet_hours
          a/email deferred quiet_hours next 2024-03-02T07:00 -outbox
        2024-03-01T20:00Z ask b c
          b/sms deferred quiet_hours next 2024-03-02T09:00
          c/email released +outbox
        2024-03-02T07:00Z wake
          a/email released +outbox
          b/sms deferred quiet_hours next 2024-03-02T09:00
        2024-03-02T09:00Z wake
          b/sms released +outbox
        "#,
    );
}

#[test]
fn an_attempting_send_is_held_until_the_opening() {
    check(
        r#"
        policy {"id": "night", "applies_to": "all", "checks": [{"quiet_hours": {"from": "21:00", "to": "08:00"}}]}
        message a
        2024-03-01T20:50Z ask a
          a/email released +outbox
        2024-03-01T20:50Z permit a
          granted 1
          a/email permitted
        2024-03-01T21:05Z settle a failed
        2024-03-01T21:10Z permit a
          refused quiet_hours
          a/email held quiet_hours next 2024-03-02T08:00 -outbox
        2024-03-02T08:00Z wake
          a/email released +outbox
        2024-03-02T08:00Z permit a
          granted 2
          a/email permitted
        "#,
    );
}

#[test]
fn a_message_may_be_dropped_instead_and_does_not_wait_for_ever() {
    check(
        r#"
        policy {"id": "drop", "checks": [{"quiet_hours": {"from": "21:00", "to": "08:00", "action": "drop"}}]}
        policy {"id": "never", "checks": [{"quiet_hours": {"from": "00:00", "to": "00:00"}}]}
        message a policies=drop
        message b policies=never
        2024-03-01T21:00Z ask a b
          a/email dropped quiet_hours
          b/email deferred quiet_hours next 2024-03-03T21:00
        2024-03-03T21:00Z wake
          b/email expired
        "#,
    );
}

#[test]
fn an_assumed_zone_must_be_open_everywhere_in_the_country() {
    check(
        r#"
        policy {"id": "night", "applies_to": "all", "checks": [{"quiet_hours": {"from": "21:00", "to": "08:00"}}]}
        message a
        message b zone=Pacific/Honolulu
        2024-03-01T00:00Z zone UTC assumed
        2024-03-01T09:00Z ask a
          a/email released +outbox
        2024-03-01T09:00Z trait locale en-AU
        2024-03-01T12:00Z ask a#2 b
          a#2/email deferred quiet_hours next 2024-03-02T08:00
          b/email deferred quiet_hours next 2024-03-02T00:00
        2024-03-01T13:00Z zone Europe/London
          a#2/email released +outbox
          b/email released +outbox
        "#,
    );
}

#[test]
fn a_country_has_hours_of_its_own() {
    check(
        r#"
        policy {"id": "fr", "applies_to": "all", "checks": [{"quiet_hours": {"from": "00:00", "to": "00:00", "days": ["sun"], "countries": ["fr"]}}]}
        message a
        2024-03-03T10:00Z trait locale en-GB
        2024-03-03T10:00Z ask a
          a/email released +outbox
        2024-03-03T10:00Z trait locale fr-FR
        2024-03-03T10:00Z ask a#2
          a#2/email deferred quiet_hours next 2024-03-04T00:00
        2024-03-03T10:00Z trait locale fr
        "#,
    );
}
