//! A set of days of the week, written as a list of days and ranges: `[mon..fri, sun]`.

use std::fmt;

use jiff::civil::Weekday;

/// The days from Monday with the names documents use.
const NAMES: [(&str, Weekday); 7] = [
    ("mon", Weekday::Monday),
    ("tue", Weekday::Tuesday),
    ("wed", Weekday::Wednesday),
    ("thu", Weekday::Thursday),
    ("fri", Weekday::Friday),
    ("sat", Weekday::Saturday),
    ("sun", Weekday::Sunday),
];

/// Some of the seven days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekdays(u8);

/// A text that is no day and no range of days.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is no day: write `mon`, `tue`, `wed`, `thu`, `fri`, `sat`, `sun`, or a range such as `mon..fri`")]
pub struct ParseWeekdaysError {
    /// The text as it was given.
    pub text: String,
}

impl Weekdays {
    /// All seven.
    pub const EVERY: Self = Self(0b111_1111);
    /// None.
    pub const NONE: Self = Self(0);

    /// Whether `day` is among them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & bit(day) != 0
    }

    /// Whether no day is among them.
    pub fn is_empty(self) -> bool {
        self == Self::NONE
    }

    /// These and `day`.
    #[must_use]
    pub fn with(self, day: Weekday) -> Self {
        Self(self.0 | bit(day))
    }

    /// These and the days of `text`, one day or a range; a range may go over the end of the week: `sat..mon`.
    pub fn with_text(self, text: &str) -> Result<Self, ParseWeekdaysError> {
        let unknown = || ParseWeekdaysError { text: text.to_owned() };
        let day = |name: &str| NAMES.iter().find(|(known, _)| *known == name.trim()).map(|(_, day)| *day);
        let (first, last) = text.split_once("..").unwrap_or((text, text));
        let (first, last) = (day(first).ok_or_else(unknown)?, day(last).ok_or_else(unknown)?);
        let after_first = first.cycle_forward().take_while(|day| *day != last).take(NAMES.len());
        Ok(after_first.fold(self, Self::with).with(first).with(last))
    }
}

/// Monday is the lowest bit.
fn bit(day: Weekday) -> u8 {
    1 << day.to_monday_zero_offset()
}

impl fmt::Display for Weekdays {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let names: Vec<_> = NAMES.iter().filter(|(_, day)| self.contains(*day)).map(|(name, _)| *name).collect();
        f.write_str(&names.join(", "))
    }
}

impl<'de> serde::Deserialize<'de> for Weekdays {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let texts = Vec::<String>::deserialize(deserializer)?;
        let days = texts.iter().try_fold(Self::NONE, |days, text| days.with_text(text));
        days.map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::Weekdays;

    #[test]
    fn days_and_ranges_are_read() {
        let check = |texts: &[&str], expected: &str| {
            let days = texts.iter().try_fold(Weekdays::NONE, |days, text| days.with_text(text));
            let said = days.map_or_else(|error| error.to_string(), |days| days.to_string());
            assert!(said.starts_with(expected), "{texts:?}: {said}");
        };
        check(&["mon..fri"], "mon, tue, wed, thu, fri");
        check(&["sat..mon"], "mon, sat, sun");
        check(&["sun", "wed"], "wed, sun");
        check(&["mon..mon"], "mon");
        check(&["mon..sun"], "mon, tue, wed, thu, fri, sat, sun");
        check(&["Monday"], "`Monday` is no day");
        check(&["mon..freitag"], "`mon..freitag` is no day");
    }
}
