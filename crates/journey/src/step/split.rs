//! A split step: an experiment whose members keep their variant.

use baton_rules::Expression;

use crate::step::Target;

mod bucket;

pub use bucket::HashVersion;

/// Chooses by an experiment.
#[derive(Debug, Clone)]
pub struct Split {
    /// The experiment; the choice is kept under this name, also by other journeys.
    pub experiment: String,
    /// The variants in order; two or more.
    pub variants: Vec<Variant>,
    /// What is sorted into variants.
    pub unit: Unit,
    /// Only units in this part of a namespace take part, so that experiments can exclude each other.
    pub namespace: Option<Namespace>,
    /// The share of units that take part, 0–1.
    pub coverage: f64,
    /// The variant of those that do not take part: an index of `variants`.
    pub control: usize,
    /// What the hash starts from; the experiment's name, unless the document says otherwise.
    pub seed: String,
    /// How the hash is computed.
    pub hash_version: HashVersion,
}

/// One variant.
#[derive(Debug, Clone, PartialEq)]
pub struct Variant {
    /// Its id.
    pub id: String,
    /// Its share, 0–1; the shares of a split sum to 1.
    pub weight: f64,
    /// Where its members go.
    pub then: Target,
}

/// What is sorted into variants.
#[derive(Debug, Clone)]
pub enum Unit {
    /// The customer, by id.
    Customer,
    /// Each enrolment, by id.
    Enrolment,
    /// The value of an expression, as text.
    Expression(Expression),
}

/// A part of a namespace.
#[derive(Debug, Clone, PartialEq)]
pub struct Namespace {
    /// Its name.
    pub id: String,
    /// Where the part starts, 0–1.
    pub from: f64,
    /// Where it ends; not part of it.
    pub to: f64,
}

/// Which variant a unit gets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Assignment {
    /// An index of the split's variants.
    pub variant: usize,
    /// The unit takes part: its exposure is recorded, and the variant kept. Otherwise it goes the way of the control.
    pub exposed: bool,
}
