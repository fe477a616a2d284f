//! The clients: they send the stream of events, each event until it is answered for good. They make the calls themselves,
//! since every answer is counted, also those that `baton-client` deals with and does not tell.

use std::cell::{Cell, RefCell};
use std::rc::Rc;
use std::time::Duration;

use anyhow::{Context, bail};
use baton_ctl::{Connection, Endpoints};
use baton_node::clock::WallClock;
use baton_ports::clock::Clock;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answer;
use baton_wire::pb::v1::event_service_client::EventServiceClient;
use futures::future::try_join_all;
use tokio::task::JoinSet;
use tokio::time::Instant;
use tonic::transport::Channel;

use crate::events::Events;
use crate::options::Options;
use crate::tally::Tally;

/// Before an event that was answered `retry` is sent again.
const RETRY_WAIT: Duration = Duration::from_millis(5);

/// Calls that may be under way at half load. A node that falls this far behind is not at half load, and the run fails.
const BEHIND_MAX: usize = 20_000;

/// All clients, on one thread.
pub struct Clients {
    connections: Vec<EventServiceClient<Channel>>,
    batch: u64,
    calls: u32,
    events: Events,
    next: Rc<Cell<u64>>,
    tally: Rc<RefCell<Tally>>,
    latencies: Rc<RefCell<Vec<Duration>>>,
}

/// What was sent in all.
#[derive(Debug, Clone, Copy)]
pub struct Sent {
    pub events: Events,
    /// The stream's length.
    pub count: u64,
    pub tally: Tally,
}

impl Clients {
    pub async fn connect(endpoints: &Endpoints, options: &Options) -> anyhow::Result<Self> {
        let mut connections = Vec::new();
        for _ in 0..options.connections {
            connections.push(Connection::open(endpoints).await?.events());
        }
        Ok(Self {
            connections,
            batch: u64::from(options.batch),
            calls: options.calls(),
            events: Events { began: WallClock::default().now(), customers: options.customers },
            next: Rc::default(),
            tally: Rc::default(),
            latencies: Rc::default(),
        })
    }

    /// Sends as fast as answers come.
    pub async fn saturate(&self, took: Duration) -> anyhow::Result<()> {
        let until = Instant::now() + took;
        let clients = (0..self.calls).map(async |number| {
            let mut caller = self.caller(number as usize);
            while Instant::now() < until {
                caller.call(Instant::now()).await?;
            }
            anyhow::Ok(())
        });
        try_join_all(clients).await.map(drop)
    }

    /// Sends that many events a second, whatever the answers do. Late answers are waited for.
    pub async fn pace(&self, events_per_second: f64, took: Duration) -> anyhow::Result<()> {
        let began = Instant::now();
        let mut calls = JoinSet::new();
        for number in 0.. {
            #[expect(clippy::cast_precision_loss, reason = "a run has few calls")]
            let offset = Duration::from_secs_f64((number as u64 * self.batch) as f64 / events_per_second);
            if offset >= took {
                break;
            }
            tokio::time::sleep_until(began + offset).await;
            let mut caller = self.caller(number);
            calls.spawn_local(async move { caller.call(began + offset).await });
            while let Some(ended) = calls.try_join_next() {
                ended??;
            }
            if calls.len() > BEHIND_MAX {
                bail!("the node falls behind at half load: {} calls wait", calls.len());
            }
        }
        while let Some(ended) = calls.join_next().await {
            ended??;
        }
        Ok(())
    }

    /// What was answered so far.
    pub fn tally(&self) -> Tally {
        *self.tally.borrow()
    }

    /// How long the calls took since this was asked last.
    pub fn take_latencies(&self) -> Vec<Duration> {
        self.latencies.take()
    }

    pub fn sent(&self) -> Sent {
        Sent { events: self.events, count: self.next.get(), tally: self.tally() }
    }

    fn caller(&self, number: usize) -> Caller {
        Caller {
            connection: self.connections[number % self.connections.len()].clone(),
            batch: self.batch,
            events: self.events,
            next: Rc::clone(&self.next),
            tally: Rc::clone(&self.tally),
            latencies: Rc::clone(&self.latencies),
        }
    }
}

/// Makes one call at a time.
struct Caller {
    connection: EventServiceClient<Channel>,
    batch: u64,
    events: Events,
    next: Rc<Cell<u64>>,
    tally: Rc<RefCell<Tally>>,
    latencies: Rc<RefCell<Vec<Duration>>>,
}

impl Caller {
    /// Sends the next batch of the stream until each of its events is answered for good. `began` is when it should have
    /// left; the time until all are answered counts.
    async fn call(&mut self, began: Instant) -> anyhow::Result<()> {
        let first = self.next.get();
        self.next.set(first + self.batch);
        let mut open: Vec<pb::Event> = (first..first + self.batch).map(|place| self.events.at(place)).collect();
        loop {
            open = self.send(open).await?;
            if open.is_empty() {
                break;
            }
            tokio::time::sleep(RETRY_WAIT).await;
        }
        self.tally.borrow_mut().calls += 1;
        self.latencies.borrow_mut().push(began.elapsed());
        Ok(())
    }

    /// Sends once; returns the events to send again, in order.
    async fn send(&mut self, events: Vec<pb::Event>) -> anyhow::Result<Vec<pb::Event>> {
        let request = pb::IngestRequest { events: events.clone(), ..pb::IngestRequest::default() };
        let results = self.connection.ingest(request).await?.into_inner().results;
        let mut again = Vec::new();
        let mut tally = self.tally.borrow_mut();
        for (event, result) in events.into_iter().zip(results) {
            match result.result.context("an event was not answered")? {
                Answer::Accepted(_) => tally.accepted += 1,
                Answer::Duplicate(_) => tally.duplicates += 1,
                Answer::Rejected(rejected) => bail!("{}: {}", rejected.reason, rejected.message),
                Answer::Retry(_) => {
                    tally.retries += 1;
                    again.push(event);
                }
                Answer::Unknown(_) => {
                    tally.unknown += 1;
                    again.push(event);
                }
            }
        }
        Ok(again)
    }
}
