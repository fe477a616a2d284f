//! Feeds each check the small trees of `cases/<check>.txt` and compares every line it reports.
//!
//! A case is `case: title`, files as `file: path` and their text, and `findings:` with the lines expected, none for a
//! tree that is in order; each of the three stands behind `>>> `.

use std::collections::BTreeMap;
use std::path::Path;

use super::checks::{self, Check};
use super::exceptions;
use super::finding::Finding;
use super::tables::crates::CRATES;
use super::tables::exceptions::Exception;
use super::tree::Tree;

#[derive(Default)]
struct Case {
    title: String,
    files: BTreeMap<String, String>,
    findings: String,
}

#[test]
fn each_check_finds_what_its_cases_say() {
    let mut failures = Vec::new();
    for (name, check) in checks::ALL {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(format!("src/tidy/cases/{name}.txt"));
        let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let cases = parse(&text);
        assert!(cases.iter().any(|case| !case.findings.is_empty()), "{name}: no case is in breach of the rule");
        assert!(cases.iter().any(|case| case.findings.is_empty()), "{name}: no case is in order");
        failures.extend(cases.into_iter().filter_map(|case| failure(name, *check, case)));
    }
    assert!(failures.is_empty(), "{}", failures.join("\n"));
}

/// Says how the findings of a case differ from what it expects.
fn failure(name: &str, check: Check, case: Case) -> Option<String> {
    let tree = Tree::new(case.files);
    assert!(tree.unreadable.is_empty(), "{name}, {}: {:?}", case.title, tree.unreadable);
    let mut found = check(&tree);
    found.sort();
    let found = found.iter().map(|finding| format!("{finding}\n")).collect::<Vec<_>>().concat();
    (found != case.findings)
        .then(|| format!("{name}: {}\n--- expected\n{}--- found\n{found}", case.title, case.findings))
}

fn parse(text: &str) -> Vec<Case> {
    let mut cases: Vec<Case> = Vec::new();
    let mut current = String::new();
    for line in text.lines() {
        if let Some(title) = line.strip_prefix(">>> case: ") {
            cases.push(Case { title: title.to_owned(), ..Case::default() });
            continue;
        }
        let case = cases.last_mut().expect("a file of cases opens with a case");
        if let Some(section) = line.strip_prefix(">>> ") {
            section.clone_into(&mut current);
        } else if let Some(path) = current.strip_prefix("file: ") {
            let lines = repeated(line);
            case.files.entry(path.to_owned()).or_default().push_str(&lines);
        } else if !line.is_empty() {
            case.findings.push_str(line);
            case.findings.push('\n');
        }
    }
    cases
}

/// `<<< 70 times: text` stands for 70 lines.
fn repeated(line: &str) -> String {
    let repeat = line.strip_prefix("<<< ").and_then(|rest| rest.split_once(" times: "));
    match repeat {
        Some((times, text)) => format!("{text}\n").repeat(times.parse().expect("a count stands before `times`")),
        None => format!("{line}\n"),
    }
}

#[test]
fn the_table_of_crates_has_no_cycle() {
    for (height, row) in CRATES.iter().enumerate() {
        for known in row.knows {
            let below = CRATES[..height].iter().any(|lower| lower.name == *known);
            assert!(below, "`{}` knows `{known}`, which is not above it in the table", row.name);
        }
    }
}

#[test]
fn a_file_that_does_not_parse_is_a_finding() {
    let tree = Tree::new([("a.rs".to_owned(), "fn (".to_owned()), ("b/Cargo.toml".to_owned(), "[".to_owned())].into());
    let places: Vec<(&str, usize)> = tree.unreadable.iter().map(|found| (found.path.as_str(), found.line)).collect();
    assert_eq!(places, [("a.rs", 1), ("b/Cargo.toml", 1)]);
}

#[test]
fn an_exception_excuses_its_finding_and_is_reported_when_it_excuses_none() {
    let found = Finding { check: "file_length", ..Finding::new("src/long.rs", 401, "401 lines", "split") };
    let row = |path| Exception { check: "file_length", path, mentions: "lines", reason: "a test" };

    assert_eq!(exceptions::apply(&[row("src/long.rs")], vec![found.clone()]), []);

    let kept = exceptions::apply(&[row("src/other.rs")], vec![found.clone()]);
    assert_eq!(kept[0], found);
    assert_eq!(kept[1].what, "the exception from file_length for `src/other.rs` excuses nothing");
    assert_eq!(kept.len(), 2);
}
