//! A compiled expression as a tree.

use baton_model::value::Value;
use jiff::{SignedDuration, Timestamp};
use regex::Regex;

use super::function::Function;
use super::now::NowComparison;
use super::operator::Operator;
use super::path::Path;

/// One node. Everything is resolved: names, functions, constant instants and patterns.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Node {
    /// A constant of JSON.
    Literal(Value),
    /// A constant `timestamp('..')`.
    Instant(Timestamp),
    /// A constant `duration('..')`.
    Duration(SignedDuration),
    /// A variable or one of its fields.
    Path(Path),
    /// Whether the field of that path is there.
    Has(Path),
    /// A field of something computed.
    Field { operand: Box<Node>, field: String },
    /// Whether something computed has that field.
    HasField { operand: Box<Node>, field: String },
    /// `operand[index]`.
    Index { operand: Box<Node>, index: Box<Node> },
    /// `!operand`.
    Not(Box<Node>),
    /// `-operand`.
    Negate(Box<Node>),
    /// `left && right`, in any order: false if either is, whatever the other.
    And(Box<Node>, Box<Node>),
    /// `left || right`, in any order: true if either is, whatever the other.
    Or(Box<Node>, Box<Node>),
    /// `condition ? then : otherwise`.
    Conditional { condition: Box<Node>, then: Box<Node>, otherwise: Box<Node> },
    /// A comparison or computation of two values.
    Binary { operator: Operator, left: Box<Node>, right: Box<Node> },
    /// `now` against an instant, which knows when it changes.
    Now(Box<NowComparison>),
    /// A function of its arguments; of a method, the receiver is the first.
    Call { function: Function, arguments: Vec<Node> },
    /// `text.matches('pattern')`.
    Matches { text: Box<Node>, pattern: Pattern },
    /// `[a, b]`.
    List(Vec<Node>),
    /// `{a: b}`.
    Map(Vec<(Node, Node)>),
    /// A loop over a list, or over the names of an object's fields.
    Each(Box<Loop>),
}

/// `range.all(item, body)` and its likes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Loop {
    /// What it comes to.
    pub(crate) kind: LoopKind,
    /// What it goes over.
    pub(crate) range: Node,
    /// Of `map` with three arguments: which items to take.
    pub(crate) filter: Option<Node>,
    /// What is computed of each item.
    pub(crate) body: Node,
}

/// What a loop comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum LoopKind {
    /// Whether the body holds of every item.
    All,
    /// Whether it holds of some item.
    Exists,
    /// Whether it holds of exactly one.
    ExistsOne,
    /// The body's values.
    Map,
    /// The items of which it holds.
    Filter,
}

/// A constant regular expression.
#[derive(Debug, Clone)]
pub(crate) struct Pattern(pub(crate) Regex);

impl PartialEq for Pattern {
    fn eq(&self, other: &Self) -> bool {
        self.0.as_str() == other.0.as_str()
    }
}
