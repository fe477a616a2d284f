//! The documents a team writes, and what they mean to the machine: parsed with positions, validated as one set, compiled.
//!
//! ```text
//! text ──parse──► documents ──publish──► definitions of one version ──Library──► customers
//!        │            │
//!        └────────────┴── errors: file, line, column, field, and what to write instead
//! ```
//!
//! Only what compiles is ever handed on: a [`Definitions`] names no step, template, segment or policy that is not in it.
//! The crate runs nothing; how an enrolment moves over the steps is the customer's own matter.

pub mod binding;
pub mod definitions;
pub mod digest;
pub mod document;
pub mod error;
pub mod journey;
pub mod library;
mod nearest;
pub mod parse;
pub mod publish;
pub mod segment;
pub mod source;
pub mod step;
pub mod template;

pub use baton_model::weekdays;
pub use error::DocumentError;
pub use parse::parse;
pub use publish::publish;
