//! `cargo xtask fix`: applies what formatter and lints can repair by themselves. Writes; checks nothing else.

use std::path::Path;

use crate::stage::{cargo, summarize};

/// Returns whether both tools could do their work. Lints first: what they write is then formatted.
pub fn run(root: &Path) -> anyhow::Result<bool> {
    let lints = ["clippy", "--fix", "--workspace", "--all-targets", "--locked", "--allow-dirty", "--allow-staged"];
    let outcomes = [cargo(root, &lints)?, cargo(root, &["fmt", "--all"])?];
    Ok(summarize(&outcomes))
}
