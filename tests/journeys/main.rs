//! Plays every scenario file beside this one. A file name, or part of one, plays only those:
//! `cargo test -p tests --test journeys -- dedup`.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use baton_testkit::scenario::{Scenario, play};

fn main() -> anyhow::Result<ExitCode> {
    let wanted: Vec<String> = std::env::args().skip(1).filter(|argument| !argument.starts_with('-')).collect();
    let mut out = std::io::stdout();
    let (mut passed, mut failed) = (0, 0);
    for path in scenarios(&wanted)? {
        match play(&Scenario::load(&path)?) {
            Ok(()) => passed += 1,
            Err(failure) => {
                failed += 1;
                let name = path.file_stem().unwrap_or_default().display();
                writeln!(out, "{failure}\n    play it again: cargo test -p tests --test journeys -- {name}\n")?;
            }
        }
    }
    writeln!(out, "{passed} scenarios passed, {failed} failed")?;
    anyhow::ensure!(passed + failed > 0, "no scenario has a name with {wanted:?} in it");
    Ok(if failed == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The scenario files, by name.
fn scenarios(wanted: &[String]) -> anyhow::Result<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("journeys");
    let mut paths = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let name = path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let is_wanted = wanted.is_empty() || wanted.iter().any(|wanted| name.contains(wanted.as_str()));
        if is_wanted && path.extension().is_some_and(|extension| extension == "txt") {
            paths.push(path);
        }
    }
    paths.sort();
    Ok(paths)
}
