//! That the numbers are numbers of a system that did its work: counted on the other side, not by those who sent.

use std::collections::BTreeSet;
use std::time::Duration;

use baton_client::Answer;
use baton_ctl::Connection;
use baton_wire::pb::admin::v1 as admin;
use baton_wire::pb::v1 as pb;
use serde::Serialize;
use tokio::time::Instant;

use crate::events::{is_order, repeated};
use crate::load::Sent;
use crate::subject::Subject;

/// How long the last messages may take to arrive after the last event was answered.
const ARRIVAL_WAIT_MAX: Duration = Duration::from_mins(2);

/// Events that are sent once more at the end: each must be known.
const SAMPLE: u64 = 20_000;

/// What was found; each line has what there should be and what there is.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Proof {
    /// Distinct events that were sent, and how many were answered `accepted`.
    pub accepted: (u64, u64),
    /// Repeats that were sent, and how many events were answered `duplicate`. An `unknown` that was sent again may add one.
    pub duplicates: (u64, u64),
    /// Distinct customers that were sent something about, and how many the node has rows of.
    pub customers: (u64, u64),
    /// Orders, and distinct messages at the sink.
    pub messages: (u64, u64),
    /// Events of the whole run sent once more, and how many of them were answered `duplicate`.
    pub known_again: (u64, u64),
    /// Events answered `unknown` on the way.
    pub unknown: u64,
    /// What a walk over all customers found wrong.
    pub violations: usize,
    /// From the last answer until the last message arrived, in seconds.
    pub messages_late_seconds: f64,
}

impl Proof {
    pub fn holds(&self) -> bool {
        let exact = [self.customers, self.messages, self.known_again].iter().all(|(sent, found)| sent == found);
        let doubtful = self.accepted.0 - self.accepted.1.min(self.accepted.0);
        exact
            && self.violations == 0
            && self.accepted.1 <= self.accepted.0
            && doubtful <= self.unknown
            && self.duplicates.1 == self.duplicates.0 + doubtful
    }
}

pub async fn prove(subject: &Subject, sent: &Sent) -> anyhow::Result<Proof> {
    let distinct = || (0..sent.count).filter(|place| repeated(*place).is_none());
    let orders = distinct().filter(|place| is_order(*place)).count() as u64;
    let customers: BTreeSet<u64> = distinct().map(|place| sent.events.customer(place)).collect();
    let messages_late_seconds = arrival(subject, orders).await;
    let connection = Connection::open(&subject.endpoints()).await?;
    let checked = connection.cluster().check(admin::CheckRequest {}).await?.into_inner();
    let step = (sent.count / SAMPLE).max(1);
    let sample: Vec<pb::Event> = (0..sent.count)
        .step_by(usize::try_from(step).unwrap_or(usize::MAX))
        .map(|place| sent.events.at(place))
        .collect();
    let sampled = sample.len() as u64;
    let answers = connection.client().ingest(sample).await;
    let known = answers.iter().filter(|answer| matches!(answer, Answer::Duplicate)).count() as u64;
    let repeats = sent.count - distinct().count() as u64;
    Ok(Proof {
        accepted: (distinct().count() as u64, sent.tally.accepted),
        duplicates: (repeats, sent.tally.duplicates),
        customers: (customers.len() as u64, checked.customers),
        messages: (orders, subject.receipts().sends() as u64),
        known_again: (sampled, known),
        unknown: sent.tally.unknown,
        violations: checked.violations.len(),
        messages_late_seconds,
    })
}

/// Waits for the messages; returns how long.
async fn arrival(subject: &Subject, orders: u64) -> f64 {
    let began = Instant::now();
    while (subject.receipts().sends() as u64) < orders && began.elapsed() < ARRIVAL_WAIT_MAX {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    began.elapsed().as_secs_f64()
}
