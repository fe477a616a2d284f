//! What the demo ends with.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use baton_ctl::table;
use baton_wire::pb::admin::v1 as admin;
use serde::Serialize;

use super::findings::Findings;
use super::replay::Replayed;
use super::story::Story;

/// The report. The fields are the contract of `baton demo -o json`.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Report {
    /// Events in the customers' histories.
    events_accepted: u64,
    /// Events that were sent, the repeats at the end not counted.
    events_sent: usize,
    /// Orders that were answered `duplicate` when all were sent again.
    duplicates_refused: usize,
    /// Sending all orders again changed no decision and made no message.
    repeat_changed_nothing: bool,
    /// Enrolments by outcome.
    enrolments: BTreeMap<String, u64>,
    /// The same by journey.
    journeys: BTreeMap<String, BTreeMap<String, u64>>,
    /// Entries that were refused, by reason.
    entries_refused: BTreeMap<String, u64>,
    /// Distinct messages at the sinks, by channel.
    messages: BTreeMap<String, usize>,
    /// Every message that the records call accepted arrived, and no other did.
    messages_agree: bool,
    /// Messages that reached customers who never consented.
    messages_without_consent: usize,
    /// Messages that had to wait, by reason.
    held: BTreeMap<String, u64>,
    /// Messages that never went out, by reason.
    dropped: BTreeMap<String, u64>,
    /// Over all decisions, the same on every run and every machine.
    decisions_digest: String,
    /// How late timers fired, in customer time.
    timer_lateness_ms: Lateness,
    /// Events taken durably in a second of machine time.
    events_per_second: f64,
    /// Enrolments that nothing would have woken, and rows that disagree.
    wake_source_violations: usize,
    /// Machine time of the replay and of all.
    seconds: Seconds,
    /// One customer's life.
    story: Option<Story>,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Lateness {
    p50: i64,
    p99: i64,
    max: i64,
}

#[derive(Debug, Clone, Copy, Serialize)]
struct Seconds {
    ingest: f64,
    replay: f64,
    total: f64,
}

impl Report {
    /// What was found before the repeat, and how many repeats were refused.
    pub fn new(
        findings: &Findings,
        replayed: Replayed,
        duplicates_refused: usize,
        check: &admin::CheckResponse,
        story: Option<Story>,
    ) -> Self {
        let mut enrolments = BTreeMap::new();
        let mut journeys: BTreeMap<String, BTreeMap<String, u64>> = BTreeMap::new();
        for ((journey, outcome), count) in &findings.enrolments {
            *enrolments.entry(outcome.clone()).or_default() += count;
            journeys.entry(journey.clone()).or_default().insert(outcome.clone(), *count);
        }
        let received = findings.received.iter();
        let none = BTreeSet::new();
        let agree = |(channel, ids): (&&str, _)| findings.accepted.get(*channel).unwrap_or(&none) == ids;
        let in_records: usize = findings.accepted.values().map(BTreeSet::len).sum();
        let at_sinks: usize = findings.received.values().map(BTreeSet::len).sum();
        let ingest = replayed.ingest.as_secs_f64();
        Self {
            events_accepted: findings.events,
            events_sent: replayed.events,
            duplicates_refused,
            repeat_changed_nothing: false,
            enrolments,
            journeys,
            entries_refused: findings.entries_refused.clone(),
            messages: received.clone().map(|(channel, ids)| ((*channel).to_owned(), ids.len())).collect(),
            messages_agree: received.clone().all(agree) && in_records == at_sinks,
            messages_without_consent: findings.received_without_consent,
            held: findings.held.clone(),
            dropped: findings.dropped.clone(),
            decisions_digest: findings.digest.clone(),
            timer_lateness_ms: lateness(&findings.timer_lateness_ms),
            events_per_second: rate(replayed.events, ingest),
            wake_source_violations: check.violations.len(),
            seconds: Seconds { ingest, replay: replayed.elapsed.as_secs_f64(), total: 0.0 },
            story,
        }
    }

    /// Adds what the repeat came to, and the time of it all.
    pub fn with_repeat(self, changed_nothing: bool, total: Duration) -> Self {
        let seconds = Seconds { total: total.as_secs_f64(), ..self.seconds };
        Self { repeat_changed_nothing: changed_nothing, seconds, ..self }
    }

    /// Whether everything is as it must be.
    pub fn is_sound(&self) -> bool {
        let all_taken = u64::try_from(self.events_sent).is_ok_and(|sent| sent == self.events_accepted);
        all_taken
            && self.repeat_changed_nothing
            && self.messages_agree
            && self.messages_without_consent == 0
            && self.wake_source_violations == 0
            && !self.dropped.contains_key("render_error")
    }

    /// The report for people.
    pub fn text(&self) -> String {
        let yes = |holds: bool| if holds { "yes" } else { "NO" }.to_owned();
        let Lateness { p50, p99, max } = self.timer_lateness_ms;
        let Seconds { replay, total, .. } = self.seconds;
        let facts = [
            ("events accepted", self.events_accepted.to_string()),
            ("repeats refused as duplicates", self.duplicates_refused.to_string()),
            ("the repeat changed nothing", yes(self.repeat_changed_nothing)),
            ("records and sinks agree on messages", yes(self.messages_agree)),
            ("messages without consent", self.messages_without_consent.to_string()),
            ("enrolments without a wake source", self.wake_source_violations.to_string()),
            ("timers late by (p50, p99, max)", format!("{p50} ms, {p99} ms, {max} ms of customer time")),
            ("events taken durably in a second", format!("{:.0}", self.events_per_second)),
            ("digest of all decisions", self.decisions_digest.clone()),
            ("machine time", format!("{replay:.1} s for 18 months, {total:.1} s in all")),
        ];
        let journeys = self.journeys.iter().flat_map(|(journey, outcomes)| {
            outcomes.iter().map(move |(outcome, count)| [journey.clone(), outcome.clone(), count.to_string()])
        });
        let messages = self.messages.iter().map(|(channel, count)| [channel.clone(), count.to_string()]);
        let mut parts = vec![
            table(["WHAT", ""], facts.map(|(what, value)| [what.to_owned(), value])),
            table(["JOURNEY", "OUTCOME", "ENROLMENTS"], journeys),
            table(["ENTRY REFUSED", "TIMES"], counted(&self.entries_refused)),
            table(["CHANNEL", "MESSAGES"], messages),
            table(["HELD BY", "MESSAGES"], counted(&self.held)),
            table(["NOT SENT FOR", "MESSAGES"], counted(&self.dropped)),
        ];
        parts.extend(self.story.iter().map(|story| story.text.clone()));
        parts.join("\n\n")
    }
}

fn counted(counts: &BTreeMap<String, u64>) -> impl Iterator<Item = [String; 2]> {
    counts.iter().map(|(name, count)| [name.clone(), count.to_string()])
}

/// From ascending values.
fn lateness(ascending: &[i64]) -> Lateness {
    let rank = |percent: usize| {
        let place = (ascending.len() * percent).div_ceil(100).saturating_sub(1);
        ascending.get(place).copied().unwrap_or(0)
    };
    Lateness { p50: rank(50), p99: rank(99), max: rank(100) }
}

#[expect(clippy::cast_precision_loss, reason = "a rate for people")]
fn rate(events: usize, seconds: f64) -> f64 {
    if seconds > 0.0 { events as f64 / seconds } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranks_are_those_of_the_values() {
        let check = |values: &[i64], expected: (i64, i64, i64)| {
            let Lateness { p50, p99, max } = lateness(values);
            assert_eq!((p50, p99, max), expected);
        };
        check(&[], (0, 0, 0));
        check(&[7], (7, 7, 7));
        check(&(1..=200).collect::<Vec<_>>(), (100, 198, 200));
    }

    fn report(findings: &Findings) -> Report {
        let replayed = Replayed { events: 0, ingest: Duration::ZERO, elapsed: Duration::ZERO };
        let check = admin::CheckResponse::default();
        Report::new(findings, replayed, 0, &check, None).with_repeat(true, Duration::from_secs(1))
    }

    #[test]
    fn a_message_that_only_one_side_knows_is_found() {
        let ids = |ids: &[&str]| ids.iter().map(|id| (*id).to_owned()).collect::<BTreeSet<_>>();
        let check = |accepted: &[&str], received: &[&str], expected: bool| {
            let findings = Findings {
                accepted: BTreeMap::from([("email".to_owned(), ids(accepted))]),
                received: BTreeMap::from([("email", ids(received)), ("app", ids(&[]))]),
                ..Findings::default()
            };
            assert_eq!(report(&findings).is_sound(), expected, "{accepted:?} {received:?}");
        };
        check(&["a", "b"], &["a", "b"], true);
        check(&["a", "b"], &["a"], false);
        check(&["a"], &["a", "b"], false);
        check(&["a"], &["b"], false);
    }

    #[test]
    fn a_message_without_consent_fails_the_demo() {
        assert!(report(&Findings::default()).is_sound());
        assert!(!report(&Findings { received_without_consent: 1, ..Findings::default() }).is_sound());
    }

    #[test]
    fn an_example_that_cannot_be_rendered_fails_the_demo() {
        let dropped = |reason: &str| Findings { dropped: [(reason.to_owned(), 1)].into(), ..Findings::default() };
        assert!(report(&dropped("guard_false")).is_sound());
        assert!(!report(&dropped("render_error")).is_sound());
    }

    #[test]
    fn the_fields_are_the_contract() {
        let value = serde_json::to_value(report(&Findings::default())).unwrap();
        for field in [
            "events_accepted",
            "duplicates_refused",
            "enrolments",
            "messages",
            "held",
            "dropped",
            "decisions_digest",
            "timer_lateness_ms",
            "events_per_second",
            "wake_source_violations",
        ] {
            assert!(value.get(field).is_some(), "{field}");
        }
        for field in ["p50", "p99", "max"] {
            assert!(value["timer_lateness_ms"].get(field).is_some(), "{field}");
        }
    }
}
