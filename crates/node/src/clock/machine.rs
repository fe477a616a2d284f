//! The machine's own clock, read in this one place.

use std::time::SystemTime;

use baton_model::time::{from_millis, saturating_add, to_millis};
use jiff::Timestamp;

use super::test_offset::TestOffset;
use crate::config::ClockConfig;

/// What the machine's wall clock says, in whole milliseconds.
#[expect(clippy::disallowed_methods, reason = "this is the clock that everybody else is told to ask")]
pub(crate) fn wall() -> Timestamp {
    Timestamp::try_from(SystemTime::now()).map_or(from_millis(0), to_millis)
}

/// The wall clock of a node in service: the machine's, unless a test has it wrong.
#[derive(Debug, Default)]
pub(crate) struct Wall {
    offset: Option<TestOffset>,
}

impl Wall {
    pub(crate) fn new(config: &ClockConfig) -> Self {
        Self { offset: config.test_offset_file.clone().map(TestOffset::new) }
    }

    pub(crate) fn now(&self) -> Timestamp {
        self.offset.as_ref().map_or_else(wall, |offset| saturating_add(wall(), offset.now()))
    }
}
