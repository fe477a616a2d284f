//! Tables for people: a heading, rows, no lines between them.

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

/// The rows under a heading, as text. Columns shrink to the terminal if there is one.
pub fn table<const COLUMNS: usize>(
    heading: [&str; COLUMNS],
    rows: impl IntoIterator<Item = [String; COLUMNS]>,
) -> String {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Dynamic).set_header(heading);
    for row in rows {
        table.add_row(row);
    }
    table.trim_fmt()
}
