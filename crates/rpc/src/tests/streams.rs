//! Streams: numbers, credits, cumulative answers, and the order of a customer's events.

use std::time::Duration;

use baton_wire::pb::v1::event_service_client::EventServiceClient;
use baton_wire::pb::v1::{Event, IngestStreamRequest, IngestStreamResponse};
use futures::StreamExt;
use futures::channel::mpsc;
use tonic::{Code, Status, Streaming};
use tonic_types::StatusExt;

use super::fixture::{Fixture, event, short};

/// The client's side of a stream.
struct Client {
    requests: mpsc::Sender<IngestStreamRequest>,
    responses: Streaming<IngestStreamResponse>,
    next_sequence: u64,
}

impl Client {
    /// Opens a stream and takes the first credits.
    async fn open(fixture: &Fixture) -> Self {
        let (requests, outgoing) = mpsc::channel(16);
        let mut client = EventServiceClient::new(fixture.channel.clone());
        let responses = client.ingest_stream(outgoing).await.unwrap().into_inner();
        let mut stream = Self { requests, responses, next_sequence: 1 };
        let first = stream.response().await.unwrap();
        assert_eq!((first.acknowledged_sequence, first.credits), (0, 2_000), "credits come before any event");
        stream
    }

    fn send(&mut self, events: Vec<Event>) {
        let first_sequence = self.next_sequence;
        self.next_sequence += events.len() as u64;
        self.send_as(first_sequence, events);
    }

    fn send_as(&mut self, first_sequence: u64, events: Vec<Event>) {
        self.requests.try_send(IngestStreamRequest { workspace: 0, first_sequence, events }).unwrap();
    }

    async fn response(&mut self) -> Result<IngestStreamResponse, Status> {
        let response = tokio::time::timeout(Duration::from_secs(20), self.responses.next()).await;
        response.expect("every event is answered within the deadline").expect("the stream goes on")
    }

    /// Sends, waits until all is acknowledged, and gives what was not accepted in short.
    async fn ask(&mut self, events: Vec<Event>) -> Vec<String> {
        self.send(events);
        self.until_all_acknowledged().await
    }

    async fn until_all_acknowledged(&mut self) -> Vec<String> {
        let mut not_accepted = Vec::new();
        loop {
            let response = self.response().await.unwrap();
            assert_eq!(response.credits, 2_000);
            let results = response.not_accepted.iter();
            not_accepted.extend(results.map(|one| format!("{} {}", one.sequence, short(one.result.as_ref().unwrap()))));
            if response.acknowledged_sequence + 1 == self.next_sequence {
                return not_accepted;
            }
        }
    }
}

#[tokio::test]
async fn answers_are_cumulative_and_name_what_was_not_accepted() {
    let fixture = Fixture::start().await;
    let mut client = Client::open(&fixture).await;
    let batch =
        vec![event("a", "m1", "buy"), event("", "m2", "buy"), event("b", "m3", "repeat"), event("c", "m4", "buy")];
    assert_eq!(client.ask(batch).await, ["2 rejected invalid_event customer_id", "3 duplicate"]);
    assert_eq!(client.ask(vec![event("a", "m5", "buy")]).await, Vec::<String>::new());

    client.requests.close_channel();
    assert!(client.responses.next().await.is_none(), "the stream ends well once the client has ended its side");
}

#[tokio::test]
async fn later_events_of_a_customer_wait_until_the_one_that_was_not_taken_comes_again() {
    let fixture = Fixture::start().await;
    let mut client = Client::open(&fixture).await;
    assert_eq!(
        client.ask(vec![event("a", "m1", "busy"), event("b", "m2", "lost")]).await,
        ["1 retry customer_busy", "2 unknown"]
    );
    let later = vec![event("a", "m3", "buy"), event("b", "m4", "buy"), event("c", "m5", "buy")];
    assert_eq!(client.ask(later).await, ["3 retry predecessor", "4 retry predecessor"]);
    assert_eq!(
        client
            .ask(vec![Event { timestamp: "bad".to_owned(), ..event("c", "m6", "buy") }, event("c", "m7", "buy")])
            .await,
        ["6 rejected invalid_event timestamp"],
        "an event that is refused at the edge breaks no order"
    );
    let again = vec![event("b", "m2", "busy"), event("a", "m1", "buy"), event("a", "m3", "buy")];
    assert_eq!(client.ask(again).await, ["8 retry customer_busy"], "a is mended, b is not");
    assert_eq!(client.ask(vec![event("b", "m4", "buy")]).await, ["11 retry predecessor"]);
    assert_eq!(client.ask(vec![event("b", "m2", "buy"), event("b", "m4", "buy")]).await, Vec::<String>::new());

    let tried: Vec<_> = fixture.batches().concat();
    assert_eq!(tried, ["m1", "m2", "m5", "m7", "m2", "m1", "m3", "m2", "m4"], "what waits is not tried");
}

#[tokio::test]
async fn what_arrives_while_a_call_is_under_way_goes_together_into_the_next() {
    let fixture = Fixture::start().await;
    let mut client = Client::open(&fixture).await;
    for at in 0..10 {
        let batch = (0..200).map(|one| event(&format!("c{one}"), &format!("m{at}.{one}"), "buy")).collect();
        client.send(batch);
    }
    assert_eq!(client.until_all_acknowledged().await, Vec::<String>::new());
    let batches = fixture.batches();
    assert_eq!(batches.iter().map(Vec::len).sum::<usize>(), 2_000);
    assert!(batches.iter().all(|batch| batch.len() <= 1_000), "a call holds one batch at most");
}

/// First numbers and events.
type Requests = Vec<(u64, Vec<Event>)>;

#[tokio::test]
async fn a_client_that_breaks_the_rules_is_told_which_and_loses_nothing_it_sent_before() {
    let one = || vec![event("a", "m", "buy")];
    let cases: [(Requests, &str, &str); 3] = [
        (vec![(2, one())], "first_sequence", "is 2: the next event of this stream has number 1"),
        (vec![(1, one()), (1, one())], "first_sequence", "is 1: the next event of this stream has number 2"),
        (
            vec![(1, (0..1_001).flat_map(|_| one()).collect())],
            "events",
            "has 1001 events: send at most 1000 in one request",
        ),
    ];
    for (requests, field, message) in cases {
        let fixture = Fixture::start().await;
        let mut client = Client::open(&fixture).await;
        let last = requests.len() - 1;
        let good: usize = requests[..last].iter().map(|(_, events)| events.len()).sum();
        for (first_sequence, events) in requests {
            client.send_as(first_sequence, events);
        }
        let mut acknowledged = 0;
        let status = loop {
            match client.response().await {
                Ok(response) => acknowledged = response.acknowledged_sequence,
                Err(status) => break status,
            }
        };
        assert_eq!(status.code(), Code::InvalidArgument, "{status}");
        let violations = status.get_details_bad_request().unwrap().field_violations;
        assert_eq!((&*violations[0].field, &*violations[0].description), (field, message));
        assert_eq!(acknowledged, good as u64, "what was sent before is answered");
    }
}

#[tokio::test]
async fn a_stream_ends_when_the_server_does_and_what_was_received_is_answered() {
    let fixture = Fixture::start().await;
    let mut client = Client::open(&fixture).await;
    assert_eq!(client.ask(vec![event("a", "m1", "buy")]).await, Vec::<String>::new());

    let server = fixture.shut_down();

    let status = client.response().await.unwrap_err();
    assert_eq!(status.code(), Code::Unavailable);
    assert_eq!(status.get_details_error_info().unwrap().reason, "SHUTTING_DOWN");
    let ended = tokio::time::timeout(Duration::from_secs(5), server).await;
    ended.expect("the stream does not hold the server").unwrap().unwrap();
}
