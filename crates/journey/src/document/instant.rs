//! An instant in a document: RFC 3339 with its offset.

use jiff::Timestamp;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// `2026-01-31T09:00:00Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(pub Timestamp);

impl<'de> Deserialize<'de> for Instant {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let instant = text.parse().map_err(|_| {
            D::Error::custom(format!(
                "`{text}` is not an instant: write it with its offset, such as `2026-01-31T09:00:00Z`"
            ))
        })?;
        Ok(Self(baton_model::time::to_millis(instant)))
    }
}
