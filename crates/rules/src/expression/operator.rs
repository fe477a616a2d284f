//! Comparisons and computations of two values.
//!
//! Where CEL refuses, JSON's lack of types is bridged: a whole number meets one with a fraction as one with a fraction, and a
//! text meets an instant as the instant it writes.

use std::cmp::Ordering;

use baton_model::value::Value;

use super::datum::{Datum, Evaluated, Fault};
use super::evaluate::Evaluation;
use super::node::Node;
use crate::trace::Trace;

/// An operator with two operands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Operator {
    Equal,
    NotEqual,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
    In,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

impl Operator {
    /// The operator of that name in CEL's syntax tree.
    pub(super) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "_==_" => Self::Equal,
            "_!=_" => Self::NotEqual,
            "_<_" => Self::Less,
            "_<=_" => Self::LessOrEqual,
            "_>_" => Self::Greater,
            "_>=_" => Self::GreaterOrEqual,
            "@in" => Self::In,
            "_+_" => Self::Add,
            "_-_" => Self::Subtract,
            "_*_" => Self::Multiply,
            "_/_" => Self::Divide,
            "_%_" => Self::Remainder,
            _ => return None,
        })
    }

    /// Its spelling.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Self::Equal => "==",
            Self::NotEqual => "!=",
            Self::Less => "<",
            Self::LessOrEqual => "<=",
            Self::Greater => ">",
            Self::GreaterOrEqual => ">=",
            Self::In => "in",
            Self::Add => "+",
            Self::Subtract => "-",
            Self::Multiply => "*",
            Self::Divide => "/",
            Self::Remainder => "%",
        }
    }

    /// Whether it is one of `<`, `<=`, `>`, `>=`.
    pub(super) fn is_order(self) -> bool {
        matches!(self, Self::Less | Self::LessOrEqual | Self::Greater | Self::GreaterOrEqual)
    }

    /// Whether it is one of the six comparisons.
    pub(super) fn is_comparison(self) -> bool {
        self.is_order() || matches!(self, Self::Equal | Self::NotEqual)
    }

    /// The comparison that holds of `b, a` when this one holds of `a, b`.
    pub(super) fn flipped(self) -> Self {
        match self {
            Self::Less => Self::Greater,
            Self::LessOrEqual => Self::GreaterOrEqual,
            Self::Greater => Self::Less,
            Self::GreaterOrEqual => Self::LessOrEqual,
            other => other,
        }
    }
}

impl<'a, T: Trace> Evaluation<'a, '_, T> {
    /// The value of `left operator right`.
    pub(super) fn binary(&mut self, operator: Operator, left: &'a Node, right: &'a Node) -> Evaluated<'a> {
        let left = self.node(left)?;
        let right = self.node(right)?;
        self.charge(left.steps().saturating_add(right.steps()))?;
        match operator {
            Operator::Equal => Ok(Datum::owned(equal(&left, &right))),
            Operator::NotEqual => Ok(Datum::owned(!equal(&left, &right))),
            Operator::In => contains(&right, &left).map(Datum::owned),
            Operator::Add => add(&left, &right),
            Operator::Subtract => subtract(&left, &right),
            Operator::Multiply | Operator::Divide | Operator::Remainder => compute(operator, &left, &right),
            _ => ordered(operator, &left, &right).map(Datum::owned),
        }
    }
}

/// Whether two values are the same; values of different kinds are not.
fn equal(left: &Datum<'_>, right: &Datum<'_>) -> bool {
    match (left, right) {
        (Datum::Value(left), Datum::Value(right)) => equal_values(left, right),
        (Datum::Duration(left), Datum::Duration(right)) => left == right,
        (Datum::Duration(_), _) | (_, Datum::Duration(_)) => false,
        (left, right) => left.instant().is_some() && left.instant() == right.instant(),
    }
}

/// Whether two values of JSON are the same, where `1` is `1.0`.
pub(crate) fn equal_values(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Int(_) | Value::Double(_), Value::Int(_) | Value::Double(_)) => {
            order_numbers(left, right) == Some(Ordering::Equal)
        }
        (Value::List(left), Value::List(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| equal_values(left, right))
        }
        (Value::Map(left), Value::Map(right)) => {
            let same = |(name, value)| right.get(name).is_some_and(|other| equal_values(value, other));
            left.len() == right.len() && left.iter().all(same)
        }
        (left, right) => left == right,
    }
}

/// Whether `item` is an item of a list, or the name of an object's field.
fn contains<'a>(container: &Datum<'_>, item: &Datum<'_>) -> Result<bool, Fault<'a>> {
    match (container.value(), item.value()) {
        (Some(Value::List(items)), Some(item)) => Ok(items.iter().any(|other| equal_values(other, item))),
        (Some(Value::Map(fields)), Some(item)) => Ok(item.as_str().is_some_and(|name| fields.contains_key(name))),
        (Some(Value::List(items)), None) => {
            let instant = item.instant();
            Ok(instant.is_some() && items.iter().any(|other| Datum::borrowed(other).instant() == instant))
        }
        _ => Err(unfit(Operator::In, item, container)),
    }
}

/// Whether two values of one kind are in that order. Beside what is no number, no number is.
fn ordered<'a>(operator: Operator, left: &Datum<'_>, right: &Datum<'_>) -> Result<bool, Fault<'a>> {
    let order = match (left, right) {
        (Datum::Duration(left), Datum::Duration(right)) => Some(left.cmp(right)),
        (Datum::Value(one), Datum::Value(other)) => match (one.as_ref(), other.as_ref()) {
            (Value::Int(_) | Value::Double(_), Value::Int(_) | Value::Double(_)) => order_numbers(one, other),
            (Value::String(one), Value::String(other)) => Some(one.cmp(other)),
            (Value::Bool(one), Value::Bool(other)) => Some(one.cmp(other)),
            _ => return Err(unfit(operator, left, right)),
        },
        _ => match (left.instant(), right.instant()) {
            (Some(left), Some(right)) => Some(left.cmp(&right)),
            _ => return Err(unfit(operator, left, right)),
        },
    };
    Ok(order.is_some_and(|order| operator.holds(order)))
}

/// The order of two numbers, exact also where a whole number has no exact counterpart in floating point.
fn order_numbers(left: &Value, right: &Value) -> Option<Ordering> {
    match (left, right) {
        (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
        (Value::Int(left), Value::Double(right)) => order_mixed(*left, *right),
        (Value::Double(left), Value::Int(right)) => order_mixed(*right, *left).map(Ordering::reverse),
        (left, right) => left.as_number()?.partial_cmp(&right.as_number()?),
    }
}

/// The order of a whole number and one with a fraction.
#[expect(clippy::cast_possible_truncation, reason = "within the range of i64 the cast only cuts the fraction")]
fn order_mixed(whole: i64, fraction: f64) -> Option<Ordering> {
    /// 2⁶³, the first number above every `i64`.
    const ABOVE: f64 = 9_223_372_036_854_775_808.0;
    if fraction.is_nan() {
        return None;
    }
    if fraction >= ABOVE {
        return Some(Ordering::Less);
    }
    if fraction < -ABOVE {
        return Some(Ordering::Greater);
    }
    let rest = 0.0_f64.partial_cmp(&fraction.fract())?;
    Some(whole.cmp(&(fraction as i64)).then(rest))
}

/// The sum of numbers, durations, an instant and a duration; texts and lists one after the other.
pub(super) fn add<'a>(left: &Datum<'a>, right: &Datum<'a>) -> Evaluated<'a> {
    match (left, right) {
        (Datum::Duration(one), Datum::Duration(other)) => {
            one.checked_add(*other).map(Datum::Duration).ok_or_else(|| too_large(Operator::Add))
        }
        (Datum::Duration(duration), instant) | (instant, Datum::Duration(duration)) => match instant.instant() {
            Some(instant) => instant.checked_add(*duration).map(Datum::Instant).map_err(|_| too_large(Operator::Add)),
            None => Err(unfit(Operator::Add, left, right)),
        },
        (Datum::Value(one), Datum::Value(other)) => match (one.as_ref(), other.as_ref()) {
            (Value::String(one), Value::String(other)) => Ok(Datum::owned(Value::String(format!("{one}{other}")))),
            (Value::List(one), Value::List(other)) => {
                Ok(Datum::owned(Value::List(one.iter().chain(other).cloned().collect())))
            }
            _ => compute(Operator::Add, left, right),
        },
        _ => Err(unfit(Operator::Add, left, right)),
    }
}

/// The difference of numbers, durations, instants, or an instant and a duration.
fn subtract<'a>(left: &Datum<'a>, right: &Datum<'a>) -> Evaluated<'a> {
    match (left, right) {
        (Datum::Duration(one), Datum::Duration(other)) => {
            one.checked_sub(*other).map(Datum::Duration).ok_or_else(|| too_large(Operator::Subtract))
        }
        (instant, Datum::Duration(duration)) => match instant.instant() {
            Some(instant) => {
                instant.checked_sub(*duration).map(Datum::Instant).map_err(|_| too_large(Operator::Subtract))
            }
            None => Err(unfit(Operator::Subtract, left, right)),
        },
        (Datum::Value(_), Datum::Value(_)) => compute(Operator::Subtract, left, right),
        _ => match (left.instant(), right.instant()) {
            (Some(one), Some(other)) => Ok(Datum::Duration(one.duration_since(other))),
            _ => Err(unfit(Operator::Subtract, left, right)),
        },
    }
}

/// Arithmetic: of whole numbers exact or a fault, otherwise in floating point.
fn compute<'a>(operator: Operator, left: &Datum<'a>, right: &Datum<'a>) -> Evaluated<'a> {
    let (Some(one), Some(other)) = (left.value(), right.value()) else {
        return Err(unfit(operator, left, right));
    };
    if let (Value::Int(one), Value::Int(other)) = (one, other) {
        let result = match operator {
            Operator::Add => one.checked_add(*other),
            Operator::Subtract => one.checked_sub(*other),
            Operator::Multiply => one.checked_mul(*other),
            Operator::Divide => one.checked_div(*other),
            _ => one.checked_rem(*other),
        };
        return result.map(Datum::owned).ok_or_else(|| too_large(operator));
    }
    let (Some(one), Some(other)) = (one.as_number(), other.as_number()) else {
        return Err(unfit(operator, left, right));
    };
    match operator {
        Operator::Add => Ok(Datum::owned(one + other)),
        Operator::Subtract => Ok(Datum::owned(one - other)),
        Operator::Multiply => Ok(Datum::owned(one * other)),
        Operator::Divide => Ok(Datum::owned(one / other)),
        _ => Err(Fault::Unfit("% takes whole numbers".to_owned())),
    }
}

/// The fault of operands that the operator does not take.
fn unfit<'a>(operator: Operator, left: &Datum<'_>, right: &Datum<'_>) -> Fault<'a> {
    Fault::Unfit(format!("{} does not take {} and {}", operator.sign(), left.kind(), right.kind()))
}

/// The fault of a result that there is no value for.
fn too_large<'a>(operator: Operator) -> Fault<'a> {
    Fault::Unfit(format!("{} divides by zero or leaves the range of its type", operator.sign()))
}
