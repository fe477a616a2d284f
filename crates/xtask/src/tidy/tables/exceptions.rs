//! Legitimate deviations, each with its reason. A row that excuses nothing is itself a finding.

pub struct Exception {
    /// The check, as in `checks::ALL`.
    pub check: &'static str,
    /// What the path starts with.
    pub path: &'static str,
    /// What the finding says, or a part of it.
    pub mentions: &'static str,
    /// For the reader of this table; nothing evaluates it.
    #[expect(dead_code, reason = "a row without a reason must not compile")]
    pub reason: &'static str,
}

pub const EXCEPTIONS: &[Exception] = &[
    Exception {
        check: "banned_calls",
        path: "crates/xtask/src/stage.rs",
        mentions: "Instant::now",
        reason: "shows a person how long a stage took; no decision depends on it",
    },
    Exception {
        check: "banned_calls",
        path: "crates/wire/build.rs",
        mentions: "env::var",
        reason: "a build script learns from Cargo's environment where to write, and nowhere else",
    },
    Exception {
        check: "private_places",
        path: "crates/xtask/src/tidy/",
        mentions: "",
        reason: "the check itself and its cases spell out what they look for",
    },
];
