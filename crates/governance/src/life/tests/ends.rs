//! Exit, erasure and withdrawal end what is pending.

use crate::testing::check;

#[test]
fn an_exit_cancels_what_was_not_attempted_and_what_surely_failed() {
    check(
        "
        message a strategy=all channels=email,sms,once
        2024-03-01T10:00Z ask a
          a/email released +outbox
          a/sms released +outbox
          a/once released +outbox
        2024-03-01T10:00Z permit a/sms
          granted 1
          a/sms permitted
        2024-03-01T10:00Z settle a/sms failed
        2024-03-01T10:00Z permit a/once
          granted 1 record_first
          a/once permitted
        2024-03-01T10:01Z cancel a
          a/sms cancelled exit_rule -outbox
          a/email cancelled exit_rule -outbox
          a/once unknown -outbox
        2024-03-01T10:02Z settle a/once accepted
          a/once accepted_after_exit
        2024-03-01T10:03Z settle a/email refused
        2024-03-01T10:04Z report a/sms delivered
          learnt
          a/sms accepted_after_exit
        ",
    );
}

#[test]
fn a_send_of_an_earlier_activation_may_have_gone_out() {
    check(
        "
        message a
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z epoch 2
        2024-03-01T10:01Z cancel a
          a/email unknown -outbox
        ",
    );
}

#[test]
fn erasure_ends_everything() {
    check(
        "
        message a
        message b category=transactional
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:00Z settle a exhausted
          a/email dead next 2024-03-03T10:00 -outbox
        2024-03-01T10:00Z ask b
          b/email released +outbox
        2024-03-01T10:01Z erase
          a/email cancelled erased
          b/email cancelled erased -outbox
        2024-03-01T10:01Z ask b#2
          b#2/email dropped erased
        ",
    );
}

#[test]
fn a_step_that_is_no_longer_there_sends_nothing() {
    check(
        "
        message a
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:01Z unpublish a
          a/email dropped internal -outbox
        2024-03-01T10:01Z ask a#2
          a#2 no_send internal
        ",
    );
}

#[test]
fn a_dead_send_does_not_wait_for_ever() {
    check(
        "
        message a channels=email,sms on_failed=alternate
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:00Z settle a exhausted
          a/email dead next 2024-03-03T10:00 -outbox
        2024-03-02T10:00Z wake
        2024-03-03T10:00Z wake
          a/email expired
          a/sms released +outbox
        ",
    );
}
