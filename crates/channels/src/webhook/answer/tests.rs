//! The table of status codes.

use super::*;

fn check(status: u16, retry_after: Option<&str>, body: &str, expected: &str) {
    let mut headers = HeaderMap::new();
    if let Some(text) = retry_after {
        headers.insert(RETRY_AFTER, text.parse().unwrap());
    }
    let attempted_at: Timestamp = "1994-11-06T08:49:00Z".parse().unwrap();
    let outcome = outcome(status, &headers, body.as_bytes(), attempted_at);
    let got = match &outcome {
        Outcome::Accepted { provider_message_id: id } => format!("accepted {}", id.as_deref().unwrap_or("-")),
        Outcome::FailedForGood { reason } => format!("failed {reason}"),
        Outcome::RetryLater { reason, after: None } => format!("retry {reason}"),
        Outcome::RetryLater { reason, after: Some(after) } => format!("retry {reason} after {}", after.as_secs()),
        Outcome::Unknown { reason } => format!("unknown {reason}"),
    };
    assert_eq!(got, expected);
}

#[test]
fn every_status_has_one_meaning() {
    check(200, None, "", "accepted -");
    check(202, None, r#"{"id": "m-1"}"#, "accepted m-1");
    check(204, Some("5"), "", "accepted -");
    check(200, None, r#"{"id": 7}"#, "accepted -");
    check(301, None, "", "failed answered 301");
    check(400, None, "no such\r\ndevice", "failed answered 400: no such  device");
    check(404, None, "", "failed answered 404");
    check(410, Some("5"), "", "failed answered 410");
    check(422, None, &"x".repeat(1000), &format!("failed answered 422: {}", "x".repeat(REASON_CHARS_MAX)));
    for status in [401, 403, 407, 408, 425, 429, 500, 502, 503, 504, 599] {
        check(status, None, "", &format!("retry answered {status}"));
    }
}

#[test]
fn retry_after_is_seconds_or_a_date_within_bounds() {
    check(429, Some("7"), "", "retry answered 429 after 7");
    check(503, Some("Sun, 06 Nov 1994 08:49:37 GMT"), "", "retry answered 503 after 37");
    check(503, Some("Sun, 06 Nov 1994 08:48:37 GMT"), "", "retry answered 503 after 0");
    check(503, Some("-3"), "", "retry answered 503 after 0");
    check(503, Some("99999999999"), "", "retry answered 503 after 3600");
    check(503, Some("soon"), "", "retry answered 503");
}
