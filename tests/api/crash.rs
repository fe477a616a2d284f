//! `kill -9` at random moments: nothing that was acknowledged is ever missing, and nothing happens twice.
//!
//! Several clients send batches and streams without pause, to a node that delivers to a file, a webhook receiver and a mail
//! catcher. Whatever was not acknowledged is sent again after the restart under the same message ids, or never; and part
//! of it a second time while the first try is in flight. At the end the API, the sinks and the model of the clients must
//! agree. `clock` does the same to a node whose customer time is being stepped.

mod arrivals;
mod batches;
mod client;
mod clock;
mod kills;
mod streams;
mod verdict;

use std::time::Duration;

use baton_channels::sink::Answer;
use tests::enrolments::{self, TEMPLATE};

use crate::harness::{FILE_SINK, Node, Sinks, accepted, apply};
use arrivals::Arrivals;
use client::{Client, Way};
use kills::Kills;
use verdict::Verdict;

/// The rounds of a run that says nothing else. Each ends with a kill.
const ROUNDS: usize = 20;

/// Clients at a time.
const CLIENTS: [Way; 4] = [Way::Batches, Way::Stream, Way::Batches, Way::Stream];

/// The least that a run does per client; one that does less shows nothing.
const ENROLMENTS_MIN: usize = 50;

/// The longest round: long enough for timers and checkpoints to happen in some and to be cut short in others.
const ROUND_MAX: Duration = Duration::from_millis(900);

/// How the webhook receiver misbehaves in each round: it takes a message and is slow to say so, or never does.
const MISCHIEF: [Answer; 2] = [Answer::TakeAndStall(Duration::from_millis(200)), Answer::TakeAndHangUp];

/// What clients send: one event per channel of [`documents`].
const EVENTS: [&str; 3] = ["Asked by file", "Asked by push", "Asked by email"];

fn documents() -> String {
    let [file, push, email] = EVENTS;
    let channels = [("app", "webhook", file), ("push", "webhook", push), ("email", "email", email)];
    let documents = channels.map(|(channel, kind, event)| enrolments::documents(channel, kind, event));
    [TEMPLATE.to_owned(), documents.concat()].concat()
}

#[tokio::test(flavor = "multi_thread")]
async fn kills_at_any_moment_lose_nothing_and_repeat_nothing() {
    let mut kills = Kills::planned("kills_at_any_moment", ROUNDS);
    println!("{}", kills.again);
    let sinks = Sinks::start().await;
    let mut node = Node::start_with(&format!("{FILE_SINK}{}", sinks.sections("push"))).await;
    apply(&node, &documents()).await;
    let clients = CLIENTS.iter().enumerate().map(|(number, way)| Client::new(number, *way, kills.seed));
    let mut clients: Vec<Client> = clients.collect();
    for client in &clients {
        accepted(node.connection(), client.introductions()).await;
    }
    for _ in 0..kills.rounds {
        sinks.hook.script(MISCHIEF);
        let connection = node.connection().clone();
        let another = node.another_connection().await;
        let running = clients.drain(..).map(|client| tokio::spawn(client.run(connection.clone(), another.clone())));
        let running: Vec<_> = running.collect();
        kills.next(ROUND_MAX).await;
        node.kill().await;
        for client in running {
            clients.push(client.await.unwrap());
        }
        node.start_again().await;
    }
    println!("{}", check(&node, &sinks, clients).await);
}

/// Compares what the clients know with the node and the sinks; gives a line for people.
async fn check(node: &Node, sinks: &Sinks, clients: Vec<Client>) -> String {
    let mut verdict = Verdict::default();
    for mut client in clients {
        client.finish(node.connection()).await;
        verdict.judge_client(node, &client).await;
    }
    verdict.judge_arrivals(&Arrivals::read(node, sinks));
    let checked = node.command(&["cluster", "check"]).await;
    assert!(checked.status.success(), "{}", String::from_utf8_lossy(&checked.stdout));
    verdict.judge_run(CLIENTS.len() * ENROLMENTS_MIN)
}
