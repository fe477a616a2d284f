//! Scenarios of governance, by what they show.

mod alternates;
mod arbitration;
mod attempts;
mod caps;
mod ends;
mod holds;
mod properties;
mod quiet_hours;
mod records;
mod rows;
mod spacing;
mod suppression;
