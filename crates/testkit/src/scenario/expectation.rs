//! An `expect` line, compared with what happened.

use std::fmt::Write;

use anyhow::{Result, bail};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp};

use super::happening::Happening;
use super::line::Line;
use super::moment;

/// How long after the instant of an `expect` it looks: deadlines fall due one millisecond after their instant, and those of
/// a chain of steps some milliseconds.
pub(crate) const MOMENT: SignedDuration = SignedDuration::from_millis(5);

/// What is looked for.
struct Wanted<'l> {
    verb: &'l str,
    words: &'l [String],
    line: &'l Line,
    /// The instant of the line.
    at: Timestamp,
}

/// Checks an `expect` line against what happened at its instant.
pub(crate) fn check(line: &Line, at: Timestamp, happenings: &mut [Happening], zone: &TimeZone) -> Result<()> {
    match line.words.split_first() {
        None => bail!("write what is expected, such as `expect send email welcome`, or `expect nothing`"),
        Some((word, [])) if word == "nothing" => nothing(at, happenings, zone),
        Some((word, rest)) if word == "no" => {
            let Some((verb, words)) = rest.split_first() else {
                bail!("write what must not have happened, such as `expect no send`");
            };
            none(&Wanted { verb, words, line, at }, happenings, zone)
        }
        Some((verb, words)) => one(&Wanted { verb, words, line, at }, happenings, zone),
    }
}

/// The sends that nobody expected.
pub(crate) fn unexpected_send(happenings: &[Happening], zone: &TimeZone) -> Option<String> {
    let overlooked = happenings.iter().find(|happening| happening.is_send() && !happening.expected)?;
    Some(format!("nobody expected\n    {}", overlooked.show(zone)))
}

fn one(wanted: &Wanted<'_>, happenings: &mut [Happening], zone: &TimeZone) -> Result<()> {
    let found = happenings.iter_mut().find(|happening| !happening.expected && wanted.is(happening, zone));
    if let Some(found) = found {
        found.expected = true;
        return Ok(());
    }
    bail!("{}", wanted.got(happenings, zone))
}

fn none(wanted: &Wanted<'_>, happenings: &[Happening], zone: &TimeZone) -> Result<()> {
    match happenings.iter().find(|happening| wanted.is(happening, zone)) {
        Some(found) => bail!("expected not to happen\n    {}", found.show(zone)),
        None => Ok(()),
    }
}

fn nothing(at: Timestamp, happenings: &[Happening], zone: &TimeZone) -> Result<()> {
    match happenings.iter().find(|happening| is_at(happening.at, at) && !happening.expected) {
        Some(found) => bail!("expected nothing\n    got  {}", found.show(zone)),
        None => Ok(()),
    }
}

/// Whether something happened at the instant of a line, or followed from the deadlines of that instant.
fn is_at(happened: Timestamp, at: Timestamp) -> bool {
    (SignedDuration::ZERO..=MOMENT).contains(&happened.duration_since(at))
}

impl Wanted<'_> {
    fn is(&self, happening: &Happening, zone: &TimeZone) -> bool {
        happening.verb == self.verb
            && is_at(happening.at, self.at)
            && self.words.len() <= happening.words.len()
            && self.words.iter().zip(&happening.words).all(|(word, said)| said.contains(word))
            && self.line.named.iter().all(|(name, value)| self.has(happening, name, value, zone))
    }

    fn has(&self, happening: &Happening, name: &str, value: &str, zone: &TimeZone) -> bool {
        if name == "until" {
            return happening.next.is_some_and(|next| moment::is_named(value, next, self.at, zone));
        }
        happening.named.get(name).is_some_and(|got| got == value)
    }

    /// What was expected, and what happened instead.
    fn got(&self, happenings: &[Happening], zone: &TimeZone) -> String {
        let mut text = format!("expected {} {}\n", self.verb, self.words.join(" "));
        let _ = writeln!(text, "    at   {}", moment::show(self.at, zone));
        let then: Vec<&Happening> = happenings.iter().filter(|happening| is_at(happening.at, self.at)).collect();
        if then.is_empty() {
            let _ = writeln!(text, "    got  nothing at that time; the last things before were");
        }
        let last = happenings.iter().rev().take(8).rev();
        let shown: Vec<&Happening> = if then.is_empty() { last.collect() } else { then };
        for happening in shown {
            let mark = if happening.expected { " (expected by a line above)" } else { "" };
            let _ = writeln!(text, "    got  {}{mark}", happening.show(zone));
        }
        text.trim_end().to_owned()
    }
}
