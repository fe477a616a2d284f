//! `baton customer timeline`

use baton_wire::json;
use baton_wire::pb::v1 as pb;

use super::staleness::{self, MayBeStale};
use crate::verbs::paging::{Limit, PAGE_SIZE, list};
use crate::{Answer, Connection, Failure, reading};

/// What happened to a customer.
#[derive(Debug, clap::Args)]
pub struct Timeline {
    /// Whose
    customer_id: String,
    #[command(flatten)]
    limit: Limit,
    #[command(flatten)]
    staleness: MayBeStale,
}

impl Timeline {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let mut request = pb::TimelineRequest {
            customer_id: self.customer_id,
            page_size: PAGE_SIZE,
            stale: self.staleness.stale,
            ..pb::TimelineRequest::default()
        };
        let (mut entries, mut age) = (Vec::new(), None);
        let is_cut = loop {
            let page = connection
                .client()
                .ask_about(&request.customer_id.clone(), request.clone(), async |node, request| {
                    node.customers().timeline(request).await
                })
                .await?;
            entries.extend(page.entries);
            age = staleness::older(age, page.staleness);
            request.page_token = page.next_page_token;
            let is_last = request.page_token.is_empty();
            if self.limit.is_reached(&mut entries) || is_last {
                break !is_last;
            }
        };
        let text = reading::timeline(&entries) + &self.limit.note(is_cut, "entries, newest first");
        let mut value = list("entries", entries.iter().map(json::from_pb), is_cut);
        if let Some(age) = &age {
            value["staleness"] = json::from_pb(age);
        }
        Ok(Answer::new(value, text + &staleness::note(age.as_ref())))
    }
}
