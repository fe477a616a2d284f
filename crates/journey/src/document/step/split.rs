//! `split`.

use baton_model::text_id::StepId;
use serde::{Deserialize, Deserializer};

/// Chooses by an experiment.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SplitDocument {
    /// The experiment.
    pub experiment: String,
    /// The variants, in order.
    pub variants: Vec<VariantDocument>,
    /// What is sorted into them.
    #[serde(default)]
    pub unit: UnitDocument,
    /// Only units of this part of a namespace take part.
    #[serde(default)]
    pub namespace: Option<NamespaceDocument>,
    /// The share of units that take part.
    #[serde(default)]
    pub coverage: Option<f64>,
    /// The variant of those that do not; by default the first.
    #[serde(default)]
    pub control: Option<String>,
    /// What the hash starts from, instead of the experiment.
    #[serde(default)]
    pub seed: Option<String>,
    /// 1 or 2.
    #[serde(default)]
    pub hash_version: Option<u8>,
}

/// One variant.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct VariantDocument {
    /// Its id.
    pub id: String,
    /// Its share.
    pub weight: f64,
    /// Where its members go.
    pub then: StepId,
}

/// `namespace`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct NamespaceDocument {
    /// Its name.
    pub id: String,
    /// Where the part starts.
    pub from: f64,
    /// Where it ends.
    pub to: f64,
}

/// `unit`: `customer`, `enrolment`, or an expression.
#[derive(Debug, Clone, Default)]
pub enum UnitDocument {
    /// The customer.
    #[default]
    Customer,
    /// Each enrolment.
    Enrolment,
    /// In CEL.
    Expression(String),
}

impl<'de> Deserialize<'de> for UnitDocument {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<'de, str>::deserialize(deserializer)?;
        Ok(match &*text {
            "customer" => Self::Customer,
            "enrolment" => Self::Enrolment,
            expression => Self::Expression(expression.to_owned()),
        })
    }
}
