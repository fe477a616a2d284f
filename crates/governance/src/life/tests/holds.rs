//! Kill switches and pauses.

use crate::testing::check;

#[test]
fn a_pause_holds_everything_and_gives_the_time_to_wait_anew() {
    check(
        "
        message a
        message b
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T11:00Z pause customer 2024-03-09T10:00Z
          a/email deferred paused next 2024-03-09T10:00 -outbox
        2024-03-01T12:00Z ask b
          b/email deferred paused next 2024-03-09T10:00
        2024-03-05T12:00Z wake
        2024-03-09T10:00Z wake
          a/email released +outbox
          b/email released +outbox
        2024-03-11T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-11T10:01Z permit b
          refused max_defer
          b/email expired -outbox
        ",
    );
}

#[test]
fn a_pause_without_end_waits_for_a_person() {
    check(
        "
        message a
        2024-03-01T10:00Z pause channel email
        2024-03-01T10:00Z ask a
          a/email deferred paused
        2024-03-01T10:00Z next
          never
        2024-06-01T10:00Z resume
          a/email released +outbox
        ",
    );
}

#[test]
fn a_journey_and_a_channel_are_held_alone() {
    check(
        "
        message a
        message b
        message c channels=sms
        2024-03-01T10:00Z pause journey a
        2024-03-01T10:00Z pause channel sms
        2024-03-01T10:00Z ask a b c
          a/email deferred paused
          b/email released +outbox
          c/sms deferred paused
        ",
    );
}

#[test]
fn a_kill_switch_does_not_stop_the_time_to_wait() {
    check(
        "
        message a
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T11:00Z pause cluster
          a/email deferred kill_switch next 2024-03-03T10:00 -outbox
        2024-03-03T10:00Z wake
          a/email expired
        ",
    );
}

#[test]
fn an_attempting_send_is_held_with_its_place_and_goes_on() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 24h"}}]}
        message a
        message b on_capped=drop
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:01Z pause customer
          a/email held paused -outbox
        2024-03-01T10:02Z settle a failed
        2024-03-01T10:03Z permit a
          refused paused
        2024-03-04T10:03Z resume
          a/email released +outbox
        2024-03-04T10:03Z ask b
          b/email dropped frequency_cap
        2024-03-04T10:03Z permit a
          granted 2
          a/email permitted
        2024-03-04T10:04Z settle a accepted
          a/email accepted -outbox
        "#,
    );
}
