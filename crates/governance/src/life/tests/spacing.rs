//! Messages keep a distance.

use crate::testing::check;

#[test]
fn a_gap_counts_from_the_acceptance_and_waits_for_it() {
    check(
        r#"
        policy {"id": "gap", "applies_to": "all", "checks": [{"min_gap": {"gap": "4h"}}]}
        message a
        message b
        message c category=service
        2024-03-01T10:00Z ask a b c
          a/email released +outbox
          b/email deferred min_gap next 2024-03-03T10:00
          c/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T11:00Z settle a accepted
          a/email accepted -outbox
          b/email deferred min_gap next 2024-03-01T15:00
        2024-03-01T14:59Z wake
        2024-03-01T15:00Z wake
          b/email released +outbox
        "#,
    );
}

#[test]
fn the_same_local_day_ends_at_midnight() {
    check(
        r#"
        policy {"id": "gap", "applies_to": "all", "checks": [{"min_gap": {"gap": "local day", "scope": "channel"}}]}
        message a
        message b
        message c channels=sms
        2024-03-01T09:00Z zone Asia/Tokyo
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:00Z settle a accepted
          a/email accepted -outbox
        2024-03-01T10:00Z ask b c
          b/email deferred min_gap next 2024-03-01T15:00
          c/sms released +outbox
        2024-03-01T15:00Z wake
          b/email released +outbox
        "#,
    );
}

#[test]
fn channels_keep_their_own_distances() {
    check(
        r#"
        policy {"id": "matrix", "applies_to": "all", "checks": [{"spacing": {"channel": "sms", "after": ["email"], "gap": "2h", "action": "drop"}}]}
        message a
        message b channels=sms
        message c
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z ask b c
          b/sms dropped min_gap
          c/email released +outbox
        "#,
    );
}
