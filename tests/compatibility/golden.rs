//! Golden files.

use std::path::Path;

/// The lines of a golden file. With `BATON_GOLDEN=write` one that is not there yet is written; one that is there never changes.
pub fn golden(name: &str, lines: &[String]) -> Vec<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("compatibility/golden").join(name);
    let may_write = std::env::var("BATON_GOLDEN").is_ok_and(|value| value == "write");
    if may_write && !path.exists() && !lines.is_empty() {
        std::fs::write(&path, lines.join("\n") + "\n").unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    text.lines().map(str::to_owned).collect()
}
