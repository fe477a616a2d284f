//! A client that streams: it numbers its events, keeps to its credits, and first sends again, in order, what was not taken.
//!
//! Now and then it sends events again that are not answered yet: a second time on the same stream, or on a new one after it
//! gave the first one up in the middle. So a retry meets its first attempt while that is under way.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use baton_ctl::Connection;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answer;
use futures::SinkExt;
use futures::channel::mpsc;
use tokio::time::timeout;
use tonic::{Status, Streaming};

use super::client::{Client, PAUSE};

/// The most batches of one stream, so that some streams end before a kill and others with it.
const BATCHES_MAX: usize = 30;

/// Longer than a node may take to answer every event that it received.
const ANSWERS_MAX: Duration = Duration::from_secs(15);

/// The server is gone.
struct Gone;

/// One stream.
struct Session {
    requests: mpsc::Sender<pb::IngestStreamRequest>,
    responses: Streaming<pb::IngestStreamResponse>,
    /// The number of the last event sent.
    sent: u64,
    /// Every event up to this number is answered.
    acknowledged: u64,
    /// Events up to this number may be sent.
    granted: u64,
    /// What is sent and not answered, in order.
    under_way: VecDeque<pb::Event>,
    /// What was answered and not taken, in order.
    refused: Vec<pb::Event>,
}

/// Streams until the connection is gone.
pub(super) async fn run(client: &mut Client, connection: &Connection) {
    while let Ok(mut session) = Session::open(connection).await {
        let batches = 1 + client.choices.below(BATCHES_MAX);
        let sent = session.send(client, batches).await;
        let sent = match sent {
            Ok(()) if client.choices.once_in(2) => session.close(client).await,
            // The stream is given up in the middle.
            sent => sent,
        };
        session.give_back(client);
        if sent.is_err() {
            return;
        }
    }
}

/// Streams what is left until all of it is acknowledged.
pub(super) async fn finish(client: &mut Client, connection: &Connection) {
    let finishing = async {
        while !client.again.is_empty() {
            let mut session = Session::open(connection).await.unwrap();
            let sent = session.send(client, 1).await;
            assert!(sent.is_ok() && session.close(client).await.is_ok(), "nobody killed the node");
            session.give_back(client);
        }
    };
    timeout(ANSWERS_MAX, finishing).await.expect("a node that lives takes everything");
}

impl Session {
    /// Opens a stream; the first response grants the first credits.
    async fn open(connection: &Connection) -> Result<Self, Status> {
        let (requests, stream) = mpsc::channel(1);
        let responses = connection.events().ingest_stream(stream).await?.into_inner();
        let (under_way, refused) = (VecDeque::new(), Vec::new());
        Ok(Self { requests, responses, sent: 0, acknowledged: 0, granted: 0, under_way, refused })
    }

    async fn send(&mut self, client: &mut Client, batches: usize) -> Result<(), Gone> {
        for _ in 0..batches {
            // New events must not overtake what is to be sent again.
            if !self.refused.is_empty() {
                self.all_answered(client).await?;
                self.give_back(client);
            }
            let batch = client.batch();
            self.send_batch(client, &batch).await?;
            if client.choices.once_in(4) {
                self.send_batch(client, &batch).await?;
            }
            if let Ok(gone) = timeout(PAUSE, self.listen(client)).await {
                return Err(gone);
            }
        }
        Ok(())
    }

    async fn send_batch(&mut self, client: &mut Client, batch: &[pb::Event]) -> Result<(), Gone> {
        let last = self.sent + batch.len() as u64;
        // Whatever becomes of the stream from here on, these may have been taken.
        self.under_way.extend(batch.iter().cloned());
        while self.granted < last {
            self.hear(client).await?;
        }
        let request = pb::IngestStreamRequest { workspace: 0, first_sequence: self.sent + 1, events: batch.to_vec() };
        self.sent = last;
        self.requests.send(request).await.map_err(|_| Gone)
    }

    /// Takes answers until there are none any more.
    async fn listen(&mut self, client: &mut Client) -> Gone {
        loop {
            if let Err(gone) = self.hear(client).await {
                return gone;
            }
        }
    }

    async fn all_answered(&mut self, client: &mut Client) -> Result<(), Gone> {
        while self.acknowledged < self.sent {
            self.hear(client).await?;
        }
        Ok(())
    }

    /// Ends the stream in order: then every event is answered.
    async fn close(&mut self, client: &mut Client) -> Result<(), Gone> {
        self.requests.close_channel();
        self.all_answered(client).await?;
        match self.responses.message().await {
            Ok(None) => Ok(()),
            Ok(Some(response)) => panic!("everything was answered, and then came {response:?}"),
            Err(_) => Err(Gone),
        }
    }

    /// Waits for one response.
    async fn hear(&mut self, client: &mut Client) -> Result<(), Gone> {
        match timeout(ANSWERS_MAX, self.responses.message()).await.expect("every event is answered in time") {
            Ok(Some(response)) => {
                self.note(response, client);
                Ok(())
            }
            Ok(None) | Err(_) => Err(Gone),
        }
    }

    fn note(&mut self, response: pb::IngestStreamResponse, client: &mut Client) {
        let pb::IngestStreamResponse { acknowledged_sequence, not_accepted, credits, hints: _ } = response;
        let answered = self.acknowledged + 1..=acknowledged_sequence;
        assert!(acknowledged_sequence <= self.sent, "{acknowledged_sequence} is answered and was not sent");
        let mut not_accepted: BTreeMap<u64, Answer> =
            not_accepted.into_iter().map(|told| (told.sequence, told.result.unwrap().result.unwrap())).collect();
        for number in answered {
            let event = self.under_way.pop_front().unwrap();
            match not_accepted.remove(&number) {
                None | Some(Answer::Duplicate(_)) => client.acknowledge(&event),
                Some(Answer::Retry(_) | Answer::Unknown(_)) => self.refused.push(event),
                Some(other) => panic!("{other:?} for {event:?}"),
            }
        }
        assert!(not_accepted.is_empty(), "told too early, too late or twice: {not_accepted:?}");
        self.acknowledged = acknowledged_sequence;
        self.granted = acknowledged_sequence + u64::from(credits);
    }

    /// What was not taken, or may not have been, is what the client sends first from now on.
    fn give_back(&mut self, client: &mut Client) {
        let left: Vec<pb::Event> = self.refused.drain(..).chain(self.under_way.drain(..)).collect();
        for event in left.into_iter().rev() {
            client.again.push_front(event);
        }
    }
}
