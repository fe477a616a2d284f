//! A policy as its author writes it, and what must be true of it to be published.

use baton_model::catalogue::Catalogue;
use baton_model::send::Category;
use baton_model::text_id::{ChannelId, PolicyId, TopicId};
use baton_rules::{Names, Rule, RuleError, RulePlace};
use serde::Deserialize;
use serde::de::IgnoredAny;

use super::exempt::Exempt;
use super::frequency_cap::FrequencyCap;
use super::min_gap::MinGapDocument;
use super::quiet_hours::QuietHours;
use super::scope::{Only, Scope};
use super::spacing::SpacingDocument;
use super::suppress_while::{SuppressWhile, SuppressWhileDocument};
use super::{Policy, PolicyCheck};

/// A policy.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PolicyDocument {
    /// Its id.
    pub id: PolicyId,
    /// Whose messages pass it.
    #[serde(default)]
    pub applies_to: AppliesTo,
    /// What it checks, each in the row of its kind.
    pub checks: Vec<CheckDocument>,
}

/// Whose messages pass a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AppliesTo {
    /// Those of every journey.
    All,
    /// Those of journeys that name it.
    #[default]
    Named,
}

/// One check.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CheckDocument {
    /// Silence while a rule holds.
    SuppressWhile(Box<SuppressWhileDocument>),
    /// A distance between messages of a scope.
    MinGap(MinGapDocument),
    /// A distance from channel to channel.
    Spacing(SpacingDocument),
    /// A quiet stretch of the day.
    QuietHours(QuietHours),
    /// At most so many within a window.
    FrequencyCap(FrequencyCap),
    /// Not supported yet.
    RequireBefore(IgnoredAny),
    /// Not supported yet.
    ChannelRole(IgnoredAny),
    /// Not supported yet.
    ExclusiveGroup(IgnoredAny),
    /// Not supported yet.
    JourneyConcurrency(IgnoredAny),
    /// Not supported yet.
    Charter(IgnoredAny),
}

impl PolicyDocument {
    /// Checks and compiles the policy; every fault is listed, its path starting at `checks`.
    pub fn compile(&self, names: &Names<'_>) -> Result<Policy, Vec<RuleError>> {
        let mut errors = Vec::new();
        if self.checks.is_empty() {
            errors.push(fault(
                "checks",
                "is empty: write at least one check, such as `- quiet_hours: {from: ..., to: ...}`",
            ));
        }
        let mut checks = Vec::new();
        for (index, document) in self.checks.iter().enumerate() {
            let mut found = Vec::new();
            let compiled = document.compile(names, &mut found);
            let within = |error: RuleError| RuleError { path: format!("checks[{index}].{}", error.path), ..error };
            errors.extend(found.into_iter().map(within));
            checks.extend(compiled);
        }
        let cooled =
            |check: &&PolicyCheck| matches!(check, PolicyCheck::SuppressWhile(policy) if policy.resume.is_some());
        if checks.iter().filter(cooled).count() > 1 {
            errors.push(fault("checks", "holds two `suppress_while` with `resume`: write each as a policy of its own"));
        }
        if errors.is_empty() {
            Ok(Policy { id: self.id.clone(), applies_to_all: self.applies_to == AppliesTo::All, checks })
        } else {
            Err(errors)
        }
    }
}

impl CheckDocument {
    fn compile(&self, names: &Names<'_>, errors: &mut Vec<RuleError>) -> Option<PolicyCheck> {
        match self {
            Self::SuppressWhile(document) => compile_suppression(document, names, errors),
            Self::MinGap(document) => {
                check_scope("min_gap", &document.scope, names.catalogue, errors);
                check_count("min_gap", &document.count, errors);
                Some(PolicyCheck::Spacing(document.clone().into()))
            }
            Self::Spacing(document) => {
                let channels = document.after.iter().chain([&document.channel]);
                check_channels("spacing", channels, names.catalogue, errors);
                check_count("spacing", &document.count, errors);
                Some(PolicyCheck::Spacing(document.clone().into()))
            }
            Self::QuietHours(document) => {
                check_quiet_hours(document, names, errors);
                Some(PolicyCheck::QuietHours(document.clone()))
            }
            Self::FrequencyCap(document) => {
                check_scope("frequency_cap", &document.scope, names.catalogue, errors);
                check_count("frequency_cap", &document.count, errors);
                Some(PolicyCheck::FrequencyCap(document.clone()))
            }
            Self::RequireBefore(_) => {
                unsupported("require_before", "write `suppress_while: {when: {not: <rule>}}`", errors)
            }
            Self::ChannelRole(_) => unsupported("channel_role", "write `roles` on the channel", errors),
            Self::ExclusiveGroup(_) => unsupported("exclusive_group", "leave it out", errors),
            Self::JourneyConcurrency(_) => unsupported("journey_concurrency", "leave it out", errors),
            Self::Charter(_) => unsupported("charter", "leave it out", errors),
        }
    }
}

fn fault(path: impl Into<String>, message: impl Into<String>) -> RuleError {
    RuleError { path: path.into(), message: message.into() }
}

fn unsupported(kind: &str, instead: &str, errors: &mut Vec<RuleError>) -> Option<PolicyCheck> {
    errors.push(fault(kind, format!("is not supported yet in this version: {instead}")));
    None
}

fn compile_suppression(
    document: &SuppressWhileDocument,
    names: &Names<'_>,
    errors: &mut Vec<RuleError>,
) -> Option<PolicyCheck> {
    check_exempt("suppress_while.exempt", &document.exempt, names, errors);
    if document.resume.is_some_and(|span| !span.is_positive()) {
        errors
            .push(fault("suppress_while.resume", "is no time at all: write a duration such as `24h`, or leave it out"));
    }
    let when = Rule::compile(&document.when, RulePlace::SUPPRESS, names);
    let within = |error: RuleError| {
        let dot = if error.path.is_empty() { "" } else { "." };
        RuleError { path: format!("suppress_while.when{dot}{}", error.path), ..error }
    };
    let when = when.map_err(|found| errors.extend(found.into_iter().map(within))).ok()?;
    let SuppressWhileDocument { exempt, action, resume, .. } = document;
    let compiled = SuppressWhile { when, exempt: exempt.clone(), action: *action, resume: *resume };
    Some(PolicyCheck::SuppressWhile(Box::new(compiled)))
}

fn check_quiet_hours(document: &QuietHours, names: &Names<'_>, errors: &mut Vec<RuleError>) {
    check_channels("quiet_hours.channels", &document.channels, names.catalogue, errors);
    check_exempt("quiet_hours.exempt", &document.exempt, names, errors);
    if document.days.is_empty() {
        errors.push(fault(
            "quiet_hours.days",
            "is empty: write days such as `[mon..fri]`, or leave it out for every day",
        ));
    }
    for country in &document.countries {
        if !crate::country::is_known(country) {
            errors.push(fault(
                "quiet_hours.countries",
                format!("`{country}` is no country: write its ISO 3166-1 code of two letters, such as `DE`"),
            ));
        }
    }
}

fn check_scope(path: &str, scope: &Scope, catalogue: &Catalogue, errors: &mut Vec<RuleError>) {
    match scope {
        Scope::Same(_) => (),
        Scope::Only(Only::Channel(channel)) => check_channels(&format!("{path}.scope"), [channel], catalogue, errors),
        Scope::Only(Only::Topic(topic)) => check_topics(&format!("{path}.scope"), [topic], catalogue, errors),
    }
}

fn check_exempt(path: &str, exempt: &Exempt, names: &Names<'_>, errors: &mut Vec<RuleError>) {
    check_channels(&format!("{path}.channels"), &exempt.channels, names.catalogue, errors);
    check_topics(&format!("{path}.topics"), &exempt.topics, names.catalogue, errors);
    for journey in exempt.journeys.iter().filter(|id| !names.journeys.contains_key(*id)) {
        let message = format!("there is no journey `{journey}`: publish it in the same set, or correct the name");
        errors.push(fault(format!("{path}.journeys"), message));
    }
}

fn check_count(path: &str, count: &[Category], errors: &mut Vec<RuleError>) {
    if count.iter().any(|category| *category != Category::Service) {
        let message = "marketing always counts and transactional never does: write `[service]`, or leave it out";
        errors.push(fault(format!("{path}.count"), message));
    }
}

fn check_channels<'a>(
    path: &str,
    channels: impl IntoIterator<Item = &'a ChannelId>,
    catalogue: &Catalogue,
    errors: &mut Vec<RuleError>,
) {
    for channel in channels.into_iter().filter(|id| !catalogue.channels.contains_key(*id)) {
        let message = format!("there is no channel `{channel}`: publish it in the same set, or correct the name");
        errors.push(fault(path, message));
    }
}

fn check_topics<'a>(
    path: &str,
    topics: impl IntoIterator<Item = &'a TopicId>,
    catalogue: &Catalogue,
    errors: &mut Vec<RuleError>,
) {
    for topic in topics.into_iter().filter(|id| !catalogue.topics.contains_key(*id)) {
        let message = format!("there is no topic `{topic}`: publish it in the same set, or correct the name");
        errors.push(fault(path, message));
    }
}

#[cfg(test)]
mod tests;
