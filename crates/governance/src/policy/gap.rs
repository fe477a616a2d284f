//! The distance that two messages keep: a length of time, or not on the same local day.

use std::fmt;
use std::str::FromStr;

use baton_model::span::Span;
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::window::{Unit, Window};

/// A gap, written as a duration such as `4h`, or `local day`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Gap(Window);

/// A text that is no gap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no gap: write a duration longer than nothing, such as `4h` or `1d`, or `local day`")]
pub struct ParseGapError {
    /// The text as it was given.
    pub text: String,
}

impl Gap {
    /// What was counted at this instant or before is surely far enough at `at`.
    pub fn reach(&self, at: Timestamp) -> Timestamp {
        self.0.reach(at)
    }

    /// The first instant from `at` on that is far enough from a message counted at `counted`; at or before `at` if it is
    /// already.
    pub fn ends(
        &self,
        counted: Timestamp,
        at: Timestamp,
        zone: &TimeZone,
        zone_changed_at: Option<Timestamp>,
    ) -> Timestamp {
        self.0.leaves(counted, at, zone, zone_changed_at)
    }
}

impl FromStr for Gap {
    type Err = ParseGapError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.trim() == "local day" {
            return Ok(Self(Window::Calendar(Unit::Day)));
        }
        let span = text.parse::<Span>().ok().filter(Span::is_positive);
        span.map(|span| Self(Window::Rolling(span))).ok_or_else(|| ParseGapError { text: text.to_owned() })
    }
}

impl fmt::Display for Gap {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            Window::Rolling(span) => write!(f, "{span}"),
            Window::Calendar(_) => f.write_str("local day"),
        }
    }
}

impl<'de> serde::Deserialize<'de> for Gap {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}
