//! A client that sends batches, some of them twice at once, as one does whose first try seems lost.

use baton_ctl::Connection;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answer;
use tonic::Status;

use super::client::{Client, PAUSE};
use crate::harness::ingest;

/// Sends until the connection is gone.
pub(super) async fn run(client: &mut Client, connection: &Connection, another: &Connection) {
    loop {
        let batch = client.batch();
        // Two tries in flight at once: whichever is acknowledged, the events must be there once.
        let answers = if client.choices.once_in(3) {
            tokio::join!(ingest(connection, batch.clone()), ingest(another, batch.clone()))
        } else {
            (ingest(connection, batch.clone()).await, Ok(Vec::new()))
        };
        let alive = answers.0.is_ok() && answers.1.is_ok();
        for answers in [answers.0, answers.1] {
            remember(client, &batch, answers);
        }
        keep_for_later(client, batch);
        if !alive {
            return;
        }
        tokio::time::sleep(PAUSE).await;
    }
}

fn remember(client: &mut Client, batch: &[pb::Event], answers: Result<Vec<Answer>, Status>) {
    for (event, answer) in batch.iter().zip(answers.unwrap_or_default()) {
        match answer {
            Answer::Accepted(_) | Answer::Duplicate(_) => client.acknowledge(event),
            Answer::Retry(_) | Answer::Unknown(_) => {}
            Answer::Rejected(rejected) => panic!("{rejected:?}"),
        }
    }
}

/// Half of what was not acknowledged is sent again.
fn keep_for_later(client: &mut Client, batch: Vec<pb::Event>) {
    for event in batch {
        if !client.is_acknowledged(&event.message_id) && client.choices.once_in(2) {
            client.again.push_back(event);
        }
    }
}
