//! What can be known of a value's type without a customer: enough to refuse `now > 3` at publish. Traits and properties are
//! of any type until they are seen.

use baton_model::value::Value;

use super::function::SIGNATURES;
use super::node::{LoopKind, Node};
use super::operator::Operator;
use super::path::Root;

/// A type.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    Null,
    Bool,
    Number,
    Text,
    Instant,
    Duration,
    List,
    Map,
}

impl Kind {
    /// Its name in messages.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "true or false",
            Self::Number => "a number",
            Self::Text => "a text",
            Self::Instant => "a timestamp",
            Self::Duration => "a duration",
            Self::List => "a list",
            Self::Map => "an object",
        }
    }

    /// The kind of a node's values; `None` if only an evaluation can tell.
    pub(super) fn of(node: &Node) -> Option<Self> {
        match node {
            Node::Literal(value) => Some(Self::of_value(value)),
            Node::Instant(_) => Some(Self::Instant),
            Node::Duration(_) => Some(Self::Duration),
            Node::Path(path) if path.fields.is_empty() => Self::of_root(path.root),
            Node::Has(_)
            | Node::HasField { .. }
            | Node::Not(_)
            | Node::And(..)
            | Node::Or(..)
            | Node::Now(_)
            | Node::Matches { .. } => Some(Self::Bool),
            Node::Negate(_) => Some(Self::Number),
            Node::Conditional { then, otherwise, .. } => {
                Self::of(then).filter(|kind| Self::of(otherwise) == Some(*kind))
            }
            Node::Binary { operator, left, right } => Self::of_binary(*operator, Self::of(left), Self::of(right)),
            Node::Call { function, .. } => {
                SIGNATURES.iter().find(|signature| signature.function == *function).map(|signature| signature.gives)
            }
            Node::List(_) => Some(Self::List),
            Node::Map(_) => Some(Self::Map),
            Node::Each(each) => match each.kind {
                LoopKind::Map | LoopKind::Filter => Some(Self::List),
                LoopKind::All | LoopKind::Exists | LoopKind::ExistsOne => Some(Self::Bool),
            },
            Node::Path(_) | Node::Field { .. } | Node::Index { .. } => None,
        }
    }

    fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::Null,
            Value::Bool(_) => Self::Bool,
            Value::Int(_) | Value::Double(_) => Self::Number,
            Value::String(_) => Self::Text,
            Value::List(_) => Self::List,
            Value::Map(_) => Self::Map,
        }
    }

    fn of_root(root: Root) -> Option<Self> {
        match root {
            Root::Now | Root::EventTimestamp => Some(Self::Instant),
            Root::EventName | Root::Timezone => Some(Self::Text),
            Root::Segments => Some(Self::List),
            Root::Traits | Root::Consents | Root::EventProperties | Root::EventContext | Root::Context => {
                Some(Self::Map)
            }
            Root::Item(_) => None,
        }
    }

    /// The kind of what an operator gives.
    fn of_binary(operator: Operator, left: Option<Self>, right: Option<Self>) -> Option<Self> {
        match (operator, left, right) {
            (Operator::Multiply | Operator::Divide | Operator::Remainder, ..) => Some(Self::Number),
            (Operator::Add, Some(Self::Duration), Some(Self::Instant))
            | (Operator::Add | Operator::Subtract, Some(Self::Instant), Some(Self::Duration)) => Some(Self::Instant),
            (Operator::Subtract, Some(Self::Instant), Some(Self::Instant)) => Some(Self::Duration),
            (Operator::Add | Operator::Subtract, Some(left), Some(right)) => (left == right).then_some(left),
            (Operator::Add | Operator::Subtract, ..) => None,
            _ => Some(Self::Bool),
        }
    }

    /// Whether an operator takes values of these kinds, as far as they are known.
    pub(super) fn check(operator: Operator, left: Option<Self>, right: Option<Self>) -> Result<(), String> {
        use Kind::{Bool, Duration, Instant, List, Map, Number, Text};
        let (Some(left), Some(right)) = (left, right) else {
            return Ok(());
        };
        let takes = match operator {
            Operator::Equal | Operator::NotEqual => {
                left == right || left == Kind::Null || right == Kind::Null || is_instant(left) && is_instant(right)
            }
            Operator::In => matches!(right, List | Map),
            Operator::Multiply | Operator::Divide | Operator::Remainder => left == Number && right == Number,
            Operator::Add => match (left, right) {
                (Number, Number) | (Text, Text) | (List, List) | (Duration, Duration) => true,
                (Duration, other) | (other, Duration) => is_instant(other),
                _ => false,
            },
            Operator::Subtract => match (left, right) {
                (Number, Number) | (Duration, Duration) => true,
                (left, Duration) => is_instant(left),
                (left, right) => is_instant(left) && is_instant(right) && (left == Instant || right == Instant),
            },
            _ => match (left, right) {
                (Number, Number) | (Text, Text) | (Bool, Bool) | (Duration, Duration) => true,
                (left, right) => is_instant(left) && is_instant(right),
            },
        };
        if takes {
            return Ok(());
        }
        Err(format!("`{}` does not take {} and {}", operator.sign(), left.name(), right.name()))
    }
}

/// Whether it is an instant or may write one.
fn is_instant(kind: Kind) -> bool {
    matches!(kind, Kind::Instant | Kind::Text)
}
