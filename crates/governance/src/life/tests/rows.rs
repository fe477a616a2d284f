//! Rows 2 to 4, and which rows a category passes.

use crate::testing::check;

#[test]
fn nothing_stands_in_the_way() {
    check(
        "
        message promo
        2024-03-01T10:00Z ask promo
          promo/email released +outbox
        2024-03-01T10:00Z permit promo
          granted 1
          promo/email permitted
        2024-03-01T10:01Z settle promo accepted
          promo/email accepted -outbox
        2024-03-01T10:02Z ask promo
        2024-03-01T10:02Z ask promo#2
          promo#2/email released +outbox
        ",
    );
}

#[test]
fn a_message_takes_the_first_channel_that_reaches_the_customer() {
    check(
        "
        message promo channels=push,sms,email
        2024-03-01T10:00Z ask promo
          promo/sms released +outbox
        message alarm channels=pager,email
        2024-03-01T10:00Z ask alarm
          alarm/email released +outbox
        message urgent channels=pager,email role=urgent
        2024-03-01T10:00Z ask urgent
          urgent/pager released +outbox
        message device channels=push
        2024-03-01T10:00Z ask device
          device no_send unreachable
        2024-03-01T10:00Z visit device
          NotSent { reason: None }
        message other channels=pager
        2024-03-01T10:00Z ask other
          other no_send channel_role
        ",
    );
}

#[test]
fn an_unreachable_customer_is_waited_for_if_the_step_says_so() {
    check(
        "
        message promo channels=email,push on_unreachable=defer
        2024-03-01T10:00Z untrait email
        2024-03-01T10:00Z ask promo
          promo/email deferred unreachable next 2024-03-03T10:00
        2024-03-02T10:00Z trait email ada@example.com
          promo/email released +outbox
        message lost channels=push on_unreachable=defer
        2024-03-05T10:00Z ask lost
          lost/push deferred unreachable next 2024-03-07T10:00
        2024-03-07T10:00Z wake
          lost/push expired
        2024-03-07T10:00Z visit lost
          Failed { reason: Reason { code: MaxDefer, detail: \"\" } }
        ",
    );
}

#[test]
fn a_no_of_the_customer_is_final() {
    check(
        "
        message promo
        message letter topic=news
        2024-03-01T10:00Z ask letter
          letter/email dropped unsubscribed
        2024-03-01T10:00Z topic news subscribed
        2024-03-01T10:00Z ask letter#2
          letter#2/email released +outbox
        2024-03-01T10:00Z consent denied
          letter#2/email cancelled consent -outbox
        2024-03-01T10:00Z ask promo
          promo/email dropped consent
        2024-03-01T10:00Z visit promo
          NotSent { reason: Some(Reason { code: Consent, detail: \"`marketing` denied (test)\" }) }
        2024-03-02T10:00Z consent granted
        2024-03-02T10:00Z suppress email
        2024-03-02T10:00Z ask promo#2
          promo#2/email dropped suppression_list
        ",
    );
}

#[test]
fn a_category_passes_its_rows_only() {
    check(
        r#"
        policy {"id": "cap", "applies_to": "all", "checks": [{"frequency_cap": {"scope": "global", "limit": 0, "window": "rolling 1d"}}]}
        policy {"id": "night", "applies_to": "all", "checks": [{"quiet_hours": {"from": "21:00", "to": "08:00"}}]}
        policy {"id": "care", "applies_to": "all", "checks": [{"suppress_while": {"when": {"ticket": {"open": true}}}}]}
        message promo
        message service category=service
        message receipt category=transactional
        2024-03-01T10:00Z consent denied
        2024-03-01T10:00Z ticket open
        2024-03-01T10:00Z ask promo service receipt
          promo/email dropped consent
          service/email released +outbox
          receipt/email released +outbox
        2024-03-01T22:00Z permit service
          refused quiet_hours
          service/email deferred quiet_hours next 2024-03-02T08:00 -outbox
        2024-03-01T22:00Z permit receipt
          granted 1
          receipt/email permitted
        2024-03-01T22:00Z topic offers unsubscribed
          service/email cancelled unsubscribed
        2024-03-01T22:00Z ask service#2 receipt#2
          service#2/email dropped unsubscribed
          receipt#2/email released +outbox
        2024-03-01T22:00Z suppress email
          receipt/email unknown -outbox
          receipt#2/email cancelled suppression_list -outbox
        "#,
    );
}
