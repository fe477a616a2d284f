//! Lists of any length, page by page.

use std::fmt::Display;

use serde_json::{Map, Value, json};

/// The entries asked for at once.
pub(super) const PAGE_SIZE: i32 = 500;

/// How many entries are shown when nobody says: enough for a look, and no flood.
#[derive(Debug, Clone, clap::Args)]
pub(super) struct Limit {
    /// Show at most this many; 0 shows all
    #[arg(long, default_value_t = 1_000)]
    limit: usize,
}

impl Limit {
    /// Cuts a list that is long enough. Says whether it was.
    pub(super) fn is_reached<T>(&self, entries: &mut Vec<T>) -> bool {
        let is_reached = self.limit > 0 && entries.len() >= self.limit;
        if is_reached {
            entries.truncate(self.limit);
        }
        is_reached
    }

    /// What to tell below a list that was cut.
    pub(super) fn note(&self, is_cut: bool, what: impl Display) -> String {
        if is_cut { format!("\nonly the first {} {what}: --limit 0 shows all", self.limit) } else { String::new() }
    }
}

/// A list as one JSON object, so that it can grow further fields.
pub(super) fn list(name: &str, entries: impl IntoIterator<Item = Value>, is_cut: bool) -> Value {
    let mut object = Map::new();
    object.insert(name.to_owned(), entries.into_iter().collect());
    if is_cut {
        object.insert("truncated".to_owned(), json!(true));
    }
    object.into()
}
