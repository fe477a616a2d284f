//! `cargo xtask verify`: everything that must hold before a change is merged. Reads only.
//!
//! Every stage runs even if an earlier one failed, cheapest first, so that one run shows all there is to repair.

use std::path::Path;

use crate::stage::{cargo, summarize, timed};
use crate::tidy;

/// Returns whether every stage passed.
pub fn run(root: &Path) -> anyhow::Result<bool> {
    let outcomes = [
        cargo(root, &["fmt", "--all", "--check"])?,
        timed("cargo xtask tidy".to_owned(), || tidy::run(root))?,
        cargo(root, &["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"])?,
        cargo(root, &["test", "--workspace", "--locked", "--no-fail-fast"])?,
    ];
    Ok(summarize(&outcomes))
}
