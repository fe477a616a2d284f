//! The other side of a channel, for the demo and for tests: real servers that receive messages and count sends.
//!
//! Both tell a repeated attempt from a second message by the send id, which is what a receiver that honours idempotency
//! keys does. They keep what they got in [`Receipts`], in memory and within bounds.

mod http;
mod mail;
mod receipts;

pub use http::{Answer, HttpSink};
pub use mail::MailSink;
pub use receipts::{Receipt, Receipts};
