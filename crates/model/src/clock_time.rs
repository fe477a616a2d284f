//! A time of day on some wall clock, written `"09:00"`.

use jiff::civil::Time;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};

/// A time on some wall clock.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClockTime(pub Time);

impl<'de> Deserialize<'de> for ClockTime {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        let wrong =
            || D::Error::custom(format!("`{text}` is not a time of day: write \"00:00\" to \"23:59\", in quotes"));
        let (hour, minute) = text.split_once(':').ok_or_else(wrong)?;
        let number = |digits: &str| {
            let two = digits.len() == 2 && digits.bytes().all(|digit| digit.is_ascii_digit());
            two.then(|| digits.parse().ok()).flatten()
        };
        let (hour, minute) = number(hour).zip(number(minute)).ok_or_else(wrong)?;
        Time::new(hour, minute, 0, 0).map(Self).map_err(|_| wrong())
    }
}
