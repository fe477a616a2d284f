//! `kill -9` at random moments of a running ingest: nothing that was acknowledged is ever missing, and nothing happens twice.
//!
//! Several clients send batches without pause. Part of the batches are sent twice at once, as a client does whose first try
//! seems lost; part of what was not acknowledged is sent again after the restart, under the same message ids, and part never.
//! At the end the API, the file of the sink and the model of the clients must agree.

mod clients;
mod verdict;

use std::time::Duration;

use baton_channels::file::read;
use baton_testkit::seeded::Seeded;

use crate::harness::{Node, apply};
use clients::Client;
use verdict::Verdict;

/// The seed of a run that names none.
const SEED: usize = 20_240_229;

/// The rounds of a run that says nothing else. Each ends with a kill.
const ROUNDS: usize = 20;

/// Clients at a time.
const CLIENTS: usize = 3;

/// The least that a run does per client; one that does less shows nothing.
const ENROLMENTS_MIN: usize = 50;

/// The longest round: long enough for timers and checkpoints to happen in some and to be cut short in others.
const ROUND_MS_MAX: usize = 900;

/// Each event is an enrolment of its own: one message, one timer, one exit.
const DOCUMENTS: &str = "
kind: Channel
id: app
type: webhook
---
kind: Template
id: note
subject: A note
text: A note
---
kind: Journey
id: round
category: transactional
entry: {event: Asked, key: event.properties.number}
reentry: {policy: never, max_concurrent: 1000}
steps:
  - {id: note, message: {channel: app, template: note}}
  - {id: wait, delay: {for: PT1S}}
  - {id: done, exit: waited}
";

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_any_moment_lose_nothing_and_repeat_nothing() {
    let seed = setting("BATON_CRASH_SEED", SEED);
    let rounds = setting("BATON_CRASH_ROUNDS", ROUNDS);
    let replay = format!("BATON_CRASH_SEED={seed} BATON_CRASH_ROUNDS={rounds} cargo test -p tests --test api crash");
    // A test that passes keeps this to itself; one that fails begins with it.
    println!("seed {seed}, {rounds} rounds; again: {replay}");
    let mut choices = Seeded::new(u64::try_from(seed).unwrap());
    let mut node = Node::start().await;
    apply(&node, DOCUMENTS).await;
    let mut clients: Vec<Client> = (0..CLIENTS).map(|number| Client::new(number, seed)).collect();
    for _ in 0..rounds {
        let connection = node.connection().clone();
        let another = node.another_connection().await;
        let running = clients.drain(..).map(|client| tokio::spawn(client.run(connection.clone(), another.clone())));
        let running: Vec<_> = running.collect();
        tokio::time::sleep(Duration::from_millis(u64::try_from(choices.below(ROUND_MS_MAX)).unwrap())).await;
        node.kill().await;
        for client in running {
            clients.push(client.await.unwrap());
        }
        node.start_again().await;
    }
    println!("{}", check(&node, clients).await);
}

/// Compares what the clients know with the node and the sink; gives a line for people.
async fn check(node: &Node, clients: Vec<Client>) -> String {
    let mut verdict = Verdict::default();
    for client in clients {
        verdict.judge_client(node, client).await;
    }
    verdict.judge_sink(&read(&node.sink()).unwrap());
    let checked = node.command(&["cluster", "check"]).await;
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    verdict.judge_run(CLIENTS * ENROLMENTS_MIN)
}

/// A number from the environment.
fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |text| text.parse().unwrap())
}
