//! What takes a gateway that does not answer: deadlines and the end of credits. The stream is driven without a network.

use futures::channel::mpsc;
use tonic::Code;

use super::*;
use crate::tests::fixture::{event, router, short};
use crate::tests::scripted::Scripted;

/// Within this time every event of these streams is answered.
const WITHIN: Duration = Duration::from_millis(50);

/// What a client hears that has sent all, each request a first number and events, and that reads a response after each
/// `pause`: what was not accepted, the last acknowledged number, and the error at the end.
async fn run(requests: Vec<(u64, Vec<pb::Event>)>, pause: Duration) -> (Vec<String>, u64, Option<Status>) {
    let gateway = Arc::new(Scripted::default());
    let requests = requests
        .into_iter()
        .map(|(first_sequence, events)| Ok(pb::IngestStreamRequest { workspace: 0, first_sequence, events }));
    let (_end, ending) = watch::channel(false);
    let requests = futures::stream::iter(requests.collect::<Vec<_>>()).boxed();
    let session = Session::new(router(&gateway), gateway, requests, ending, WITHIN);
    let mut responses = Box::pin(session.responses());
    let (mut not_accepted, mut acknowledged) = (Vec::new(), 0);
    while let Some(response) = responses.next().await {
        tokio::time::sleep(pause).await;
        let response = match response {
            Ok(response) => response,
            Err(status) => return (not_accepted, acknowledged, Some(status)),
        };
        acknowledged = response.acknowledged_sequence;
        let results = response.not_accepted.iter();
        not_accepted.extend(results.map(|one| format!("{} {}", one.sequence, short(one.result.as_ref().unwrap()))));
    }
    (not_accepted, acknowledged, None)
}

#[tokio::test]
async fn events_that_nobody_answers_are_answered_within_the_deadline() {
    let hangs = vec![event("a", "m1", "hang"), event("b", "m2", "buy"), event("a", "m3", "buy")];
    let requests = vec![(1, hangs)];
    let (answers, acknowledged, end) = run(requests, Duration::ZERO).await;
    assert_eq!(answers, ["1 unknown", "2 unknown", "3 unknown"]);
    assert_eq!((acknowledged, end.is_none()), (3, true));
}

#[tokio::test]
async fn events_that_waited_too_long_behind_others_were_not_tried() {
    let full = (1..=1_000).map(|at| event("a", &format!("m{at}"), "hang")).collect();
    let behind = vec![event("a", "later", "buy"), event("c", "other", "buy"), event("c", "last", "buy")];
    let (answers, acknowledged, _) = run(vec![(1, full), (1_001, behind)], 2 * WITHIN).await;
    assert!(answers[..1_000].iter().all(|answer| answer.ends_with("unknown")));
    assert_eq!(answers[1_000..], ["1001 retry predecessor", "1002 retry shard_busy", "1003 retry predecessor"]);
    assert_eq!(acknowledged, 1_003);
}

#[tokio::test]
async fn more_than_the_credits_is_refused_and_what_was_sent_before_is_answered() {
    let many = |from: usize| (from..from + 1_000).map(|at| event("a", &format!("m{at}"), "hang")).collect::<Vec<_>>();
    let one = vec![event("a", "m", "buy")];
    let requests = vec![(1, many(1)), (1_001, many(1_001)), (2_001, one)];
    let (_, acknowledged, end) = run(requests, Duration::ZERO).await;
    assert_eq!(acknowledged, 2_000);
    let status = end.unwrap();
    assert_eq!(status.code(), Code::InvalidArgument);
    let expected = "events: go up to number 2001: credits are granted up to 2000, wait for the next response";
    assert_eq!(status.message(), expected);
}

#[tokio::test]
async fn a_stream_ends_when_too_many_customers_wait_for_their_events() {
    let gateway = Arc::new(Scripted::default());
    let (mut client, requests) = mpsc::channel(1);
    let (_end, ending) = watch::channel(false);
    let session = Session::new(router(&gateway), gateway, requests.map(Ok).boxed(), ending, ANSWER_WITHIN);
    let mut responses = Box::pin(session.responses());
    let mut first_sequence = 1;
    let mut acknowledged = 0;
    let status = loop {
        match responses.next().await.unwrap() {
            Ok(response) => acknowledged = response.acknowledged_sequence,
            Err(status) => break status,
        }
        let customers = first_sequence..first_sequence + 1_000;
        let events = customers.map(|one| event(&format!("c{one}"), "m", "busy")).collect();
        client.try_send(pb::IngestStreamRequest { workspace: 0, first_sequence, events }).unwrap();
        first_sequence += 1_000;
        assert!(first_sequence <= 20_001, "the bound is reached");
    };
    assert_eq!(status.code(), Code::ResourceExhausted);
    assert_eq!(acknowledged, 11_000, "10,000 customers may wait");
}
