//! `baton.v1.EventService`: each event gets its own answer, in order; one bad event does not harm the others.

mod answer;
mod batch;
mod broken;
pub(crate) mod router;
mod stream;

use std::pin::Pin;
use std::sync::Arc;

use baton_wire::limits::BATCH_EVENTS_MAX;
use baton_wire::pb::v1 as pb;
use futures::{Stream, StreamExt};
use tokio::sync::watch;
use tonic::{Request, Response, Status, Streaming};

use crate::deadline::{CALL_MAX, Deadline};
use crate::observer::Observer;
use crate::request::{RequestError, check_workspace, wrong};
use crate::status;
use router::{Router, Taken};

/// The service.
pub(crate) struct EventService {
    pub(crate) router: Arc<Router>,
    pub(crate) observer: Arc<dyn Observer>,
    /// Becomes true when the server ends.
    pub(crate) ending: watch::Receiver<bool>,
}

#[tonic::async_trait]
impl pb::event_service_server::EventService for EventService {
    type IngestStreamStream = Pin<Box<dyn Stream<Item = Result<pb::IngestStreamResponse, Status>> + Send>>;

    async fn ingest(&self, request: Request<pb::IngestRequest>) -> Result<Response<pb::IngestResponse>, Status> {
        status::answer(async {
            let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
            let request = request.into_inner();
            check_workspace(request.workspace)?;
            check_batch(request.events.len())?;
            let events = request.events.into_iter().map(batch::parse).collect();
            let Taken { answers, hints } = batch::take(&self.router, events, deadline).await;
            answer::count(&*self.observer, &answers);
            Ok(pb::IngestResponse { results: answers.iter().map(answer::to_pb).collect(), hints })
        })
        .await
    }

    async fn ingest_stream(
        &self,
        request: Request<Streaming<pb::IngestStreamRequest>>,
    ) -> Result<Response<Self::IngestStreamStream>, Status> {
        let session = stream::Session::new(
            Arc::clone(&self.router),
            Arc::clone(&self.observer),
            request.into_inner().boxed(),
            self.ending.clone(),
            stream::ANSWER_WITHIN,
        );
        Ok(Response::new(session.responses().boxed()))
    }
}

fn check_batch(events: usize) -> Result<(), RequestError> {
    if events > BATCH_EVENTS_MAX {
        return Err(wrong("events", format!("has {events} events: send at most {BATCH_EVENTS_MAX} in one request")));
    }
    Ok(())
}
