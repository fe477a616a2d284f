//! Instants: `google.protobuf.Timestamp` ↔ [`Timestamp`] in whole milliseconds.

use baton_model::time::to_millis;
use jiff::Timestamp;

/// The seconds of 0001-01-01T00:00:00Z, the first instant that `google.protobuf.Timestamp` has.
const SECONDS_MIN: i64 = -62_135_596_800;

/// A message that is no instant.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("is no instant: write seconds from 0001-01-01 to 9999-12-30 and 0 to 999,999,999 nanoseconds")]
pub struct InstantError;

/// The instant as a message.
pub fn to_pb(instant: Timestamp) -> prost_types::Timestamp {
    let nanos = instant.as_nanosecond();
    let seconds = nanos.div_euclid(1_000_000_000);
    let rest = nanos.rem_euclid(1_000_000_000);
    prost_types::Timestamp {
        seconds: i64::try_from(seconds).expect("an instant has fewer than 2^63 seconds"),
        nanos: i32::try_from(rest).expect("a remainder of 10^9 fits 32 bits"),
    }
}

/// The message as an instant, cut to whole milliseconds.
pub fn from_pb(message: prost_types::Timestamp) -> Result<Timestamp, InstantError> {
    if message.seconds < SECONDS_MIN || !(0..1_000_000_000).contains(&message.nanos) {
        return Err(InstantError);
    }
    Timestamp::new(message.seconds, message.nanos).map(to_millis).map_err(|_| InstantError)
}

/// The first instant that the contract can say: 0001-01-01T00:00:00Z.
pub(crate) fn first() -> Timestamp {
    Timestamp::from_second(SECONDS_MIN).expect("year 1 is within jiff's range")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_come_back_as_they_went() {
        for text in ["2026-05-01T09:00:00Z", "1969-12-31T23:59:59.999Z", "0001-01-01T00:00:00Z", "9999-12-30T22:00:00Z"]
        {
            let instant: Timestamp = text.parse().unwrap();
            assert_eq!(from_pb(to_pb(instant)), Ok(instant), "{text}");
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for (seconds, nanos) in [(0, -1), (0, 1_000_000_000), (SECONDS_MIN - 1, 0), (i64::MAX, 0)] {
            assert_eq!(
                from_pb(prost_types::Timestamp { seconds, nanos }),
                Err(InstantError),
                "{seconds} s, {nanos} ns"
            );
        }
    }

    #[test]
    fn less_than_a_millisecond_is_cut_off_towards_the_past() {
        let instant = from_pb(prost_types::Timestamp { seconds: -1, nanos: 999_999_999 });
        assert_eq!(instant, Ok("1969-12-31T23:59:59.999Z".parse().unwrap()));
    }
}
