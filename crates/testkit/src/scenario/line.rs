//! One line of a scenario, cut into words.

use std::collections::BTreeMap;

/// A verb with its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Line {
    /// Its place in the file, from 1.
    pub number: usize,
    /// The line as written.
    pub text: String,
    /// The time in front, if there is one.
    pub time: Option<String>,
    /// What to do.
    pub verb: String,
    /// The arguments without a name, in order.
    pub words: Vec<String>,
    /// The arguments with a name.
    pub named: BTreeMap<String, String>,
}

impl Line {
    /// Cuts a line; `None` if nothing stands on it. A word that begins with a digit or `+` is a time.
    pub fn cut(number: usize, text: &str) -> Option<Self> {
        let mut tokens = tokens(text).into_iter().peekable();
        let time = tokens.next_if(|token| token.starts_with(|c: char| c.is_ascii_digit() || c == '+'));
        let verb = tokens.next()?;
        let (mut words, mut named) = (Vec::new(), BTreeMap::new());
        for token in tokens {
            match token.split_once('=') {
                Some((name, value)) => drop(named.insert(name.to_owned(), value.to_owned())),
                None => words.push(token),
            }
        }
        Some(Self { number, text: text.trim().to_owned(), time, verb, words, named })
    }

    /// The words as one text, such as the name of an event.
    pub fn phrase(&self) -> String {
        self.words.join(" ")
    }
}

/// Words between blanks; blanks within double quotes belong to the word, and `#` begins a comment.
fn tokens(text: &str) -> Vec<String> {
    let (mut tokens, mut token, mut quoted) = (Vec::new(), String::new(), false);
    for c in text.chars() {
        match c {
            '"' => quoted = !quoted,
            '#' if !quoted && token.is_empty() => break,
            c if c.is_whitespace() && !quoted => {
                if !token.is_empty() {
                    tokens.push(std::mem::take(&mut token));
                }
            }
            c => token.push(c),
        }
    }
    if !token.is_empty() {
        tokens.push(token);
    }
    tokens
}
