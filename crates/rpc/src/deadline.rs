//! How long a call may take: what the client says in `grpc-timeout`, less a margin for the answer to arrive, and never
//! longer than a bound.

use std::future::Future;
use std::time::Duration;

use tokio::time::Instant;
use tonic::metadata::MetadataMap;

use crate::request::RequestError;

/// The longest that a call about customers, sends or documents may take. It outlives an election; what takes longer hangs.
pub(crate) const CALL_MAX: Duration = Duration::from_secs(30);

/// The longest that a call over the whole cluster may take: it walks every customer, or steps through months.
pub(crate) const WALK_MAX: Duration = Duration::from_hours(1);

/// A part of the client's time that is kept for the way back: a tenth, and at most [`MARGIN_MAX`].
const MARGIN_DIVISOR: u32 = 10;

/// The most time that is kept for the way back.
const MARGIN_MAX: Duration = Duration::from_millis(100);

/// The most digits that gRPC allows in a timeout.
const DIGITS_MAX: usize = 8;

/// When a call must be answered.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Deadline(Instant);

impl Deadline {
    /// The deadline of a call with that metadata that began now.
    pub(crate) fn of(metadata: &MetadataMap, call_max: Duration) -> Result<Self, RequestError> {
        let asked = match metadata.get("grpc-timeout") {
            None => call_max,
            Some(value) => {
                let text = value.to_str().unwrap_or_default();
                parse(text).ok_or_else(|| RequestError::Timeout { text: text.to_owned() })?
            }
        };
        Ok(Self::after(shrink(asked).min(call_max)))
    }

    /// The deadline that is `duration` from now.
    pub(crate) fn after(duration: Duration) -> Self {
        Self(Instant::now() + duration)
    }

    /// This deadline, or that of `duration` from now if it is earlier.
    pub(crate) fn within(self, duration: Duration) -> Self {
        Self(self.0.min(Instant::now() + duration))
    }

    /// The time that is left.
    pub(crate) fn remaining(self) -> Duration {
        self.0.saturating_duration_since(Instant::now())
    }

    /// Whether it has passed.
    pub(crate) fn has_passed(self) -> bool {
        Instant::now() >= self.0
    }

    /// What `work` comes to, unless the deadline passes first.
    pub(crate) async fn bound<T>(self, work: impl Future<Output = T>) -> Result<T, RequestError> {
        tokio::time::timeout_at(self.0, work).await.map_err(|_| RequestError::Deadline)
    }
}

/// The client's time without the margin.
fn shrink(timeout: Duration) -> Duration {
    timeout.saturating_sub((timeout / MARGIN_DIVISOR).min(MARGIN_MAX))
}

/// A timeout as the gRPC protocol writes it: `250m` is 250 ms.
fn parse(text: &str) -> Option<Duration> {
    let (digits, unit) = text.split_at_checked(text.len().checked_sub(1)?)?;
    if digits.is_empty() || digits.len() > DIGITS_MAX || !digits.bytes().all(|digit| digit.is_ascii_digit()) {
        return None;
    }
    let number: u64 = digits.parse().ok()?;
    match unit {
        "H" => Some(Duration::from_secs(number * 3600)),
        "M" => Some(Duration::from_secs(number * 60)),
        "S" => Some(Duration::from_secs(number)),
        "m" => Some(Duration::from_millis(number)),
        "u" => Some(Duration::from_micros(number)),
        "n" => Some(Duration::from_nanos(number)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn timeouts_are_read_as_grpc_writes_them() {
        let cases = [
            ("1H", Some(Duration::from_hours(1))),
            ("2M", Some(Duration::from_mins(2))),
            ("3S", Some(Duration::from_secs(3))),
            ("250m", Some(Duration::from_millis(250))),
            ("99999999u", Some(Duration::from_micros(99_999_999))),
            ("5n", Some(Duration::from_nanos(5))),
            ("", None),
            ("S", None),
            ("-1S", None),
            ("1.5S", None),
            ("123456789m", None),
            ("10", None),
            ("1ä", None),
        ];
        for (text, expected) in cases {
            assert_eq!(parse(text), expected, "{text}");
        }
    }

    #[test]
    fn the_margin_is_a_tenth_and_at_most_100_ms() {
        assert_eq!(shrink(Duration::from_millis(200)), Duration::from_millis(180));
        assert_eq!(shrink(Duration::from_secs(10)), Duration::from_millis(9_900));
        assert_eq!(shrink(Duration::ZERO), Duration::ZERO);
    }
}
