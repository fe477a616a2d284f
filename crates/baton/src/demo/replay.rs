//! Sends the purchases through gRPC, stepping customer time from one delivery of the shop to the next.

use std::collections::BTreeMap;
use std::time::Duration;

use anyhow::bail;
use baton_client::Answer;
use baton_wire::pb::v1 as pb;
use indicatif::{ProgressBar, ProgressStyle};
use jiff::{SignedDuration, Timestamp};
use tokio::time::Instant;

use super::customers::Shoppers;
use super::events;
use super::orders::Order;
use super::stage::Stage;

/// The shop hands its events over this often: often enough that morning and evening differ, seldom enough
/// that events go in batches and many customers wake in each step.
const HAND_OVER_EACH: SignedDuration = SignedDuration::from_hours(6);

/// Customer time goes on this long after the last order.
const AFTERWARDS: SignedDuration = SignedDuration::from_hours(24);

/// Hundredths, from 0 to 100; written `50%`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Percent(u8);

impl std::str::FromStr for Percent {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let number = text.strip_suffix('%').and_then(|number| number.parse().ok()).filter(|number| *number <= 100);
        number.map(Self).ok_or_else(|| "write a percentage such as 50%".to_owned())
    }
}

/// What the replay took.
#[derive(Debug, Clone, Copy)]
pub(super) struct Replayed {
    /// Events that were sent.
    pub events: usize,
    /// Machine time of the calls that took them.
    pub ingest: Duration,
    /// Machine time of all.
    pub elapsed: Duration,
}

/// Sends every purchase at its time, each customer introduced by the first. After that many hundredths of the way, if any, the
/// node that leads the most is killed while time is stepped.
pub(super) async fn replay(
    stage: &Stage,
    orders: &[Order],
    shoppers: &Shoppers,
    kill_leader_at: Option<Percent>,
) -> anyhow::Result<Replayed> {
    let batches = batches(orders, shoppers);
    let bar = bar(batches.len());
    let began = Instant::now();
    let mut replayed = Replayed { events: 0, ingest: Duration::ZERO, elapsed: Duration::ZERO };
    let mut last = None;
    let kill_at = kill_leader_at.map(|percent| batches.len() * usize::from(percent.0) / 100);
    for (number, (at, events)) in batches.into_iter().enumerate() {
        if kill_at == Some(number) {
            let (advanced, killed) = tokio::join!(stage.advance(at), stage.kill_leader());
            advanced?;
            bar.println(format!("node {} was killed and started again", killed?));
        } else {
            stage.advance(at).await?;
        }
        bar.set_message(at.strftime("%F").to_string());
        let sent = Instant::now();
        replayed.events += events.len();
        for outcome in stage.connection.client().ingest(events).await {
            if !matches!(outcome, Answer::Accepted(_)) {
                bail!("an event was not accepted: {outcome:?}");
            }
        }
        replayed.ingest += sent.elapsed();
        last = Some(at);
        bar.inc(1);
    }
    if let Some(last) = last {
        stage.advance(last + AFTERWARDS).await?;
    }
    bar.finish_and_clear();
    Ok(Replayed { elapsed: began.elapsed(), ..replayed })
}

/// Sends every purchase again; returns how many were answered `duplicate`.
pub(super) async fn repeat(stage: &Stage, orders: &[Order], shoppers: &Shoppers) -> anyhow::Result<usize> {
    let events = orders.iter().map(|order| events::order(order, &shoppers[&order.customer])).collect();
    let outcomes = stage.connection.client().ingest(events).await;
    Ok(outcomes.iter().filter(|outcome| matches!(outcome, Answer::Duplicate)).count())
}

/// What the shop hands over, by the instant of the hand-over.
fn batches(orders: &[Order], shoppers: &Shoppers) -> BTreeMap<Timestamp, Vec<pb::Event>> {
    let mut timed: Vec<(Timestamp, &Order)> =
        orders.iter().map(|order| (events::instant(order, &shoppers[&order.customer]), order)).collect();
    timed.sort_by(|(a_at, a), (b_at, b)| (a_at, &a.customer, a.number).cmp(&(b_at, &b.customer, b.number)));
    let mut batches: BTreeMap<Timestamp, Vec<pb::Event>> = BTreeMap::new();
    for (at, order) in timed {
        let shopper = &shoppers[&order.customer];
        let batch = batches.entry(next_hand_over(at)).or_default();
        if order.number == 1 {
            batch.extend(events::introduction(shopper, at));
        }
        batch.push(events::order(order, shopper));
    }
    batches
}

/// The first hand-over not before `at`.
fn next_hand_over(at: Timestamp) -> Timestamp {
    let each = HAND_OVER_EACH.as_secs();
    let seconds = at.as_second().div_euclid(each) * each;
    let last = Timestamp::from_second(seconds).expect("it is within a day of an instant of the purchases");
    if last == at { last } else { last + HAND_OVER_EACH }
}

fn bar(steps: usize) -> ProgressBar {
    let style = ProgressStyle::with_template("{bar:40} {msg}  {elapsed} of about {duration}");
    let bar = ProgressBar::new(u64::try_from(steps).unwrap_or(u64::MAX));
    bar.with_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::demo::customers::shoppers;
    use crate::demo::orders::parse;

    #[test]
    fn a_customer_is_introduced_once_before_the_first_order() {
        let orders = parse("7 19970105 1 1.5\n7 19970105 2 3\n7 19970301 2 3\n").unwrap();
        let batches = batches(&orders, &shoppers(&orders, 9));
        let sent: Vec<_> = batches.values().flatten().map(|event| event.message_id.as_str()).collect();
        assert_eq!(sent, ["identify-cdnow-7", "consent-cdnow-7", "order-7-1", "order-7-2", "order-7-3"]);
        for (at, events) in &batches {
            assert_eq!(at.as_second() % HAND_OVER_EACH.as_secs(), 0);
            for event in events {
                let happened: Timestamp = event.timestamp.parse().unwrap();
                assert!(happened <= *at && at.duration_since(happened) < HAND_OVER_EACH, "{happened} at {at}");
            }
        }
    }
}
