//! Names in errors: the one that was probably meant, and those there are.

/// The one known name that differs by at most a third of its letters, if there is just one nearest.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let ranked = known.iter().map(|candidate| (distance(name, candidate), *candidate));
    let (edits, meant) = ranked.min_by_key(|(edits, _)| *edits)?;
    (edits * 3 <= meant.chars().count()).then_some(meant)
}

/// How many letters must be put in, taken out, replaced or exchanged with their neighbour to make one name of the other.
/// Long names are not compared.
fn distance(left: &str, right: &str) -> usize {
    const LETTERS_MAX: usize = 64;
    let (left, right): (Vec<char>, Vec<char>) = (left.chars().collect(), right.chars().collect());
    if left.len().max(right.len()) > LETTERS_MAX {
        return usize::MAX / 3;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut last: Vec<usize> = (0..=right.len()).collect();
    for i in 1..=left.len() {
        let mut row = vec![i];
        for j in 1..=right.len() {
            let replaced = last[j - 1] + usize::from(left[i - 1] != right[j - 1]);
            let mut edits = replaced.min(last[j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1] {
                edits = edits.min(before[j - 2] + 1);
            }
            row.push(edits);
        }
        before = std::mem::replace(&mut last, row);
    }
    last[right.len()]
}

/// The names, for reading.
pub(crate) fn one_of(names: &[&str]) -> String {
    let quoted: Vec<_> = names.iter().map(|name| format!("`{name}`")).collect();
    match quoted.as_slice() {
        [] => "nothing".to_owned(),
        [only] => only.clone(),
        [firsts @ .., last] => format!("{} or {last}", firsts.join(", ")),
    }
}
