//! The walk over a compiled expression. Each step is charged before it is made.

use std::borrow::Cow;

use baton_model::value::{Fields, Value};
use jiff::Timestamp;

use super::datum::{Datum, Evaluated, Fault, steps};
use super::node::{Loop, LoopKind, Node, Pattern};
use crate::budget::Budget;
use crate::facts::{Facts, Scope};
use crate::trace::Trace;

/// The steps of searching one byte for a pattern: a pattern of the largest size may look at some hundred states per byte.
const PATTERN_STEPS_PER_BYTE: u64 = 4;

/// One evaluation of one expression.
pub(super) struct Evaluation<'a, 'b, T> {
    pub(super) facts: Facts<'a>,
    pub(super) scope: Scope<'a>,
    pub(super) budget: &'b mut Budget,
    pub(super) trace: &'b mut T,
    /// The variables of the loops around the current node, outermost first.
    pub(super) items: Vec<Datum<'a>>,
    /// The earliest instant at which a comparison with `now` changes that was seen so far.
    pub(super) flip: Option<Timestamp>,
}

impl<'a, T: Trace> Evaluation<'a, '_, T> {
    /// The value of a node.
    pub(super) fn node(&mut self, node: &'a Node) -> Evaluated<'a> {
        self.charge(1)?;
        match node {
            Node::Literal(value) => Ok(Datum::borrowed(value)),
            Node::Instant(instant) => Ok(Datum::Instant(*instant)),
            Node::Duration(duration) => Ok(Datum::Duration(*duration)),
            Node::Path(path) => self.path(path),
            Node::Has(path) => self.has(path),
            Node::Field { operand, field } => {
                let operand = self.node(operand)?;
                operand.field(field).ok_or(Fault::Missing(field))
            }
            Node::HasField { operand, field } => {
                let operand = self.node(operand)?;
                Ok(Datum::owned(operand.field(field).is_some()))
            }
            Node::Index { operand, index } => self.index(operand, index),
            Node::Not(operand) => self.truth(operand).map(|value| Datum::owned(!value)),
            Node::Negate(operand) => self.negate(operand),
            Node::And(left, right) => self.either(left, right, false),
            Node::Or(left, right) => self.either(left, right, true),
            Node::Conditional { condition, then, otherwise } => {
                let holds = self.truth(condition)?;
                self.node(if holds { then } else { otherwise })
            }
            Node::Binary { operator, left, right } => self.binary(*operator, left, right),
            Node::Now(comparison) => self.now_comparison(comparison),
            Node::Call { function, arguments } => {
                let arguments = self.nodes(arguments)?;
                self.charge(arguments.iter().map(Datum::steps).sum())?;
                function.call(&arguments)
            }
            Node::Matches { text, pattern } => self.matches(text, pattern),
            Node::List(items) => self.list(items),
            Node::Map(entries) => self.map(entries),
            Node::Each(each) => self.each(each),
        }
    }

    /// Takes steps from the budget.
    pub(super) fn charge(&mut self, steps: u64) -> Result<(), Fault<'a>> {
        if self.budget.charge(steps) { Ok(()) } else { Err(Fault::Exhausted) }
    }

    /// The value of a node that must be true or false.
    fn truth(&mut self, node: &'a Node) -> Result<bool, Fault<'a>> {
        let datum = self.node(node)?;
        match datum.value() {
            Some(Value::Bool(value)) => Ok(*value),
            _ => Err(Fault::Unfit(format!("{} is neither true nor false", datum.kind()))),
        }
    }

    /// `left && right` (decided by a false) or `left || right` (decided by a true). What decides does so whatever the
    /// other side is, also if that has no value.
    fn either(&mut self, left: &'a Node, right: &'a Node, decides: bool) -> Evaluated<'a> {
        let left = self.truth(left);
        if left == Ok(decides) || left == Err(Fault::Exhausted) {
            return left.map(Datum::owned);
        }
        let right = self.truth(right)?;
        if right == decides { Ok(Datum::owned(decides)) } else { left.map(Datum::owned) }
    }

    fn negate(&mut self, operand: &'a Node) -> Evaluated<'a> {
        let datum = self.node(operand)?;
        match datum.value() {
            Some(Value::Double(number)) => Ok(Datum::owned(-number)),
            Some(Value::Int(number)) if *number != i64::MIN => Ok(Datum::owned(-number)),
            _ => Err(Fault::Unfit(format!("- does not take {}", datum.kind()))),
        }
    }

    fn nodes(&mut self, nodes: &'a [Node]) -> Result<Vec<Datum<'a>>, Fault<'a>> {
        nodes.iter().map(|node| self.node(node)).collect()
    }

    fn index(&mut self, operand: &'a Node, index: &'a Node) -> Evaluated<'a> {
        let operand = self.node(operand)?;
        let index = self.node(index)?;
        self.charge(index.steps())?;
        let outside = || Fault::Unfit(format!("there is no such item in {}", operand.kind()));
        match (&operand, index.value()) {
            (Datum::Value(Cow::Borrowed(Value::List(items))), Some(Value::Int(place))) => {
                let item = usize::try_from(*place).ok().and_then(|place| items.get(place));
                item.map(Datum::borrowed).ok_or_else(outside)
            }
            (Datum::Value(Cow::Owned(Value::List(items))), Some(Value::Int(place))) => {
                let item = usize::try_from(*place).ok().and_then(|place| items.get(place)).ok_or_else(outside)?;
                self.charge(steps(item.weight()))?;
                Ok(Datum::owned(item.clone()))
            }
            (Datum::Value(object), Some(Value::String(name))) if matches!(object.as_ref(), Value::Map(_)) => {
                let missing = outside();
                operand.field(name).ok_or(missing)
            }
            _ => Err(outside()),
        }
    }

    fn matches(&mut self, text: &'a Node, pattern: &'a Pattern) -> Evaluated<'a> {
        let datum = self.node(text)?;
        let Some(text) = datum.text() else {
            return Err(Fault::Unfit(format!("matches does not take {}", datum.kind())));
        };
        self.charge(text.len() as u64 * PATTERN_STEPS_PER_BYTE)?;
        Ok(Datum::owned(pattern.0.is_match(text)))
    }

    fn list(&mut self, nodes: &'a [Node]) -> Evaluated<'a> {
        let mut items = Vec::with_capacity(nodes.len());
        for datum in self.nodes(nodes)? {
            self.charge(datum.steps())?;
            items.push(datum.into_value());
        }
        Ok(Datum::owned(Value::List(items)))
    }

    fn map(&mut self, entries: &'a [(Node, Node)]) -> Evaluated<'a> {
        let mut fields = Fields::new();
        for (name, value) in entries {
            let name = self.node(name)?;
            let value = self.node(value)?;
            self.charge(name.steps() + value.steps())?;
            let Some(name) = name.text() else {
                return Err(Fault::Unfit(format!("the name of a field is {}, not a text", name.kind())));
            };
            fields.insert(name.to_owned(), value.into_value());
        }
        Ok(Datum::owned(Value::Map(fields)))
    }

    fn each(&mut self, each: &'a Loop) -> Evaluated<'a> {
        let range = self.node(&each.range)?;
        match range {
            Datum::Value(Cow::Borrowed(Value::List(items))) => self.turns(each, items.iter().map(Datum::borrowed)),
            Datum::Value(Cow::Owned(Value::List(items))) => self.turns(each, items.into_iter().map(Datum::owned)),
            Datum::Value(Cow::Borrowed(Value::Map(fields))) => {
                self.turns(each, fields.keys().map(|name| Datum::owned(name.as_str())))
            }
            Datum::Value(Cow::Owned(Value::Map(fields))) => {
                self.turns(each, fields.into_keys().map(|name| Datum::owned(Value::String(name))))
            }
            other => Err(Fault::Unfit(format!("a loop goes over a list or an object, not over {}", other.kind()))),
        }
    }

    /// Goes over the items. In `all` and `exists` an item that decides does so whatever the others are.
    fn turns(&mut self, each: &'a Loop, items: impl Iterator<Item = Datum<'a>>) -> Evaluated<'a> {
        let mut fault = None;
        let mut held = 0_usize;
        let mut kept = Vec::new();
        for item in items {
            self.charge(item.steps())?;
            self.items.push(item);
            let turn = self.turn(each, &mut kept);
            let item = self.items.pop();
            match (each.kind, turn) {
                (LoopKind::All, Ok(false)) => return Ok(Datum::owned(false)),
                (LoopKind::Exists, Ok(true)) => return Ok(Datum::owned(true)),
                (LoopKind::Filter, Ok(true)) => kept.extend(item.map(Datum::into_value)),
                (_, Ok(holds)) => held += usize::from(holds),
                (LoopKind::All | LoopKind::Exists, Err(error)) if error != Fault::Exhausted => fault = Some(error),
                (_, Err(error)) => return Err(error),
            }
        }
        match (each.kind, fault) {
            (_, Some(fault)) => Err(fault),
            (LoopKind::All, None) => Ok(Datum::owned(true)),
            (LoopKind::Exists, None) => Ok(Datum::owned(false)),
            (LoopKind::ExistsOne, None) => Ok(Datum::owned(held == 1)),
            (LoopKind::Map | LoopKind::Filter, None) => Ok(Datum::owned(Value::List(kept))),
        }
    }

    /// Whether the body holds of the innermost item; of `map`, its value is kept.
    fn turn(&mut self, each: &'a Loop, kept: &mut Vec<Value>) -> Result<bool, Fault<'a>> {
        if each.kind != LoopKind::Map {
            return self.truth(&each.body);
        }
        let taken = match &each.filter {
            Some(filter) => self.truth(filter)?,
            None => true,
        };
        if taken {
            let datum = self.node(&each.body)?;
            self.charge(datum.steps())?;
            kept.push(datum.into_value());
        }
        Ok(taken)
    }
}
