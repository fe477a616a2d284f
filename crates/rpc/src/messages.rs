//! `baton.v1.MessageService`: lists sends and takes reports about them. Those of one customer are known by the node that leads
//! the customer's shard, those of all by all.

mod merge;

use std::sync::Arc;

use baton_model::ids::{SendId, ShardId};
use baton_model::send::MessageStatus;
use baton_model::text_id::{ChannelId, CustomerId, JourneyId};
use baton_ports::gateway::{MessageFilter, Messages, OutcomeReport};
use baton_wire::message;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::message_service_client::MessageServiceClient;
use tonic::{Request, Response, Status};

use crate::deadline::{CALL_MAX, Deadline};
use crate::forward::fan_out::{Whom, whole};
use crate::forward::{Way, method};
use crate::page;
use crate::request::{RequestError, check_workspace, customer, instant, optional, wrong};
use crate::status::{Failure, answer};

/// The service.
pub(crate) struct MessageService {
    pub(crate) messages: Arc<dyn Messages>,
    pub(crate) way: Way,
}

/// Where a page of sends ends.
type Place = (ShardId, CustomerId, SendId);

#[tonic::async_trait]
impl pb::message_service_server::MessageService for MessageService {
    async fn list(
        &self,
        request: Request<pb::ListMessagesRequest>,
    ) -> Result<Response<pb::ListMessagesResponse>, Status> {
        if request.get_ref().customer_id.is_empty() {
            return answer(self.list_of_all(request)).await;
        }
        let here = |request, _, deadline| self.list_here(request, deadline);
        self.way.ask_owner(request, here, method!(MessageServiceClient::list)).await
    }

    async fn report_outcome(
        &self,
        request: Request<pb::ReportOutcomeRequest>,
    ) -> Result<Response<pb::ReportOutcomeResponse>, Status> {
        let here = |request, _, deadline: Deadline| async move {
            let reported = deadline.bound(self.messages.report(parse_report(request)?)).await?;
            reported?;
            Ok(pb::ReportOutcomeResponse {})
        };
        self.way.ask_owner(request, here, method!(MessageServiceClient::report_outcome)).await
    }
}

impl MessageService {
    async fn list_here(
        &self,
        request: pb::ListMessagesRequest,
        deadline: Deadline,
    ) -> Result<pb::ListMessagesResponse, Failure> {
        let list = list_name(&request);
        let page = deadline.bound(self.messages.list(parse_filter(request, &list)?)).await??;
        let next_page_token = page.next.map(|next| page::token(&list, &place_text(&next))).unwrap_or_default();
        let sends = page.sends.iter();
        let messages = sends
            .map(|view| pb::Message { shard: Some(view.shard.0), ..message::to_pb(&view.customer, &view.send) })
            .collect();
        Ok(pb::ListMessagesResponse { messages, next_page_token })
    }

    /// A page over all shards: each node gives its own page from the same place on.
    async fn list_of_all(
        &self,
        request: Request<pb::ListMessagesRequest>,
    ) -> Result<pb::ListMessagesResponse, Failure> {
        let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
        self.way.check_leads(request.metadata())?;
        let request = request.into_inner();
        if !self.way.forwards() {
            return self.list_here(request, deadline).await;
        }
        let (list, limit) = (list_name(&request), page::size(request.page_size)?);
        let here = self.list_here(request.clone(), deadline);
        let there = method!(MessageServiceClient::list);
        let pages = whole(self.way.ask_each(Whom::Leaders, deadline, &request, here, there).await?)?;
        merge::pages(&list, limit, pages)
    }
}

/// The list and everything that narrows it: a token is good for nothing else.
fn list_name(request: &pb::ListMessagesRequest) -> String {
    let pb::ListMessagesRequest { customer_id, journey, channel, state, .. } = request;
    format!("messages {customer_id}\0{journey}\0{channel}\0{state}")
}

fn parse_filter(request: pb::ListMessagesRequest, list: &str) -> Result<MessageFilter, RequestError> {
    let pb::ListMessagesRequest { workspace, customer_id, journey, channel, state, page_size, page_token } = request;
    check_workspace(workspace)?;
    if !state.is_empty() && !message::STATES.contains(&state.as_str()) {
        return Err(wrong("state", format!("`{state}` is none: write one of {}", message::STATES.join(", "))));
    }
    Ok(MessageFilter {
        customer: optional("customer_id", &customer_id, CustomerId::new)?,
        journey: optional("journey", &journey, JourneyId::new)?,
        channel: optional("channel", &channel, ChannelId::new)?,
        state: (!state.is_empty()).then_some(state),
        after: page::place(list, &page_token)?.map(|text| parse_place(&text).ok_or_else(page::invalid)).transpose()?,
        limit: page::size(page_size)?,
    })
}

/// `7 <32 digits> <customer>`: the customer last, because it may hold anything.
fn place_text((shard, customer, send): &Place) -> String {
    format!("{shard} {send} {customer}")
}

fn parse_place(text: &str) -> Option<Place> {
    let (shard, rest) = text.split_once(' ')?;
    let (send, customer) = rest.split_once(' ')?;
    Some((ShardId(shard.parse().ok()?), CustomerId::new(customer).ok()?, send.parse().ok()?))
}

fn parse_report(request: pb::ReportOutcomeRequest) -> Result<OutcomeReport, RequestError> {
    let pb::ReportOutcomeRequest { workspace, customer_id, message_id, outcome, time } = request;
    check_workspace(workspace)?;
    Ok(OutcomeReport {
        customer: customer(&customer_id)?,
        send: message_id.parse().map_err(|error| wrong("message_id", error))?,
        status: parse_outcome(outcome)?,
        at: instant("time", time)?,
    })
}

fn parse_outcome(outcome: i32) -> Result<MessageStatus, RequestError> {
    match pb::MessageOutcome::try_from(outcome) {
        Ok(pb::MessageOutcome::Delivered) => Ok(MessageStatus::Delivered),
        Ok(pb::MessageOutcome::Opened) => Ok(MessageStatus::Opened),
        Ok(pb::MessageOutcome::Clicked) => Ok(MessageStatus::Clicked),
        Ok(pb::MessageOutcome::Replied) => Ok(MessageStatus::Replied),
        Ok(pb::MessageOutcome::Bounced) => Ok(MessageStatus::Bounced),
        Ok(pb::MessageOutcome::Complained) => Ok(MessageStatus::Complained),
        Ok(pb::MessageOutcome::Unspecified) => {
            Err(wrong("outcome", "is missing: write one such as MESSAGE_OUTCOME_DELIVERED"))
        }
        Err(_) => Err(wrong("outcome", format!("{outcome} is none this version knows: write 1 to 6"))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_comes_back_whatever_the_customer_is_called() {
        for name in ["a", "with space", "0 1 2"] {
            let place = (ShardId(7), CustomerId::new(name).unwrap(), SendId(9));
            assert_eq!(parse_place(&place_text(&place)), Some(place));
        }
    }
}
