//! The name that was probably meant.

/// The one known name that differs by less than half of its letters, if there is just one nearest.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    let ranked = known.iter().map(|candidate| (distance(name, candidate), *candidate));
    let (edits, meant) = ranked.min_by_key(|(edits, _)| *edits)?;
    (edits * 2 < meant.chars().count()).then_some(meant)
}

/// How many letters must be put in, taken out or replaced to make one name of the other. Long names are not compared.
fn distance(left: &str, right: &str) -> usize {
    const LETTERS_MAX: usize = 64;
    let right: Vec<char> = right.chars().collect();
    if right.len() > LETTERS_MAX || left.chars().nth(LETTERS_MAX).is_some() {
        return usize::MAX / 3;
    }
    let mut row: Vec<usize> = (0..=right.len()).collect();
    for (i, from) in left.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, to) in right.iter().enumerate() {
            let replaced = diagonal + usize::from(from != *to);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[right.len()]
}
