//! Rules: what must hold of a customer for something to happen, and when that can change by itself.
//!
//! A rule is written as a tree ([`RuleDocument`]), checked and compiled once at publish ([`Rule::compile`]), and evaluated
//! against what is known of one customer ([`Facts`]) in the light of one input ([`Scope`]):
//!
//! ```text
//! RuleDocument ──compile──▶ Rule ──evaluate──▶ Outcome { value, next_flip }
//!                                └──explain───▶ Explain: the same value, with every operand that was seen
//! ```
//!
//! * Total: a missing field or a type that does not fit makes an `expr` false; nothing here fails or panics.
//! * Exact about time: `next_flip` is never later than the first instant at which the value can change without new input.
//! * Bounded: every step is charged to a [`Budget`] before it is made.
//! * Deterministic: no clock, no randomness, no machine's zone files.

mod budget;
mod document;
mod error;
mod expression;
mod facts;
mod moment;
mod names;
mod outcome;
mod place;
mod reads;
mod rule;
#[cfg(test)]
mod testing;
mod trace;
mod window;

pub use budget::Budget;
pub use document::{
    AggregateDocument, Bounds, DidDocument, Function, MessageDocument, OneOrMany, RuleDocument, TicketDocument, Times,
};
pub use error::RuleError;
pub use expression::Expression;
pub use facts::{Facts, Scope};
pub use moment::Moment;
pub use names::Names;
pub use outcome::Outcome;
pub use place::{NowUse, RulePlace};
pub use reads::Reads;
pub use rule::Rule;
