//! A value computed from what is known, in the Common Expression Language: `event.properties.total * 2`.
//!
//! ```text
//! text ──parse (cel)──▶ syntax tree ──lower──▶ Node ──evaluate──▶ Datum, and when a comparison with `now` changes
//! ```
//!
//! The language and its parser are CEL's; the evaluation is our own, because it must borrow the customer's data instead of
//! converting it, charge each step, know when `now` matters, and follow the bundled time zones. A property test compares
//! it with the evaluator of the `cel` crate.
//!
//! * A missing field or an unfit type leaves the whole expression without a value, which as a rule is false. As CEL defines,
//!   `&&`, `||`, `all` and `exists` are decided by a side that decides, whatever the other side is.
//! * Wider than CEL where CEL would only fail: numbers of both kinds can be computed with each other; RFC 3339 text stands for
//!   an instant where one is needed; `has(a.b.c)` is false if `b` is missing.
//! * Not there: unsigned numbers, bytes, message types, patterns that are computed.

mod call;
mod datum;
mod evaluate;
mod function;
mod kind;
mod lower;
mod node;
mod now;
mod operator;
mod parse;
mod path;

use baton_model::value::Value;
use jiff::Timestamp;

use self::datum::{Datum, Evaluated};
use self::evaluate::Evaluation;
use self::kind::Kind;
use self::lower::Lowering;
use self::node::Node;
use crate::budget::Budget;
use crate::error::{Faults, RuleError};
use crate::facts::{Facts, Scope};
use crate::outcome::Outcome;
use crate::place::RulePlace;
use crate::reads::Reads;
use crate::trace::{Silent, Trace};

pub(crate) use self::operator::equal_values;

/// A compiled CEL expression.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    source: String,
    node: Node,
    reads: Reads,
}

impl Expression {
    /// Checks and compiles an expression of that place; every fault is listed.
    pub fn compile(source: &str, place: RulePlace) -> Result<Self, Vec<RuleError>> {
        let mut faults = Faults::default();
        let compiled = Self::lower(source, place, &mut faults);
        faults.finish(compiled)
    }

    /// Its value; `None` if a field is missing, a type does not fit, a number is none, or the budget is exhausted. An
    /// instant is its RFC 3339 text, a duration its ISO 8601 text.
    pub fn evaluate(&self, facts: &Facts<'_>, scope: &Scope<'_>, budget: &mut Budget) -> Option<Value> {
        let value = self.run(facts, scope, budget, &mut Silent).0.ok()?.into_value();
        if matches!(value, Value::Double(number) if !number.is_finite()) { None } else { Some(value) }
    }

    /// Its value as an instant: what is one, or the RFC 3339 text of one.
    pub fn instant(&self, facts: &Facts<'_>, scope: &Scope<'_>, budget: &mut Budget) -> Option<Timestamp> {
        let instant = self.run(facts, scope, budget, &mut Silent).0.ok()?.instant()?;
        Some(baton_model::time::to_millis(instant))
    }

    /// The text it was compiled from.
    pub fn source(&self) -> &str {
        &self.source
    }

    /// What it looks at.
    pub fn reads(&self) -> &Reads {
        &self.reads
    }

    /// Compiles; faults are noted.
    fn lower(source: &str, place: RulePlace, faults: &mut Faults) -> Option<Self> {
        let tree = parse::parse(source, faults)?;
        let mut reads = Reads::default();
        let node = Lowering { place, faults, reads: &mut reads, items: Vec::new(), depth: 0 }.node(&tree)?;
        Some(Self { source: source.to_owned(), node, reads })
    }

    /// Compiles what must be true or false; faults are noted.
    pub(crate) fn condition(source: &str, place: RulePlace, faults: &mut Faults) -> Option<Self> {
        let expression = Self::lower(source, place, faults)?;
        match Kind::of(&expression.node) {
            None | Some(Kind::Bool) => Some(expression),
            Some(kind) => {
                faults.add(format!("`{source}` is {}, not true or false: compare it with something", kind.name()));
                None
            }
        }
    }

    /// Whether it is true, and when that can change.
    pub(crate) fn holds<T: Trace>(
        &self,
        facts: &Facts<'_>,
        scope: &Scope<'_>,
        budget: &mut Budget,
        trace: &mut T,
    ) -> Outcome {
        let (evaluated, next_flip) = self.run(facts, scope, budget, trace);
        let value = match evaluated {
            Ok(datum) if datum.value() == Some(&Value::Bool(true)) => true,
            Ok(datum) if datum.value() == Some(&Value::Bool(false)) => false,
            Ok(datum) => {
                trace.operand("false because", || format!("the value is {}", datum.kind()).as_str().into());
                false
            }
            Err(fault) => {
                trace.operand("false because", || fault.to_string().as_str().into());
                false
            }
        };
        Outcome { value, next_flip }
    }

    fn run<'a, T: Trace>(
        &'a self,
        facts: &Facts<'a>,
        scope: &Scope<'a>,
        budget: &mut Budget,
        trace: &mut T,
    ) -> (Evaluated<'a>, Option<Timestamp>) {
        let mut evaluation = Evaluation { facts: *facts, scope: *scope, budget, trace, items: Vec::new(), flip: None };
        let evaluated: Result<Datum<'a>, _> = evaluation.node(&self.node);
        (evaluated, evaluation.flip)
    }
}

#[cfg(test)]
mod tests;
