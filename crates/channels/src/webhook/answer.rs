//! What an HTTP answer means for an attempt.
//!
//! | status | outcome |
//! |---|---|
//! | 2xx | accepted; `id` of a JSON body is the provider's message id |
//! | 401 403 407 | retry: our credentials are at fault, not the message; an operator mends them |
//! | 408 425 429, 5xx | retry, after `Retry-After` if given |
//! | 3xx, other 4xx | failed for good; 410 is the receiver's way of saying *never again* |

use std::time::Duration;

use baton_ports::channel::Outcome;
use jiff::{SignedDuration, Timestamp};
use reqwest::header::{HeaderMap, RETRY_AFTER};

/// The longest wait we let a provider ask for, so that a slip in its header does not park a message for years.
const RETRY_AFTER_MAX: Duration = Duration::from_hours(1);

/// How much of an answer's body is repeated as the reason. Longer bodies are cut.
const REASON_CHARS_MAX: usize = 200;

/// How much of a provider's message id is kept. Longer ids are not ids.
const MESSAGE_ID_BYTES_MAX: usize = 256;

pub(super) fn outcome(status: u16, headers: &HeaderMap, body: &[u8], attempted_at: Timestamp) -> Outcome {
    match status {
        200..=299 => Outcome::Accepted { provider_message_id: message_id(body) },
        401 | 403 | 407 | 408 | 425 | 429 | 500..=599 => {
            Outcome::RetryLater { reason: reason(status, body), after: retry_after(headers, attempted_at) }
        }
        _ => Outcome::FailedForGood { reason: reason(status, body) },
    }
}

fn message_id(body: &[u8]) -> Option<String> {
    let json: serde_json::Value = serde_json::from_slice(body).ok()?;
    json["id"].as_str().filter(|id| id.len() <= MESSAGE_ID_BYTES_MAX).map(str::to_owned)
}

fn reason(status: u16, body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let line: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).take(REASON_CHARS_MAX).collect();
    match line.trim() {
        "" => format!("answered {status}"),
        line => format!("answered {status}: {line}"),
    }
}

/// `Retry-After`, in seconds or as a date (RFC 9110 §10.2.3), counted from the start of the attempt.
fn retry_after(headers: &HeaderMap, attempted_at: Timestamp) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    let wait = match text.parse() {
        Ok(seconds) => SignedDuration::from_secs(seconds),
        Err(_) => jiff::fmt::rfc2822::parse(text).ok()?.timestamp().duration_since(attempted_at),
    };
    Some(Duration::try_from(wait).unwrap_or(Duration::ZERO).min(RETRY_AFTER_MAX))
}

#[cfg(test)]
mod tests;
