//! What the decision records and the sinks say, once everything is over.

use std::collections::{BTreeMap, BTreeSet};

use baton_wire::pb::v1 as pb;
use baton_wire::{comparable, instant};
use futures::{StreamExt, TryStreamExt, stream};
use jiff::Timestamp;
use xxhash_rust::xxh3::Xxh3;

use super::customers::{Shopper, Shoppers};
use super::stage::Stage;

/// Customers that are read at once.
const READS_AT_ONCE: usize = 16;

/// Entries of a life that are read at once.
const PAGE_SIZE: i32 = 500;

/// A life of so many entries is short enough to be read by a person.
const STORY_ENTRIES_MAX: usize = 40;

/// Everything that is counted.
#[derive(Default)]
pub(super) struct Findings {
    /// Events in the customers' histories.
    pub events: u64,
    /// Enrolments by journey and outcome; `running` has none yet.
    pub enrolments: BTreeMap<(String, String), u64>,
    /// Entries that were refused, by reason.
    pub entries_refused: BTreeMap<String, u64>,
    /// Sends that had to wait, by reason; a send that waited for two reasons counts for each.
    pub held: BTreeMap<String, u64>,
    /// Messages that never went out, by reason.
    pub dropped: BTreeMap<String, u64>,
    /// Sends that a provider took, by channel, as the records say.
    pub accepted: BTreeMap<String, BTreeSet<String>>,
    /// Distinct sends that arrived, by channel, as the sinks say.
    pub received: BTreeMap<&'static str, BTreeSet<String>>,
    /// Sends ever decided for customers without consent that arrived all the same.
    pub received_without_consent: usize,
    /// How late timers fired, in customer time, ascending. Milliseconds.
    pub timer_lateness_ms: Vec<i64>,
    /// Over all decisions, by customer.
    pub digest: String,
    /// A customer whose life shows a send and a non-send.
    pub example: Option<Example>,
    /// Sends ever decided for customers without consent.
    pub without_consent: BTreeSet<String>,
}

/// A customer with one send and one message that was not sent.
#[derive(Clone)]
pub(super) struct Example {
    pub customer: String,
    pub sent: String,
    pub not_sent: String,
}

impl Findings {
    /// Reads every customer's life and both sinks.
    pub async fn read(stage: &Stage, shoppers: &Shoppers) -> anyhow::Result<Self> {
        let mut shoppers: Vec<&Shopper> = shoppers.values().collect();
        shoppers.sort_by(|a, b| a.id.cmp(&b.id));
        let read = |shopper| async move { Ok::<_, anyhow::Error>((shopper, life(stage, shopper).await?)) };
        let mut lives = stream::iter(shoppers.into_iter().map(read)).buffered(READS_AT_ONCE);
        let mut findings = Self::default();
        let mut digest = Xxh3::new();
        while let Some((shopper, life)) = lives.try_next().await? {
            digest.update(shopper.id.as_bytes());
            digest.update(&[0]);
            findings.take(shopper, &life, &mut digest);
        }
        findings.digest = format!("{:032x}", digest.digest128());
        findings.timer_lateness_ms.sort_unstable();
        findings.received = stage.received();
        let arrived = findings.received.values().flatten();
        findings.received_without_consent = arrived.filter(|send| findings.without_consent.contains(*send)).count();
        Ok(findings)
    }

    /// Takes one customer's life, oldest first.
    fn take(&mut self, shopper: &Shopper, life: &[pb::TimelineEntry], digest: &mut Xxh3) {
        let mut own = Life::default();
        for entry in life {
            self.events += u64::from(entry.event.is_some());
            self.timer_lateness_ms.extend(lateness_ms(entry));
            for record in &entry.records {
                if let Some(bytes) = comparable::bytes(record) {
                    digest.update(&bytes);
                }
                own.take(record);
            }
        }
        if !shopper.consents {
            self.without_consent.extend(own.fates.keys().cloned());
        }
        if self.example.is_none() && life.len() <= STORY_ENTRIES_MAX {
            self.example = own.example(&shopper.id);
        }
        self.add(own);
    }

    fn add(&mut self, life: Life) {
        for (journey, outcome) in life.enrolments.into_values() {
            *self.enrolments.entry((journey, outcome)).or_default() += 1;
        }
        for (_, reason) in life.held {
            *self.held.entry(reason).or_default() += 1;
        }
        for reason in life.refusals {
            *self.entries_refused.entry(reason).or_default() += 1;
        }
        for reason in life.no_sends {
            *self.dropped.entry(reason).or_default() += 1;
        }
        for (send, Fate { channel, word, reason }) in life.fates {
            match word.as_str() {
                "accepted" | "accepted_after_exit" => {
                    self.accepted.entry(channel).or_default().insert(send);
                }
                "dropped" | "cancelled" => *self.dropped.entry(reason).or_default() += 1,
                "expired" | "failed" | "unknown" | "dead" | "guard_false" | "render_error" => {
                    *self.dropped.entry(word).or_default() += 1;
                }
                _ => {}
            }
        }
    }
}

/// One customer's decisions.
#[derive(Default)]
struct Life {
    /// Journey and outcome, by enrolment.
    enrolments: BTreeMap<String, (String, String)>,
    /// The newest fate, by send.
    fates: BTreeMap<String, Fate>,
    /// Send and reason.
    held: BTreeSet<(String, String)>,
    refusals: Vec<String>,
    no_sends: Vec<String>,
}

struct Fate {
    channel: String,
    word: String,
    reason: String,
}

impl Life {
    fn take(&mut self, record: &pb::DecisionRecord) {
        let pb::DecisionRecord { journey, enrolment, reason, send, channel, fate, .. } = record.clone();
        match record.verdict.as_str() {
            "entered" => {
                self.enrolments.insert(enrolment, (journey, "running".to_owned()));
            }
            "exited" => {
                self.enrolments.insert(enrolment, (journey, reason));
            }
            "entry_refused" => self.refusals.push(reason),
            "no_send" => self.no_sends.push(reason),
            "send" => {
                if matches!(fate.as_str(), "deferred" | "held") {
                    self.held.insert((send.clone(), reason.clone()));
                }
                self.fates.insert(send, Fate { channel, word: fate, reason });
            }
            _ => {}
        }
    }

    /// A send that arrived and one that the customer was spared, for a reason other than consent, which needs no story.
    fn example(&self, customer: &str) -> Option<Example> {
        let find =
            |wanted: fn(&Fate) -> bool| self.fates.iter().find(|(_, fate)| wanted(fate)).map(|(send, _)| send.clone());
        let sent = find(|fate| fate.word == "accepted")?;
        let not_sent = find(|fate| {
            matches!(fate.word.as_str(), "dropped" | "cancelled" | "expired" | "guard_false")
                && fate.reason != "consent"
        })?;
        Some(Example { customer: customer.to_owned(), sent, not_sent })
    }
}

/// How late the timer was that caused the entry, if one did and something was decided on it.
fn lateness_ms(entry: &pb::TimelineEntry) -> Option<i64> {
    let record = entry.records.first()?;
    let due: Timestamp = record.cause.strip_prefix("timer ")?.parse().ok()?;
    let fired = instant::from_pb(entry.time?).ok()?;
    Some((fired.as_millisecond() - due.as_millisecond()).max(0))
}

/// Everything that happened to a customer, oldest first.
pub(super) async fn life(stage: &Stage, shopper: &Shopper) -> anyhow::Result<Vec<pb::TimelineEntry>> {
    let mut request =
        pb::TimelineRequest { customer_id: shopper.id.clone(), page_size: PAGE_SIZE, ..pb::TimelineRequest::default() };
    let mut entries = Vec::new();
    loop {
        let client = stage.connection.client();
        let asked = client.ask(request.clone(), async |node, request| node.customers().timeline(request).await);
        let page = asked.await.map_err(baton_ctl::Failure::from)?;
        entries.extend(page.entries);
        request.page_token = page.next_page_token;
        if request.page_token.is_empty() {
            entries.reverse();
            return Ok(entries);
        }
    }
}

#[cfg(test)]
mod tests;
