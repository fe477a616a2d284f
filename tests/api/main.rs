//! One real node, the `baton` binary as a child process, asked only through its public API and its command line.
//!
//! A failing test keeps the folder of its node (configuration, data, log, what the sink received) and prints its path.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]

mod bad_input;
mod configuration;
mod crash;
mod delivery;
mod demo;
mod endings;
mod fast_clock;
mod harness;
mod import;
mod rendering;
mod spine;
mod test_clock;
