//! Another channel for the same visit is another send.

use crate::testing::check;

#[test]
fn a_capped_message_tries_the_next_channel_that_reaches_the_customer() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "channel", "limit": 1, "window": "rolling 24h"}}]}
        message a channels=email,push,sms on_capped=alternate
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z ask a#2
          a#2/email dropped frequency_cap
          a#2/sms released +outbox
        2024-03-01T10:00Z ask a#3
          a#3/email dropped frequency_cap
          a#3/sms dropped frequency_cap
        2024-03-01T10:00Z visit a#2
          Waiting
        "#,
    );
}

#[test]
fn a_failed_message_tries_the_next_channel() {
    check(
        "
        message a channels=email,sms on_failed=alternate max_defer=1h
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:00Z permit a
          granted 1
          a/email permitted
        2024-03-01T10:10Z settle a refused
          a/email failed provider -outbox
          a/sms released +outbox
        2024-03-01T11:30Z permit a/sms
          refused max_defer
          a/sms expired -outbox
        2024-03-01T11:30Z visit a
          Failed { reason: Reason { code: MaxDefer, detail: \"\" } }
        ",
    );
}

#[test]
fn an_address_that_goes_away_makes_way_for_the_next_channel() {
    check(
        "
        message a channels=email,sms
        2024-03-01T10:00Z ask a
          a/email released +outbox
        2024-03-01T10:10Z untrait email
          a/email dropped unreachable -outbox
          a/sms released +outbox
        2024-03-01T10:20Z untrait phone
          a/sms dropped unreachable -outbox
        2024-03-01T10:20Z visit a
          NotSent { reason: Some(Reason { code: Unreachable, detail: \"no address for `sms`\" }) }
        ",
    );
}

#[test]
fn a_message_to_all_channels_has_no_other() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 1, "window": "rolling 24h"}}]}
        message a strategy=all channels=email,sms on_capped=alternate
        2024-03-01T10:00Z ask a
          a/email released +outbox
          a/sms dropped frequency_cap
        "#,
    );
}
