//! The words of Baton as types: identifiers, values, events, spans of time, what is known of a customer, and the records
//! of what was decided.
//!
//! Everything here is plain data. The crate knows nothing of rules, storage, networks or clocks; text from outside
//! becomes one of these types at the edge and is valid from then on. Instants are [`jiff::Timestamp`]s cut to whole
//! milliseconds ([`time::to_millis`]), the resolution of timers and rows.

pub mod catalogue;
pub mod clock_time;
pub mod decision;
pub mod event;
pub mod explain;
pub mod history;
pub mod ids;
pub mod profile;
pub mod reason;
pub mod send;
pub mod span;
pub mod text_id;
pub mod time;
pub mod value;
pub mod weekdays;
