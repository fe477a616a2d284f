//! Sends, and what became of them.

use std::ops::ControlFlow;

use baton_customer::Command;
use baton_model::ids::{SendId, ShardId};
use baton_model::send::Send as SendRecord;
use baton_model::text_id::CustomerId;
use baton_ports::gateway::{AskError, MessageFilter, MessagePage, Messages, OutcomeReport, SendView};
use baton_storage::records::each_customer;
use futures::FutureExt;
use futures::future::BoxFuture;

use super::{Gateway, read_shard};

impl Messages for Gateway {
    fn list(&self, filter: MessageFilter) -> BoxFuture<'_, Result<MessagePage, AskError>> {
        let list = async move {
            let sends = match &filter.customer {
                Some(customer) => self.sends_of(customer, &filter).await?,
                None => self.sends_of_all(&filter).await?,
            };
            Ok(page(sends, filter.limit))
        };
        list.boxed()
    }

    fn report(&self, report: OutcomeReport) -> BoxFuture<'_, Result<(), AskError>> {
        let OutcomeReport { customer, send, status, at } = report;
        let take = async move {
            if self.customer(&customer).await?.sections().ledger.get(send).is_none() {
                return Err(AskError::NotFound { what: "message", id: send.to_string() });
            }
            let at = at.unwrap_or_else(|| self.clock.now());
            self.done(customer, Command::Report { send, status, at, detail: String::new() }).await
        };
        take.boxed()
    }
}

impl Gateway {
    async fn sends_of(&self, customer: &CustomerId, filter: &MessageFilter) -> Result<Vec<SendView>, AskError> {
        let (shard, known) = (self.shard_of(customer), self.customer(customer).await?);
        let after = filter.after.as_ref().map(|(_, _, send)| *send);
        Ok(matching(shard, customer, known.sections().ledger.sends().values(), filter, after)
            .take(filter.limit + 1)
            .collect())
    }

    /// Walks the shards that this node leads until one more than a page is found.
    async fn sends_of_all(&self, filter: &MessageFilter) -> Result<Vec<SendView>, AskError> {
        let first_shard = filter.after.as_ref().map_or(ShardId(0), |(shard, _, _)| *shard);
        let mut sends = Vec::new();
        for served in self.led().into_iter().filter(|served| served.shard >= first_shard) {
            let wanted = filter.limit + 1 - sends.len();
            if wanted == 0 {
                break;
            }
            let (shard, filter) = (served.shard, filter.clone());
            let after = filter.after.clone().filter(|(after, _, _)| *after == shard);
            let read = move |records: &dyn baton_ports::record_store::Records| {
                let mut found = Vec::new();
                each_customer(records, after.as_ref().map(|(_, customer, _)| customer), |customer| {
                    let after_send = after.as_ref().filter(|(_, id, _)| id == customer.id()).map(|(_, _, send)| *send);
                    let sections = customer.sections();
                    let matching =
                        matching(shard, customer.id(), sections.ledger.sends().values(), &filter, after_send);
                    found.extend(matching.take(wanted - found.len()));
                    if found.len() == wanted { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
                })?;
                Ok(found)
            };
            sends.extend(read_shard(shard, &served, read).await?);
        }
        Ok(sends)
    }
}

fn matching<'a>(
    shard: ShardId,
    customer: &'a CustomerId,
    sends: impl Iterator<Item = &'a SendRecord> + 'a,
    filter: &'a MessageFilter,
    after: Option<SendId>,
) -> impl Iterator<Item = SendView> + 'a {
    let wanted = move |send: &&SendRecord| {
        let journey = filter.journey.as_ref().is_none_or(|journey| *journey == send.journey);
        let channel = filter.channel.as_ref().is_none_or(|channel| *channel == send.channel);
        let state = filter.state.as_ref().is_none_or(|state| *state == send.state.name());
        journey && channel && state && after.is_none_or(|after| send.id > after)
    };
    sends.filter(wanted).map(move |send| SendView { shard, customer: customer.clone(), send: send.clone() })
}

/// The sends of one page, of which one more than fits may have been found.
fn page(mut sends: Vec<SendView>, limit: usize) -> MessagePage {
    let more = sends.len() > limit;
    sends.truncate(limit);
    let last = sends.last().filter(|_| more);
    let next = last.map(|view| (view.shard, view.customer.clone(), view.send.id));
    MessagePage { sends, next }
}
