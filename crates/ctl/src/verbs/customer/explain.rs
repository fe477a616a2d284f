//! `baton customer explain`

use baton_wire::json;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::explain_request::Subject;

use super::staleness::{self, MayBeStale};
use crate::{Answer, Connection, Failure, reading};

/// Why a message was sent or not, a segment entered, a journey refused.
#[derive(Debug, clap::Args)]
pub struct Explain {
    /// Whose
    customer_id: String,
    #[command(flatten)]
    about: About,
    #[command(flatten)]
    staleness: MayBeStale,
}

/// Exactly one of these.
#[derive(Debug, clap::Args)]
#[group(required = true, multiple = false)]
struct About {
    /// A message, 32 hexadecimal digits
    #[arg(long, value_name = "ID")]
    message: Option<String>,
    /// A segment
    #[arg(long, value_name = "ID")]
    segment: Option<String>,
    /// A journey: its entries, refusals and exits
    #[arg(long, value_name = "ID")]
    journey: Option<String>,
}

impl Explain {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let About { message, segment, journey } = self.about;
        let subject = message.map(Subject::Message).or(segment.map(Subject::Segment)).or(journey.map(Subject::Journey));
        let request =
            pb::ExplainRequest { workspace: 0, customer_id: self.customer_id, subject, stale: self.staleness.stale };
        let explained = connection
            .client()
            .ask_about(&request.customer_id.clone(), request, async |node, request| {
                node.customers().explain(request).await
            })
            .await?;
        let text = match reading::explanation(&explained) {
            text if text.is_empty() => "nothing was decided about it".to_owned(),
            text => text,
        };
        let note = staleness::note(explained.staleness.as_ref());
        Ok(Answer::new(json::from_pb(&explained), text + &note))
    }
}
