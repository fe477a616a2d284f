//! `aggregate`: a value computed over events, compared with bounds.

use std::collections::BTreeSet;
use std::fmt;

use baton_model::value::Value;
use jiff::Timestamp;

use super::condition::Evaluation;
use super::occurrences::Selection;
use crate::document::{Bounds, Function};
use crate::expression::equal_values;
use crate::outcome::{Outcome, earlier};
use crate::trace::Trace;

/// A value over the selected events must be within bounds.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Aggregate {
    pub(super) selection: Selection,
    pub(super) function: Function,
    /// The path of the property; empty: only `count` does without.
    pub(super) property: Vec<String>,
    pub(super) bounds: Bounds,
}

impl Evaluation<'_, '_> {
    /// Whether the value is within its bounds; of nothing that has none, it is not.
    pub(super) fn aggregate<T: Trace>(&mut self, aggregate: &Aggregate, trace: &mut T) -> Outcome {
        let Some(occurrences) = self.occurrences(&aggregate.selection) else {
            return Outcome::steady(false);
        };
        let mut times: Vec<Timestamp> = Vec::new();
        let mut values: Vec<&Value> = Vec::new();
        let mut events = Vec::new();
        for event in &occurrences.events {
            if let Some(value) = aggregate.operand(&event.properties) {
                times.push(event.occurred_at);
                values.push(value);
                events.push(*event);
            }
        }
        let window = &aggregate.selection.window;
        let members = window.members(&times, self.scope.at, self.facts.zone);
        if !self.budget.charge(aggregate.steps(&values[members.clone()])) {
            return Outcome::steady(false);
        }
        let result = aggregate.compute(&values[members.clone()]);
        let value = aggregate.bounds.hold(result.as_ref());
        trace.operand("events", || i64::try_from(members.len()).unwrap_or(i64::MAX).into());
        trace.operand(aggregate.function.name(), || result.clone().unwrap_or_default());
        for event in events[members.clone()].iter().rev() {
            trace.event(event);
        }
        let flip = self.next_flip(window, &times, members, |budget, members| {
            let values = &values[members];
            !budget.charge(aggregate.steps(values))
                || aggregate.bounds.hold(aggregate.compute(values).as_ref()) != value
        });
        Outcome { value, next_flip: earlier(flip, occurrences.filter_flip) }
    }
}

/// Stands for the events themselves, where no property is named.
static EVENT: Value = Value::Null;

impl Aggregate {
    /// What the function looks at in an event; `None` if the event is passed over.
    fn operand<'p>(&self, properties: &'p baton_model::value::Fields) -> Option<&'p Value> {
        let Some((first, rest)) = self.property.split_first() else {
            return Some(&EVENT);
        };
        let value = rest.iter().try_fold(properties.get(first)?, |value, field| match value {
            Value::Map(fields) => fields.get(field),
            _ => None,
        })?;
        let numbers = matches!(self.function, Function::Sum | Function::Avg | Function::Min | Function::Max);
        if numbers && value.as_number().is_none() { None } else { Some(value) }
    }

    /// The steps of computing it once.
    fn steps(&self, values: &[&Value]) -> u64 {
        if self.function == Function::Distinct {
            return values.iter().map(|value| 4 + value.weight() as u64 / 64).sum();
        }
        values.len() as u64
    }

    /// The value over these operands, oldest first.
    #[expect(clippy::cast_precision_loss, reason = "a mean over 10,000 events is exact enough in floating point")]
    fn compute(&self, values: &[&Value]) -> Option<Value> {
        let count = |count: usize| Some(Value::Int(i64::try_from(count).unwrap_or(i64::MAX)));
        let numbers = || values.iter().filter_map(|value| value.as_number());
        match self.function {
            Function::Count => count(values.len()),
            Function::Distinct => count(values.iter().map(|value| canonical(value)).collect::<BTreeSet<_>>().len()),
            Function::Sum => Some(Value::Double(numbers().sum::<f64>() + 0.0)),
            Function::Avg if values.is_empty() => None,
            Function::Avg => Some(Value::Double(numbers().sum::<f64>() / values.len() as f64)),
            Function::Min => numbers().reduce(f64::min).map(Value::Double),
            Function::Max => numbers().reduce(f64::max).map(Value::Double),
            Function::First => values.first().map(|&value| value.clone()),
            Function::Last => values.last().map(|&value| value.clone()),
        }
    }
}

/// A text that two values share exactly if they are equal, where `1` is `1.0`.
#[expect(clippy::cast_precision_loss, reason = "beyond 2⁵³ neighbouring whole numbers count as one")]
fn canonical(value: &Value) -> String {
    match value {
        Value::Int(number) => Value::Double(*number as f64).to_string(),
        other => other.to_string(),
    }
}

impl Bounds {
    /// Whether a value is within all bounds.
    pub(super) fn hold(&self, value: Option<&Value>) -> bool {
        let Some(value) = value else {
            return false;
        };
        let number = value.as_number();
        let within = |bound: Option<f64>, holds: fn(&f64, &f64) -> bool| {
            bound.is_none_or(|bound| number.is_some_and(|number| holds(&number, &bound)))
        };
        within(self.gt, f64::gt)
            && within(self.gte, f64::ge)
            && within(self.lt, f64::lt)
            && within(self.lte, f64::le)
            && self.eq.as_ref().is_none_or(|bound| equal_values(value, bound))
    }
}

impl fmt::Display for Aggregate {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} of {}", self.function.name(), self.selection.event)?;
        for field in &self.property {
            write!(f, ".{field}")?;
        }
        write!(f, "{}", self.selection.window)?;
        let numbers = [(">", self.bounds.gt), (">=", self.bounds.gte), ("<", self.bounds.lt), ("<=", self.bounds.lte)];
        for (sign, bound) in numbers {
            if let Some(bound) = bound {
                write!(f, " {sign} {bound}")?;
            }
        }
        match &self.bounds.eq {
            Some(bound) => write!(f, " == {bound}"),
            None => Ok(()),
        }
    }
}
