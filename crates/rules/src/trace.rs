//! Evaluating and explaining are one walk: the walk reports what it sees to a trace, and the trace of an evaluation that
//! nobody asks about is [`Silent`] and costs nothing.

use baton_model::explain::Explain;
use baton_model::history::StoredEvent;
use baton_model::value::Value;

use crate::outcome::Outcome;

/// Takes note of what an evaluation sees.
pub(crate) trait Trace {
    /// An operand by name. `value` is only computed by a trace that keeps it.
    fn operand(&mut self, name: &str, value: impl FnOnce() -> Value);

    /// An event that contributed. Called from the newest to the oldest.
    fn event(&mut self, event: &StoredEvent);

    /// A part of the rule, evaluated by `evaluate` under a name.
    fn part(&mut self, name: impl FnOnce() -> String, evaluate: impl FnOnce(&mut Self) -> Outcome) -> Outcome;
}

/// Keeps nothing.
pub(crate) struct Silent;

impl Trace for Silent {
    fn operand(&mut self, _name: &str, _value: impl FnOnce() -> Value) {}

    fn event(&mut self, _event: &StoredEvent) {}

    fn part(&mut self, _name: impl FnOnce() -> String, evaluate: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        evaluate(self)
    }
}

/// Builds the tree that is stored with decisions.
pub(crate) struct Recording {
    node: Explain,
}

impl Recording {
    /// The most operands kept of one node: a loop over a long list sees thousands, and the first ones tell what it is.
    const OPERANDS_MAX: usize = 32;
    /// The most bytes of an operand that is kept whole; of a longer one only its size is kept.
    const OPERAND_BYTES_MAX: usize = 256;

    /// The most characters kept of a rule's name: an expression may be long, and its beginning tells which one it is.
    const NAME_CHARS_MAX: usize = 200;

    /// The explanation of a rule called `name` that `evaluate` evaluates.
    pub(crate) fn record(mut name: String, evaluate: impl FnOnce(&mut Self) -> Outcome) -> Explain {
        if let Some((end, _)) = name.char_indices().nth(Self::NAME_CHARS_MAX) {
            name.truncate(end);
            name.push('…');
        }
        let mut recording = Self { node: Explain::leaf(name, false) };
        let outcome = evaluate(&mut recording);
        recording.node.value = outcome.value;
        recording.node.next_flip = outcome.next_flip;
        recording.node
    }
}

impl Trace for Recording {
    fn operand(&mut self, name: &str, value: impl FnOnce() -> Value) {
        let operands = &mut self.node.operands;
        if operands.len() >= Self::OPERANDS_MAX || operands.iter().any(|(known, _)| known == name) {
            return;
        }
        let value = value();
        let weight = value.weight();
        let shown = if weight > Self::OPERAND_BYTES_MAX { Value::String(format!("({weight} bytes)")) } else { value };
        operands.push((name.to_owned(), shown));
    }

    fn event(&mut self, event: &StoredEvent) {
        if self.node.events.len() < Explain::EVENTS_MAX {
            self.node.events.push(event.message_id.clone());
        }
    }

    fn part(&mut self, name: impl FnOnce() -> String, evaluate: impl FnOnce(&mut Self) -> Outcome) -> Outcome {
        let part = Self::record(name(), evaluate);
        let outcome = Outcome { value: part.value, next_flip: part.next_flip };
        self.node.parts.push(part);
        outcome
    }
}
