//! A value that a document gives by an expression or as it is.

use baton_model::value::Value;
use baton_rules::Expression;

/// Where a value comes from.
#[derive(Debug, Clone)]
pub enum Binding {
    /// Written out in the document.
    Literal(Value),
    /// Computed when it is needed.
    Expression(Expression),
}
