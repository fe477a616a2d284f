//! What is at hand while one journey is compiled: the set it belongs to, its own steps, and where its faults are noted.

use std::collections::BTreeMap;

use baton_model::text_id::StepId;
use baton_model::value::Value;
use baton_rules::{Expression, Rule, RuleDocument, RuleError, RulePlace};

use crate::binding::Binding;
use crate::document::binding::BindingDocument;
use crate::document::journey::JourneyDocument;
use crate::error::Reporter;
use crate::nearest::nearest;
use crate::publish::Shared;
use crate::publish::known::{absent, unknown};
use crate::source::path::Path;
use crate::step::{StepIndex, Target};

/// The place at which a journey is compiled.
pub(crate) struct Desk<'a> {
    pub(crate) shared: &'a Shared<'a>,
    pub(crate) journey: &'a JourneyDocument,
    pub(crate) steps: BTreeMap<&'a StepId, StepIndex>,
    reporter: Reporter<'a>,
}

/// The most bytes of names, reasons and roles, because they stand in records.
const WORD_BYTES_MAX: usize = 256;

/// What could not be compiled; its faults have been noted.
#[derive(Debug)]
pub(crate) struct Faulted;

impl<'a> Desk<'a> {
    /// A desk for that journey.
    pub(crate) fn new(shared: &'a Shared<'a>, journey: &'a JourneyDocument, reporter: Reporter<'a>) -> Self {
        let indices = (0..=u16::MAX).map(StepIndex);
        let steps = journey.steps.iter().map(|step| &step.id).zip(indices).collect();
        Self { shared, journey, steps, reporter }
    }

    /// Notes a fault.
    pub(crate) fn fault(&mut self, path: &Path, message: impl Into<String>) {
        self.reporter.add(path, message);
    }

    /// How many faults are noted so far, by all journeys.
    pub(crate) fn faults(&self) -> usize {
        self.reporter.faults.len()
    }

    /// Notes the faults of a rule or expression at `path`.
    fn rule_faults(&mut self, path: &Path, errors: Vec<RuleError>) {
        for error in errors {
            self.fault(&path.join(&error.path), error.message);
        }
    }

    /// A rule of that place.
    pub(crate) fn rule(&mut self, document: &RuleDocument, place: RulePlace, path: &Path) -> Option<Rule> {
        let compiled = Rule::compile(document, place, &self.shared.names);
        compiled.map_err(|errors| self.rule_faults(path, errors)).ok()
    }

    /// A rule that need not be there.
    pub(crate) fn rule_if(
        &mut self,
        document: Option<&RuleDocument>,
        place: RulePlace,
        path: &Path,
    ) -> Result<Option<Rule>, Faulted> {
        document.map(|document| self.rule(document, place, path).ok_or(Faulted)).transpose()
    }

    /// An expression of that place.
    pub(crate) fn expression(&mut self, source: &str, place: RulePlace, path: &Path) -> Option<Expression> {
        let compiled = Expression::compile(source, place);
        compiled.map_err(|errors| self.rule_faults(path, errors)).ok()
    }

    /// An expression that need not be there.
    pub(crate) fn expression_if(
        &mut self,
        source: Option<&str>,
        place: RulePlace,
        path: &Path,
    ) -> Result<Option<Expression>, Faulted> {
        source.map(|source| self.expression(source, place, path).ok_or(Faulted)).transpose()
    }

    /// Values by name.
    pub(crate) fn bindings(
        &mut self,
        documents: &BTreeMap<String, BindingDocument>,
        path: &Path,
    ) -> Option<BTreeMap<String, Binding>> {
        let compiled: Vec<_> = documents
            .iter()
            .map(|(name, document)| self.binding(document, &path.field(name)).map(|binding| (name.clone(), binding)))
            .collect();
        compiled.into_iter().collect()
    }

    /// One value.
    fn binding(&mut self, document: &BindingDocument, path: &Path) -> Option<Binding> {
        match document {
            BindingDocument::Literal(value) => Some(Binding::Literal(value.clone())),
            BindingDocument::Expression(source) => match Expression::compile(source, RulePlace::STEP) {
                Ok(expression) => Some(Binding::Expression(expression)),
                Err(errors) => {
                    for error in errors {
                        let literal = Value::from(source.as_str());
                        let hint = format!("{}; for the text itself write `{{value: {literal}}}`", error.message);
                        self.fault(&path.join(&error.path), hint);
                    }
                    None
                }
            },
        }
    }

    /// The step of that id.
    pub(crate) fn target(&mut self, id: &StepId, path: &Path) -> Target {
        if let Some(index) = self.steps.get(id) {
            return Target::Step(*index);
        }
        let message = match nearest(id.as_str(), &self.step_names()) {
            Some(meant) => format!("there is no step `{id}` in this journey: write `{meant}`"),
            None => format!("there is no step `{id}` in this journey: write the id of one of its steps"),
        };
        self.fault(path, message);
        Target::End
    }

    /// The step of that id, or where the step goes on.
    pub(crate) fn target_or(&mut self, id: Option<&StepId>, next: Target, path: &Path) -> Target {
        id.map_or(next, |id| self.target(id, path))
    }

    /// The ids of the journey's steps.
    fn step_names(&self) -> Vec<&'a str> {
        self.steps.keys().map(|id| id.as_str()).collect()
    }

    /// Notes that `id` is not in the set.
    pub(crate) fn absent<'k>(&mut self, path: &Path, what: &str, id: &str, known: impl IntoIterator<Item = &'k str>) {
        self.fault(path, absent(what, id, known));
    }

    /// Notes that `id` is none of a few.
    pub(crate) fn unknown<'k>(&mut self, path: &Path, what: &str, id: &str, known: impl IntoIterator<Item = &'k str>) {
        self.fault(path, unknown(what, id, known));
    }

    /// Notes a list that is empty or too long. `what` is what it holds, in the plural.
    pub(crate) fn check_len(&mut self, path: &Path, len: usize, what: &str, len_max: usize) {
        if len == 0 {
            self.fault(path, format!("there are no {what}: write at least one"));
        }
        self.check_at_most(path, len, what, len_max);
    }

    /// Notes a list that is too long.
    pub(crate) fn check_at_most(&mut self, path: &Path, len: usize, what: &str, len_max: usize) {
        if len > len_max {
            self.fault(path, format!("there are {len} {what}: write at most {len_max}"));
        }
    }

    /// Notes a word that is empty or too long to stand in every record.
    pub(crate) fn check_word(&mut self, path: &Path, word: &str) {
        if word.trim().is_empty() {
            self.fault(path, "nothing stands here: write a word");
        } else if word.len() > WORD_BYTES_MAX {
            self.fault(path, format!("the text has {} bytes: write at most {WORD_BYTES_MAX}", word.len()));
        }
    }
}
