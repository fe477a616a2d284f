//! Sending events and reading what became of them.

use baton_ctl::Connection;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answer;
use tonic::Status;

/// Sends a batch; one answer per event.
pub(crate) async fn ingest(connection: &Connection, events: Vec<pb::Event>) -> Result<Vec<Answer>, Status> {
    let count = events.len();
    let answered = connection.events().ingest(pb::IngestRequest { workspace: 0, events }).await?.into_inner();
    assert_eq!(answered.results.len(), count, "one answer per event");
    Ok(answered.results.into_iter().map(|result| result.result.unwrap()).collect())
}

/// Sends one event.
pub(crate) async fn result(connection: &Connection, event: pb::Event) -> Answer {
    ingest(connection, vec![event]).await.unwrap().remove(0)
}

/// Sends events that must all be taken; returns where.
pub(crate) async fn accepted(connection: &Connection, events: Vec<pb::Event>) -> Vec<pb::ShardPosition> {
    let position = |answer| match answer {
        Answer::Accepted(accepted) => accepted.position.unwrap(),
        other => panic!("{other:?} instead of accepted"),
    };
    ingest(connection, events).await.unwrap().into_iter().map(position).collect()
}
