//! A customer's life: each input with what was decided on it.

use baton_wire::pb::v1 as pb;

use super::when;

/// The entries in the order in which they are given. Inputs on which nothing was decided are one line.
pub fn timeline(entries: &[pb::TimelineEntry]) -> String {
    let mut lines = Vec::new();
    for entry in entries {
        lines.push(format!("{}  {}", when(entry.time), entry.summary));
        lines.extend(entry.records.iter().map(|record| format!("    {}", record.summary)));
    }
    lines.join("\n")
}
