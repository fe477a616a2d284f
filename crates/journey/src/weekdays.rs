//! A set of days of the week, written `[mon..fri, sun]`.

use jiff::civil::Weekday;

/// Some of the seven days.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Weekdays(u8);

impl Weekdays {
    /// All seven.
    pub const EVERY: Self = Self(0b111_1111);
    /// None; what a document starts from before its days are added.
    pub const NONE: Self = Self(0);

    /// Whether `day` is among them.
    pub fn contains(self, day: Weekday) -> bool {
        self.0 & Self::bit(day) != 0
    }

    /// These and `day`.
    #[must_use]
    pub fn with(self, day: Weekday) -> Self {
        Self(self.0 | Self::bit(day))
    }

    /// Monday is the lowest bit.
    fn bit(day: Weekday) -> u8 {
        1 << day.to_monday_zero_offset()
    }
}
