//! `message`: whether a message of Baton's reached a status.

use std::fmt;
use std::ops::Range;

use baton_model::send::{MessageStatus, Send};
use baton_model::text_id::{ChannelId, JourneyId, StepId};
use baton_model::value::Value;

use super::condition::Evaluation;
use crate::budget::Budget;
use crate::outcome::Outcome;
use crate::trace::Trace;
use crate::window::Window;

/// Some message that fits reached one of the statuses in the window.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Message {
    pub(super) journey: Option<JourneyId>,
    pub(super) step: Option<StepId>,
    pub(super) channel: Option<ChannelId>,
    /// At least one.
    pub(super) statuses: Vec<MessageStatus>,
    pub(super) window: Window,
}

impl Evaluation<'_, '_> {
    /// Whether there is such a message.
    pub(super) fn message<T: Trace>(&mut self, message: &Message, trace: &mut T) -> Outcome {
        let sends = self.facts.sends;
        if !self.budget.charge((sends.len() * (1 + message.statuses.len())) as u64) {
            return Outcome::steady(false);
        }
        let fitting = sends.values().filter(|send| message.fits(send));
        let mut times: Vec<_> =
            fitting.flat_map(|send| message.statuses.iter().filter_map(|status| send.reached(*status))).collect();
        times.sort_unstable();
        let members = message.window.members(&times, self.scope.at, self.facts.zone);
        let value = !members.is_empty();
        if let Some(last) = times[members.clone()].last() {
            trace.operand("last", || Value::String(last.to_string()));
        }
        let flipped = |_: &mut Budget, members: Range<usize>| members.is_empty() == value;
        Outcome { value, next_flip: self.next_flip(&message.window, &times, members, flipped) }
    }
}

impl Message {
    fn fits(&self, send: &Send) -> bool {
        self.journey.as_ref().is_none_or(|journey| *journey == send.journey)
            && self.step.as_ref().is_none_or(|step| *step == send.step)
            && self.channel.as_ref().is_none_or(|channel| *channel == send.channel)
    }
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let statuses: Vec<_> = self.statuses.iter().map(|status| format!("{status:?}").to_lowercase()).collect();
        f.write_str(&statuses.join(" or "))?;
        if let Some(journey) = &self.journey {
            write!(f, " of journey {journey}")?;
        }
        if let Some(step) = &self.step {
            write!(f, " of step {step}")?;
        }
        if let Some(channel) = &self.channel {
            write!(f, " on {channel}")?;
        }
        write!(f, "{}", self.window)
    }
}
