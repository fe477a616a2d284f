//! The programs whose commands the documents quote, and the sources in which their verbs are declared.

pub struct Program {
    pub name: &'static str,
    /// The first folder holds the root command.
    pub folders: &'static [&'static str],
}

pub const BATON: Program = Program { name: "baton", folders: &["crates/baton/", "crates/ctl/"] };
pub const XTASK: Program = Program { name: "cargo xtask", folders: &["crates/xtask/"] };

/// Cargo's own verbs and the plug-ins that the documents may quote.
pub const CARGO_VERBS: &[&str] = &[
    "add", "bench", "build", "check", "clean", "clippy", "deny", "doc", "fetch", "fmt", "fuzz", "install", "metadata",
    "miri", "run", "test", "tree", "update", "vendor",
];
