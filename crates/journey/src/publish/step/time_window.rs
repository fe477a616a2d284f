//! `time_window`.

use baton_model::weekdays::Weekdays;

use crate::document::step::time_window::TimeWindowDocument;
use crate::publish::desk::Desk;
use crate::publish::journey::timezone;
use crate::source::path::Path;
use crate::step::time_window::TimeWindow;

/// The most dates on which a window does not open: ten years of holidays.
const CLOSED_MAX: usize = 366;

/// A time window without a fault.
pub(crate) fn compile(document: &TimeWindowDocument, path: &Path, desk: &mut Desk<'_>) -> TimeWindow {
    let days = document.days.unwrap_or(Weekdays::EVERY);
    if days.is_empty() {
        desk.fault(&path.field("days"), "there are no days: write at least one, or leave `days` out for every day");
    }
    if document.from == document.to {
        desk.fault(
            &path.field("to"),
            "the window closes when it opens: write a later time, or an earlier one for the next day",
        );
    }
    desk.check_at_most(&path.field("closed"), document.closed.len(), "dates", CLOSED_MAX);
    let timezone = timezone(document.timezone.as_deref(), &path.field("timezone"), desk);
    let mut closed: Vec<_> = document.closed.iter().map(|date| date.0).collect();
    closed.sort();
    closed.dedup();
    TimeWindow { days, from: document.from.0, to: document.to.0, timezone, closed }
}
