//! `branch`.

use baton_rules::RulePlace;

use crate::document::step::branch::BranchDocument;
use crate::publish::desk::Desk;
use crate::source::path::Path;
use crate::step::branch::{Branch, Case};

/// The most cases: more than people can follow.
const CASES_MAX: usize = 64;

/// A branch without a fault.
pub(crate) fn compile(document: &BranchDocument, path: &Path, desk: &mut Desk<'_>) -> Option<Branch> {
    let list = path.field("cases");
    desk.check_len(&list, document.cases.len(), "cases", CASES_MAX);
    let mut cases = Vec::new();
    for (index, case) in document.cases.iter().enumerate() {
        let at = list.item(index);
        let then = desk.target(&case.then, &at.field("then"));
        cases.push(desk.rule(&case.when, RulePlace::STEP, &at.field("when")).map(|when| Case { when, then }));
    }
    let otherwise = desk.target(&document.otherwise, &path.field("else"));
    Some(Branch { cases: cases.into_iter().collect::<Option<_>>()?, otherwise })
}
