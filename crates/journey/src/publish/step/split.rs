//! `split`.

use baton_rules::RulePlace;

use crate::document::step::split::{NamespaceDocument, SplitDocument, UnitDocument};
use crate::publish::desk::Desk;
use crate::source::path::Path;
use crate::step::split::{HashVersion, Namespace, Split, Unit, Variant};

/// The most variants: more would need more customers than anybody has to tell them apart.
const VARIANTS_MAX: usize = 20;
/// How far the sum of the weights may be from 1: what is lost when thirds are written as 0.3333.
const WEIGHT_SLACK: f64 = 0.000_5;

/// A split without a fault.
pub(crate) fn compile(document: &SplitDocument, path: &Path, desk: &mut Desk<'_>) -> Option<Split> {
    check_weights(document, path, desk);
    let control = control(document, path, desk);
    let coverage = document.coverage.unwrap_or(1.0);
    if !(0.0..=1.0).contains(&coverage) {
        desk.fault(&path.field("coverage"), format!("`{coverage}` is no share: write 0.0 to 1.0"));
    }
    desk.check_word(&path.field("experiment"), &document.experiment);
    let hash_version = match document.hash_version {
        None | Some(2) => HashVersion::V2,
        Some(1) => HashVersion::V1,
        Some(other) => {
            desk.fault(&path.field("hash_version"), format!("there is no version {other}: write 1 or 2"));
            HashVersion::V2
        }
    };
    let namespace = document.namespace.as_ref().map(|part| namespace(part, &path.field("namespace"), desk));
    let list = path.field("variants");
    let mut variants = Vec::new();
    for (index, variant) in document.variants.iter().enumerate() {
        let then = desk.target(&variant.then, &list.item(index).field("then"));
        variants.push(Variant { id: variant.id.clone(), weight: variant.weight, then });
    }
    let unit = match &document.unit {
        UnitDocument::Customer => Unit::Customer,
        UnitDocument::Enrolment => Unit::Enrolment,
        UnitDocument::Expression(source) => {
            Unit::Expression(desk.expression(source, RulePlace::STEP, &path.field("unit"))?)
        }
    };
    let seed = document.seed.as_ref().unwrap_or(&document.experiment).clone();
    let experiment = document.experiment.clone();
    Some(Split { experiment, variants, unit, namespace, coverage, control, seed, hash_version })
}

/// Two variants or more, each with an id of its own and a share, and the shares sum to 1.
fn check_weights(document: &SplitDocument, path: &Path, desk: &mut Desk<'_>) {
    let list = path.field("variants");
    if document.variants.len() < 2 {
        desk.fault(&list, "a split has at least two variants: write another one");
    }
    desk.check_at_most(&list, document.variants.len(), "variants", VARIANTS_MAX);
    for (index, variant) in document.variants.iter().enumerate() {
        desk.check_word(&list.item(index).field("id"), &variant.id);
        if !(0.0..=1.0).contains(&variant.weight) {
            let message = format!("`{}` is no share: write 0.0 to 1.0", variant.weight);
            desk.fault(&list.item(index).field("weight"), message);
        }
        if document.variants[..index].iter().any(|other| other.id == variant.id) {
            let message = format!("the variant `{}` is there already: choose another id", variant.id);
            desk.fault(&list.item(index).field("id"), message);
        }
    }
    let sum: f64 = document.variants.iter().map(|variant| variant.weight).sum();
    if (sum - 1.0).abs() > WEIGHT_SLACK && document.variants.len() >= 2 {
        desk.fault(&list, format!("the weights sum to {sum:.4}: change them so that they sum to 1"));
    }
}

/// The variant of units that do not take part.
fn control(document: &SplitDocument, path: &Path, desk: &mut Desk<'_>) -> usize {
    let Some(control) = &document.control else {
        return 0;
    };
    let place = document.variants.iter().position(|variant| variant.id == *control);
    if place.is_none() {
        let known = document.variants.iter().map(|variant| variant.id.as_str());
        desk.unknown(&path.field("control"), "variant", control, known);
    }
    place.unwrap_or(0)
}

/// `namespace`.
fn namespace(document: &NamespaceDocument, path: &Path, desk: &mut Desk<'_>) -> Namespace {
    let NamespaceDocument { id, from, to } = document.clone();
    let share = 0.0..=1.0;
    if !share.contains(&from) || !share.contains(&to) || from >= to {
        desk.fault(
            path,
            format!("`{from}` to `{to}` is no part of a namespace: write `from` and `to` so that 0 ≤ from < to ≤ 1"),
        );
    }
    Namespace { id, from, to }
}
