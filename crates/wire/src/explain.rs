//! Evaluated rules: [`Explain`] → `baton.v1.Explain`.

use baton_model::explain::Explain;

use crate::pb::v1 as pb;
use crate::{fields, instant};

/// The tree.
pub fn to_pb(explain: &Explain) -> pb::Explain {
    pb::Explain {
        rule: explain.rule.clone(),
        value: explain.value,
        operands: explain
            .operands
            .iter()
            .map(|(name, value)| pb::Operand { name: name.clone(), value: Some(fields::value_to_pb(value)) })
            .collect(),
        events: explain.events.iter().map(ToString::to_string).collect(),
        next_flip: explain.next_flip.map(instant::to_pb),
        parts: explain.parts.iter().map(to_pb).collect(),
    }
}
