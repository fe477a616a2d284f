//! Whatever is done to a good document, it parses or errs: nothing panics, and every error is within the text.

use std::sync::OnceLock;

use proptest::prelude::*;

use super::{examples, history};
use crate::document::Document;
use crate::parse::parse;
use crate::publish::publish;
use crate::source::Source;

/// Pieces that have a meaning somewhere in the language.
const PIECES: &[&str] = &[
    "\n---\n",
    "{",
    "}",
    "[",
    "]",
    ": ",
    "- ",
    "\n",
    "  ",
    "\"",
    "'",
    "&a ",
    "*a",
    "|",
    "#",
    "null",
    "-1",
    "1e999",
    "99999999999999999999",
    "\u{0}",
    "é",
    "steps",
    "id",
    "kind",
    "goto",
    "next: settle",
    "else: done",
    "0s",
    "-9999999999h",
    "2y",
    "mon..fri",
    "24:00",
    "9999-12-31T23:59:59Z",
    "event.",
    "now",
    "not: ",
    "all: []",
    "match: key",
    "weight: 2",
    "on_error: retry",
    "<<: ",
    "\t",
];

/// One change of a text.
#[derive(Debug, Clone)]
enum Change {
    Insert(usize, &'static str),
    Remove(usize, usize),
    /// Writes what stands at one place again at another.
    Copy(usize, usize, usize),
}

fn change() -> impl Strategy<Value = Change> {
    let place = any::<prop::sample::Index>().prop_map(|index| index.index(usize::MAX));
    prop_oneof![
        (place.clone(), prop::sample::select(PIECES)).prop_map(|(at, piece)| Change::Insert(at, piece)),
        (place.clone(), 1_usize..40).prop_map(|(at, len)| Change::Remove(at, len)),
        (place.clone(), 1_usize..60, place).prop_map(|(from, len, to)| Change::Copy(from, len, to)),
    ]
}

/// Makes a change in a list of characters.
fn apply(text: &mut Vec<char>, change: &Change) {
    let place = |at: usize| at % (text.len() + 1);
    let piece = |from: usize, len: usize| text[from..text.len().min(from + len)].to_vec();
    match *change {
        Change::Insert(at, new) => {
            let at = place(at);
            text.splice(at..at, new.chars());
        }
        Change::Remove(at, len) => {
            let at = place(at);
            let end = text.len().min(at + len);
            text.drain(at..end);
        }
        Change::Copy(from, len, to) => {
            let (copied, to) = (piece(place(from), len), place(to));
            text.splice(to..to, copied);
        }
    }
}

/// The documents of each file as it is, parsed once.
fn good() -> &'static [Vec<Document>] {
    static GOOD: OnceLock<Vec<Vec<Document>>> = OnceLock::new();
    let parsed = || examples::FILES.iter().map(|(name, text)| parse(&Source::new(name, text)).unwrap()).collect();
    GOOD.get_or_init(parsed)
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, ..ProptestConfig::default() })]

    #[test]
    fn a_changed_document_parses_or_errs(
        file in 0..examples::FILES.len(),
        changes in prop::collection::vec(change(), 1..6),
    ) {
        let mut text: Vec<char> = examples::FILES[file].1.chars().collect();
        for change in &changes {
            apply(&mut text, change);
        }
        let text: String = text.into_iter().collect();
        let lines = u32::try_from(text.lines().count()).unwrap() + 1;
        let mut documents = Vec::new();
        for (index, ((name, _), good)) in examples::FILES.iter().zip(good()).enumerate() {
            if index != file {
                documents.extend(good.clone());
                continue;
            }
            match parse(&Source::new(name, &text)) {
                Ok(parsed) => documents.extend(parsed),
                Err(errors) => {
                    prop_assert!(!errors.is_empty());
                    prop_assert!(errors.iter().all(|error| (1..=lines).contains(&error.at.line)), "{errors:?}");
                }
            }
        }
        let version = baton_model::ids::DefinitionsVersion(1);
        if let Err(errors) = publish(&documents, version, history()) {
            prop_assert!(!errors.is_empty());
        }
    }
}
