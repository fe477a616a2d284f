//! Frequency caps: rolling and calendar windows, scopes, what counts, and travelling.

use crate::testing::check;

#[test]
fn a_rolling_cap_counts_from_the_acceptance() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 24h"}}]}
        message a
        message b
        2024-03-01T10:00Z ask a b
          a/email released +outbox
          b/email deferred frequency_cap next 2024-03-03T10:00
        2024-03-01T12:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T12:01Z settle a accepted
          a/email accepted -outbox
        2024-03-01T12:01Z next
          2024-03-02T12:01
        2024-03-02T12:00Z wake
        2024-03-02T12:01Z wake
          b/email released +outbox
        "#,
    );
}

#[test]
fn a_place_that_is_returned_goes_to_who_waits() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 7d"}}]}
        message a priority=60
        message b
        message c
        2024-03-01T10:00Z ask a b c
          a/email released +outbox
          b/email deferred frequency_cap next 2024-03-03T10:00
          c/email deferred frequency_cap next 2024-03-03T10:00
        2024-03-01T11:00Z cancel a
          a/email cancelled exit_rule -outbox
          b/email released +outbox
        2024-03-01T11:00Z permit b
          granted 1
          b/email permitted
        2024-03-01T11:00Z settle b refused
          b/email failed provider -outbox
          c/email released +outbox
        "#,
    );
}

#[test]
fn a_calendar_cap_ends_at_the_customers_midnight() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "calendar day"}}]}
        message a
        message b
        message c on_capped=drop
        2024-03-30T09:00Z zone Europe/Berlin
        2024-03-30T10:00Z ask a
          a/email released +outbox
        2024-03-30T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-30T10:00Z settle a accepted
          a/email accepted -outbox
        2024-03-30T22:59Z ask b c
          b/email deferred frequency_cap next 2024-03-30T23:00
          c/email dropped frequency_cap
        2024-03-30T23:00Z wake
          b/email released +outbox
        "#,
    );
}

#[test]
fn travelling_buys_no_second_message() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "calendar day"}}]}
        message a
        message b
        2024-03-01T10:00Z zone America/Los_Angeles
        2024-03-01T20:00Z ask a
          a/email released +outbox
        2024-03-01T20:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T20:00Z settle a accepted
          a/email accepted -outbox
        2024-03-01T21:00Z zone Asia/Tokyo
        2024-03-01T21:00Z ask b
          b/email deferred frequency_cap next 2024-03-02T20:00
        2024-03-02T20:00Z wake
          b/email released +outbox
        "#,
    );
}

#[test]
fn scopes_count_apart_and_all_of_them_must_have_room() {
    check(
        r#"
        policy {"id": "caps", "checks": [{"frequency_cap": {"scope": "channel", "limit": 1, "window": "rolling 7d"}}, {"frequency_cap": {"scope": "global", "limit": 2, "window": "calendar week"}}]}
        policy {"id": "sms", "checks": [{"frequency_cap": {"scope": {"channel": "sms"}, "limit": 0, "window": "calendar month"}}]}
        message a policies=caps,sms channels=email
        message b policies=caps channels=sms
        message c policies=caps channels=email on_capped=drop
        message d policies=sms channels=sms on_capped=drop
        message e policies=caps channels=once on_capped=drop
        message f channels=email
        2024-03-01T10:00Z ask a b c d e f
          a/email released +outbox
          b/sms released +outbox
          c/email dropped frequency_cap
          d/sms dropped frequency_cap
          e/once dropped frequency_cap
          f/email released +outbox
        "#,
    );
}

#[test]
fn service_counts_only_where_the_policy_says_so_and_transactional_never() {
    check(
        r#"
        policy {"id": "with", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 7d", "count": ["service"]}}]}
        policy {"id": "without", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 7d"}}]}
        message service category=service
        message receipt category=transactional
        message a policies=with on_capped=drop
        message b policies=without on_capped=drop
        2024-03-01T10:00Z ask receipt
          receipt/email released +outbox
        2024-03-01T10:00Z ask service
          service/email released +outbox
        2024-03-01T10:00Z ask a
          a/email dropped frequency_cap
        2024-03-01T10:00Z ask b
          b/email released +outbox
        "#,
    );
}

#[test]
fn all_channels_take_a_place_each_in_the_order_of_the_list() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 2, "window": "rolling 7d"}}, {"min_gap": {"gap": "4h"}}]}
        message blast strategy=all channels=sms,push,email,once
        2024-03-01T10:00Z ask blast
          blast/sms released +outbox
          blast/push dropped unreachable
          blast/email released +outbox
          blast/once deferred frequency_cap next 2024-03-03T10:00
        2024-03-01T10:00Z visit blast
          Waiting
        2024-03-03T10:00Z wake
          blast/once expired
        "#,
    );
}

#[test]
fn a_dead_send_keeps_its_place_only_if_something_may_have_gone_out() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 7d"}}]}
        message a
        message b max_defer=10d
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:00Z settle a exhausted_in_doubt
          a/email dead next 2024-03-03T10:00 -outbox
        2024-03-01T10:00Z ask b
          b/email deferred frequency_cap next 2024-03-08T10:00
        2024-03-03T10:00Z wake
          a/email unknown
        2024-03-08T10:00Z wake
          b/email released +outbox
        2024-03-08T10:00Z permit b
          granted 1
          b/email permitted
        2024-03-08T10:00Z settle b exhausted
          b/email dead next 2024-03-11T10:00 -outbox
        2024-03-08T11:00Z ask a#2
          a#2/email released +outbox
        2024-03-08T12:00Z retry b
          b/email deferred operator next 2024-03-08T12:00
          b/email deferred frequency_cap next 2024-03-11T10:00
        "#,
    );
}
