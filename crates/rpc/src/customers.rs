//! `baton.v1.CustomerService`: asks about one customer, and holds one. The node that leads the customer's shard answers,
//! or any that has a replica of it if the answer may be stale.

mod view;

use std::sync::Arc;

use baton_model::history::InputNumber;
use baton_model::ids::SendId;
use baton_model::text_id::{CustomerId, JourneyId, SegmentId};
use baton_ports::gateway::{Aged, Customers, ExplainSubject, PauseRequest, ReadLevel};
use baton_wire::limits::NOTE_BYTES_MAX;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::customer_service_client::CustomerServiceClient;
use baton_wire::pb::v1::explain_request::Subject;
use tonic::{Request, Response, Status};

use crate::deadline::Deadline;
use crate::forward::{Way, method};
use crate::page;
use crate::request::{RequestError, instant, owner, wrong};

/// The service.
pub(crate) struct CustomerService {
    pub(crate) customers: Arc<dyn Customers>,
    pub(crate) way: Way,
}

#[tonic::async_trait]
impl pb::customer_service_server::CustomerService for CustomerService {
    async fn get(&self, request: Request<pb::GetCustomerRequest>) -> Result<Response<pb::Customer>, Status> {
        let here = |request: pb::GetCustomerRequest, customer, deadline: Deadline| async move {
            let view = deadline.bound(self.customers.get(customer, level(request.stale))).await??;
            Ok(pb::Customer { staleness: view.staleness.map(view::staleness), ..view::customer(&view.answer) })
        };
        self.way.ask_owner(request, here, method!(CustomerServiceClient::get)).await
    }

    async fn timeline(&self, request: Request<pb::TimelineRequest>) -> Result<Response<pb::TimelineResponse>, Status> {
        let here = |request: pb::TimelineRequest, customer: CustomerId, deadline: Deadline| async move {
            let limit = page::size(request.page_size)?;
            let list = format!("timeline {customer}");
            let before = input_number(&list, &request.page_token)?;
            let timeline = self.customers.timeline(customer.clone(), before, limit, level(request.stale));
            let Aged { answer: timeline, staleness } = deadline.bound(timeline).await??;
            let next_page_token = timeline.next.map(|next| page::token(&list, &next.0.to_string())).unwrap_or_default();
            let entries = timeline.entries.iter().map(|entry| view::timeline_entry(&customer, entry)).collect();
            Ok(pb::TimelineResponse { entries, next_page_token, staleness: staleness.map(view::staleness) })
        };
        self.way.ask_owner(request, here, method!(CustomerServiceClient::timeline)).await
    }

    async fn explain(&self, request: Request<pb::ExplainRequest>) -> Result<Response<pb::ExplainResponse>, Status> {
        let here = |request: pb::ExplainRequest, customer: CustomerId, deadline: Deadline| async move {
            let subject = parse_subject(request.subject)?;
            let explanation = self.customers.explain(customer.clone(), subject, level(request.stale));
            let explanation = deadline.bound(explanation).await??;
            Ok(view::explanation(&customer, &explanation))
        };
        self.way.ask_owner(request, here, method!(CustomerServiceClient::explain)).await
    }

    async fn pause(
        &self,
        request: Request<pb::PauseCustomerRequest>,
    ) -> Result<Response<pb::PauseCustomerResponse>, Status> {
        let here = |request, customer, deadline: Deadline| async move {
            let paused = deadline.bound(self.customers.pause(customer, parse_pause(request)?)).await?;
            paused?;
            Ok(pb::PauseCustomerResponse {})
        };
        self.way.ask_owner(request, here, method!(CustomerServiceClient::pause)).await
    }

    async fn resume(
        &self,
        request: Request<pb::ResumeCustomerRequest>,
    ) -> Result<Response<pb::ResumeCustomerResponse>, Status> {
        let here = |request: pb::ResumeCustomerRequest, customer, deadline: Deadline| async move {
            let resumed = deadline.bound(self.customers.resume(customer, owner(&request.by)?)).await?;
            resumed?;
            Ok(pb::ResumeCustomerResponse {})
        };
        self.way.ask_owner(request, here, method!(CustomerServiceClient::resume)).await
    }
}

/// How new an answer has to be.
fn level(stale: bool) -> ReadLevel {
    if stale { ReadLevel::Stale } else { ReadLevel::Linearizable }
}

/// The input before which a page of the timeline begins.
fn input_number(list: &str, page_token: &str) -> Result<Option<InputNumber>, RequestError> {
    let Some(place) = page::place(list, page_token)? else {
        return Ok(None);
    };
    place.parse().map(|number| Some(InputNumber(number))).map_err(|_| page::invalid())
}

fn parse_subject(subject: Option<Subject>) -> Result<ExplainSubject, RequestError> {
    match subject {
        Some(Subject::Message(id)) => {
            let id: SendId = id.parse().map_err(|error| wrong("message", error))?;
            Ok(ExplainSubject::Send(id))
        }
        Some(Subject::Segment(id)) => {
            SegmentId::new(&id).map(ExplainSubject::Segment).map_err(|error| wrong("segment", error))
        }
        Some(Subject::Journey(id)) => {
            JourneyId::new(&id).map(ExplainSubject::Journey).map_err(|error| wrong("journey", error))
        }
        None => Err(wrong("subject", "is missing: write one of `message`, `segment` and `journey`")),
    }
}

fn parse_pause(request: pb::PauseCustomerRequest) -> Result<PauseRequest, RequestError> {
    let pb::PauseCustomerRequest { by, reason, until, .. } = request;
    let by = owner(&by)?;
    if reason.trim().is_empty() {
        return Err(wrong("reason", "is empty: write why the customer is held, for whoever finds them so"));
    }
    if reason.len() > NOTE_BYTES_MAX {
        return Err(wrong("reason", format!("has {} bytes: write at most {NOTE_BYTES_MAX}", reason.len())));
    }
    Ok(PauseRequest { by, reason, until: instant("until", until)? })
}
