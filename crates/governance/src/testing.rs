//! Governance scenarios as text: one line is an input, the indented lines after it are what was decided.
//!
//! ```text
//! message promo priority=50 channels=email
//! 2024-03-01T10:00Z ask promo
//!   promo/email released +outbox
//! 2024-03-01T10:01Z permit promo
//!   granted 1
//!   promo/email permitted
//! ```
//!
//! Every input ends with a `decide`, as it does in a customer, so what an input sets free shows up below it.

mod message;
mod render;
mod stage;

pub(crate) use render::short;
pub(crate) use stage::{Stage, intent};

/// Plays the inputs of `text` and compares what comes out with the lines that are there.
#[track_caller]
pub(crate) fn check(text: &str) {
    let mut stage = Stage::default();
    let mut played = Vec::new();
    for line in text.lines().map(str::trim_end).filter(|line| !line.trim().is_empty()) {
        let indent = line.len() - line.trim_start().len();
        if indent > base(text) {
            continue;
        }
        played.push(line.trim().to_owned());
        played.extend(stage.play(line.trim()).into_iter().map(|said| format!("  {said}")));
    }
    let expected: Vec<_> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| line.get(base(text)..).unwrap_or(line.trim_start()).trim_end().to_owned())
        .collect();
    let (played, expected) = (played.join("\n"), expected.join("\n"));
    assert!(played == expected, "\nplayed:\n{played}\n\nexpected:\n{expected}\n");
}

/// How far the text as a whole is indented.
fn base(text: &str) -> usize {
    let lines = text.lines().filter(|line| !line.trim().is_empty());
    lines.map(|line| line.len() - line.trim_start().len()).min().unwrap_or(0)
}

/// What the author of a policy in JSON is told; nothing if it can be published.
pub(crate) fn policy_errors(json: &str) -> Vec<String> {
    Stage::default().compile_policy(json).map_or_else(|errors| errors, |_| Vec::new())
}
