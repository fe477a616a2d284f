//! How an error says that something is not there: with the name that was probably meant.

use crate::nearest::{nearest, one_of};

/// How an error says that something is not in one of a few.
pub(crate) fn unknown<'a>(what: &str, id: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.into_iter().collect();
    let instead = nearest(id, &known).map_or_else(|| one_of(&known), |meant| format!("`{meant}`"));
    format!("there is no {what} `{id}`: write {instead}")
}

/// `there is no <what> <id>`, and what to write: the nearest known id, or the document that is missing.
pub(crate) fn absent<'a>(what: &str, id: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    let known: Vec<_> = known.into_iter().collect();
    match nearest(id, &known) {
        Some(meant) => format!("there is no {what} `{id}`: write `{meant}`, or add it to the set"),
        None => format!("there is no {what} `{id}`: add it to the set, or name one that is there"),
    }
}
