//! Policies: what a team lays down for all messages of a customer, apart from any one journey.
//!
//! ```yaml
//! kind: Policy
//! id: default-caps
//! applies_to: all                 # all | named: only journeys that list it (the default)
//! checks:
//!   - frequency_cap: {scope: global, limit: 3, window: rolling 7d}
//!   - frequency_cap: {scope: channel, limit: 1, window: calendar day}
//!   - quiet_hours: {from: "21:00", to: "08:00"}
//! ```
//!
//! A document holds any number of checks; each check stands in the row of the pipeline that its kind belongs to.

mod document;
mod exempt;
mod frequency_cap;
mod gap;
mod min_gap;
mod quiet_hours;
mod scope;
mod spacing;
mod suppress_while;
mod window;

use std::collections::BTreeMap;

use baton_model::text_id::PolicyId;

pub use document::{AppliesTo, CheckDocument, PolicyDocument};
pub(crate) use frequency_cap::FrequencyCap;
pub(crate) use quiet_hours::QuietHours;
pub(crate) use spacing::Spacing;
pub(crate) use suppress_while::SuppressWhile;

use crate::message::{Message, OnRefusal};

/// The policies of one version, by id.
pub type Policies = BTreeMap<PolicyId, Policy>;

/// One policy, compiled.
#[derive(Debug, Clone, PartialEq)]
pub struct Policy {
    /// Its id.
    pub id: PolicyId,
    /// Every journey's messages pass it, not only those of journeys that name it.
    pub applies_to_all: bool,
    /// What it checks.
    pub(crate) checks: Vec<PolicyCheck>,
}

/// One check of a policy.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum PolicyCheck {
    /// Row 5.
    SuppressWhile(Box<SuppressWhile>),
    /// Row 6.
    Spacing(Spacing),
    /// Row 8.
    QuietHours(QuietHours),
    /// Row 9.
    FrequencyCap(FrequencyCap),
}

/// The policies that a message passes, in the order of their ids. One that it names and that is no longer published was
/// taken away on purpose.
pub(crate) fn applicable<'a>(policies: &'a Policies, message: &Message<'a>) -> impl Iterator<Item = &'a Policy> {
    let named = message.policies;
    policies.values().filter(move |policy| policy.applies_to_all || named.contains(&policy.id))
}

/// What a check that waits for a better time does with a message meanwhile.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum DeferOrDrop {
    /// It waits.
    #[default]
    Defer,
    /// It is not sent.
    Drop,
}

impl From<DeferOrDrop> for OnRefusal {
    fn from(action: DeferOrDrop) -> Self {
        match action {
            DeferOrDrop::Defer => Self::Defer,
            DeferOrDrop::Drop => Self::Drop,
        }
    }
}
