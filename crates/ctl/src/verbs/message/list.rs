//! `baton message list`

use baton_wire::json;
use baton_wire::pb::v1 as pb;

use crate::reading::when;
use crate::verbs::paging::{Limit, PAGE_SIZE, list};
use crate::{Answer, Connection, Failure, table};

/// Messages that match.
#[derive(Debug, clap::Args)]
pub struct ListMessages {
    /// Only of this customer
    #[arg(long, default_value = "", hide_default_value = true)]
    customer: String,
    /// Only of this journey
    #[arg(long, default_value = "", hide_default_value = true)]
    journey: String,
    /// Only on this channel
    #[arg(long, default_value = "", hide_default_value = true)]
    channel: String,
    /// Only in this state, such as `deferred`
    #[arg(long, default_value = "", hide_default_value = true)]
    state: String,
    #[command(flatten)]
    limit: Limit,
}

impl ListMessages {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let mut request = pb::ListMessagesRequest {
            workspace: 0,
            customer_id: self.customer,
            journey: self.journey,
            channel: self.channel,
            state: self.state,
            page_size: PAGE_SIZE,
            page_token: String::new(),
        };
        let mut messages = Vec::new();
        let is_cut = loop {
            let page = connection
                .client()
                .ask(request.clone(), async |node, request| node.messages().list(request).await)
                .await?;
            messages.extend(page.messages);
            request.page_token = page.next_page_token;
            let is_last = request.page_token.is_empty();
            if self.limit.is_reached(&mut messages) || is_last {
                break !is_last;
            }
        };
        let heading = ["ID", "CUSTOMER", "JOURNEY", "STEP", "CHANNEL", "STATE", "SINCE", "REASON"];
        let text = table(heading, messages.iter().map(row)) + &self.limit.note(is_cut, "messages");
        Ok(Answer::new(list("messages", messages.iter().map(json::from_pb), is_cut), text))
    }
}

fn row(message: &pb::Message) -> [String; 8] {
    let pb::Message { id, customer_id, journey, step, channel, state, reason, .. } = message.clone();
    [id, customer_id, journey, step, channel, state, when(message.state_time), reason]
}
