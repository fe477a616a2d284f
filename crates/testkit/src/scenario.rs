//! A journey scenario: a text file that says what happens to a customer and what Baton must make of it.
//!
//! Above a line of `====` stand documents, as YAML. Below, one line is one thing, with its time in front:
//!
//! ```text
//! documents  documents/shop.yaml              more documents, from a file beside the scenario
//! zone       Europe/Prague                    the cluster's fallback zone, and that of times in this file; default UTC
//! start      2024-01-08                       when it begins: a Monday, unless another date is given
//!
//! 09:00    event    Signed Up plan=pro        09:00 is the next time that the clock shows that
//! 09:00    expect   send email welcome        a provider took the message of this channel and step (or template)
//! +3d      expect   defer push tips reason=quiet_hours until=08:00
//! 08:00    expect   send push tips
//! ```
//!
//! A time is `HH:MM` or `HH:MM:SS` (the next one), `+3d` (after the line above), or `2024-01-08T09:00` (in the scenario's
//! zone, or with an offset). `event` happens at its very instant, before a step's deadline of that instant; `expect` looks some
//! milliseconds later, when such deadlines have passed.
//!
//! Every message that is sent must be expected. Everything else that is decided can be.
//!
//! | verb | arguments |
//! |---|---|
//! | `event` | name, then `property=value`; `context.x=…`; `@id=…`, `@timestamp=…`, `@sent_at=…`, `@historical=true` |
//! | `identify` | `trait=value`, and the same `@` and `context.` arguments |
//! | `expect` | a happening: verb, words in order, `attribute=value`; or `nothing`, or `no` and a happening |
//! | `provider` | channel and `accepts`, `refuses`, `fails`, `doubts`, `exhausts`, `sleeps` (takes no messages), `hangs` (begins, never ends) |
//! | `report` | a status such as `opened`, and the step |
//! | `operator` | `retry` or `drop`, and the step of a dead message |
//! | `pause`, `resume` | a reason; `until=+2h` |
//! | `down` | nothing is woken until this time: timers fire late |
//! | `if-sent` | another verb after it, left out if its step has sent nothing |
//! | `publish` | a file of documents that becomes the next version |

mod delivery;
mod event;
mod expectation;
mod happening;
mod line;
mod load;
mod moment;
mod play;
mod shard;

pub use load::{LoadError, Scenario};
pub use play::{Failure, play, sends};

#[cfg(test)]
mod tests;
