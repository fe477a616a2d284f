//! One customer: everything that is known of them, and what each input makes of it.
//!
//! [`Customer::apply`] takes a [`Command`] and gives a [`Decision`]. It is pure (no clock, no randomness, no I/O), total (a
//! refusal is part of the decision) and all or nothing (a decision that fails leaves the customer as it was).
//!
//! ```text
//!  Command ──▶ timers due ─▶ repeats ─▶ profile, history, segments ─▶ enrolments ─▶ entries ─▶ steps ⇄ governance ──▶ Decision
//!                 └───────────── each its own input, in this order, all at one instant ─────────────┘
//! ```
//!
//! The state lives in sections ([`Sections`]), so that a decision writes only what it changed; inputs
//! ([`HistoryRow`]) and decision records are rows that are only added and, when they are too old, removed from the front.

mod answer;
mod calendar;
mod command;
mod commands;
mod customer;
mod decision;
mod environment;
mod event_log;
mod failures;
mod history_row;
mod phases;
mod profile;
mod state;
mod step_messages;
mod steps;
mod stimulus;
mod timer_key;
mod touched;
mod turn;

pub use answer::{Answer, IngestAnswer, PermitAnswer, Permitted, Rejection};
pub use baton_governance::{AttemptOutcome, OutboxChange};
pub use command::Command;
pub use customer::Customer;
pub use decision::{Decision, SectionSet, TimerChange, WakeViolation};
pub use environment::{Environment, Settings};
pub use failures::Parked;
pub use history_row::{HistoryRow, Input};
pub use state::enrolment::{Departure, Enrolment, Position};
pub use state::enrolments::{Enrolments, Exposure, OpenGoal, RunKey, Runs};
pub use state::head::Head;
pub use state::marks::{Mark, Marks};
pub use state::segments::{Membership, Segments};
pub use state::timers::Timers;
pub use state::waiting::Waiting;
pub use state::{Sections, Stored, StoredSections};
pub use timer_key::TimerKey;
