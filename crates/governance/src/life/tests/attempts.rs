//! Permits, outcomes and reports.

use crate::testing::check;

#[test]
fn an_attempt_that_failed_is_followed_by_another_with_the_same_id() {
    check(
        "
        message a
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:01Z settle a failed
        2024-03-01T10:02Z permit a
          granted 2
          a/email permitted
        2024-03-01T10:02Z settle a refused
          a/email failed provider -outbox
        2024-03-01T10:03Z settle a refused
        2024-03-01T10:03Z permit a
          gone
        2024-03-01T10:03Z visit a
          Failed { reason: Reason { code: Provider, detail: \"550\" } }
        ",
    );
}

#[test]
fn a_refusal_after_an_attempt_in_doubt_is_unknown() {
    check(
        "
        message a
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:01Z settle a in_doubt
        2024-03-01T10:02Z permit a
          granted 2
          a/email permitted
        2024-03-01T10:02Z settle a refused
          a/email unknown -outbox
        2024-03-01T10:02Z visit a
          Accepted { at: 2024-03-01T10:02:00Z }
        2024-03-01T11:00Z report a delivered
          learnt
          a/email accepted
        2024-03-01T11:00Z report a delivered
          known
        2024-03-01T11:30Z report a opened
          learnt
        2024-03-01T11:30Z report a failed
          known
        ",
    );
}

#[test]
fn an_at_most_once_channel_never_repeats_an_attempt() {
    check(
        "
        message a channels=once
        2024-03-01T10:00Z ask a
          a/once released +outbox
        2024-03-01T10:00Z epoch 2
        2024-03-01T10:00Z permit a
          granted 1 record_first
          a/once permitted
        2024-03-01T10:00Z epoch 3
        2024-03-01T10:01Z permit a
          refused provider
          a/once unknown -outbox
        message b channels=once
        2024-03-01T10:00Z ask b
          b/once released +outbox
        2024-03-01T10:00Z permit b
          granted 1 record_first
          b/once permitted
        2024-03-01T10:01Z settle b in_doubt
          b/once unknown -outbox
        message c channels=once
        2024-03-01T10:00Z ask c
          c/once released +outbox
        2024-03-01T10:00Z permit c
          granted 1 record_first
          c/once permitted
        2024-03-01T10:01Z settle c failed
          c/once failed provider -outbox
        ",
    );
}

#[test]
fn a_guard_is_asked_before_the_attempt() {
    check(
        "
        message a guard=customer.traits.plan=='pro'
        2024-03-01T10:00Z trait plan pro
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z ask a#2
          a#2/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:00Z trait plan free
        2024-03-01T10:01Z permit a#2
          refused guard
          a#2/email guard_false -outbox
        2024-03-01T10:01Z permit a
          refused guard
          a/email unknown -outbox
        2024-03-01T10:02Z settle a accepted
          a/email accepted_after_exit
        ",
    );
}

#[test]
fn a_template_that_cannot_be_rendered_ends_the_send() {
    check(
        "
        message a
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:00Z settle a render_error
          a/email render_error render -outbox
        ",
    );
}

#[test]
fn a_permit_comes_too_late() {
    check(
        "
        message a max_defer=1h
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T11:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T11:00Z settle a failed
        2024-03-01T11:01Z permit a
          refused max_defer
          a/email expired -outbox
        ",
    );
}

#[test]
fn a_dead_send_waits_for_an_operator() {
    check(
        "
        message a
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z ask a#2
          a#2/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:00Z settle a exhausted
          a/email dead next 2024-03-03T10:00 -outbox
        2024-03-01T10:00Z settle a#2 exhausted
          a#2/email dead next 2024-03-03T10:00 -outbox
        2024-03-01T10:00Z visit a
          Waiting
        2024-03-01T11:00Z retry a
          a/email deferred operator next 2024-03-01T11:00
          a/email released +outbox
        2024-03-01T11:00Z drop a#2
          a#2/email dropped operator
        2024-03-01T11:00Z visit a#2
          Failed { reason: Reason { code: Operator, detail: \"dropped by eve\" } }
        2024-03-01T11:00Z drop a
        ",
    );
}

#[test]
fn a_bounce_proves_nothing_and_a_lost_address_holds_the_next_attempt() {
    check(
        "
        message a
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:00Z settle a failed
        2024-03-01T10:01Z untrait email
          a/email held unreachable next 2024-03-03T10:00 -outbox
        2024-03-01T10:02Z report a bounced
          learnt
        2024-03-01T10:02Z permit a
          refused unreachable
        2024-03-01T10:03Z trait email ada@example.com
          a/email released +outbox
        2024-03-01T10:04Z untrait email
          a/email held unreachable next 2024-03-03T10:00 -outbox
        2024-03-03T10:00Z wake
          a/email expired
        ",
    );
}

#[test]
fn nobody_repeats_what_was_at_most_once() {
    check(
        "
        message a channels=once
        message b channels=once
        2024-03-01T10:00Z ask a b
          a/once released +outbox
          b/once released +outbox
        2024-03-01T10:00Z permit a
          granted 1 record_first
          a/once permitted
        2024-03-01T10:00Z settle a exhausted
          a/once failed provider -outbox
        2024-03-01T10:00Z permit b
          granted 1 record_first
          b/once permitted
        2024-03-01T10:00Z settle b exhausted_in_doubt
          b/once unknown -outbox
        ",
    );
}
