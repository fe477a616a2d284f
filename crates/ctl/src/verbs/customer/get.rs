//! `baton customer get`

use baton_wire::json;
use baton_wire::pb::v1 as pb;

use super::staleness::{self, MayBeStale};
use crate::reading::when;
use crate::{Answer, Connection, Failure, table};

/// What is known of a customer.
#[derive(Debug, clap::Args)]
pub struct GetCustomer {
    /// Whom
    customer_id: String,
    #[command(flatten)]
    staleness: MayBeStale,
}

impl GetCustomer {
    pub(super) async fn run(self, connection: &Connection) -> Result<Answer, Failure> {
        let request =
            pb::GetCustomerRequest { workspace: 0, customer_id: self.customer_id, stale: self.staleness.stale };
        let customer = connection
            .client()
            .ask_about(&request.customer_id.clone(), request, async |node, request| node.customers().get(request).await)
            .await?;
        Ok(Answer::new(json::from_pb(&customer), text(&customer) + &staleness::note(customer.staleness.as_ref())))
    }
}

fn text(customer: &pb::Customer) -> String {
    let mut facts: Vec<[String; 3]> = Vec::new();
    for (name, value) in customer.traits.iter().flat_map(|traits| &traits.fields) {
        facts.push(["trait".to_owned(), name.clone(), json::from_value(value).to_string()]);
    }
    let statements =
        [("consent", &customer.consents), ("topic", &customer.subscriptions), ("suppressed", &customer.suppressed)];
    for (kind, statements) in statements {
        for fact in statements {
            let value = format!("{} since {} by {}", fact.value, when(fact.time), fact.source);
            facts.push([kind.to_owned(), fact.subject.clone(), value]);
        }
    }
    for ticket in &customer.tickets {
        let value = format!("{} since {}", ticket.severity, when(ticket.open_time));
        facts.push(["open ticket".to_owned(), ticket.ticket_id.clone(), value]);
    }
    for segment in &customer.segments {
        facts.push(["segment".to_owned(), segment.segment.clone(), format!("since {}", when(segment.since))]);
    }
    for enrolment in &customer.enrolments {
        let next =
            enrolment.deadline.map(|deadline| format!(", goes on at {}", when(Some(deadline)))).unwrap_or_default();
        let value = format!("at {} since {}{next}", enrolment.step, when(enrolment.step_time));
        facts.push(["journey".to_owned(), enrolment.journey.clone(), value]);
    }
    for message in &customer.pending_messages {
        let value = format!(
            "{} {} of {}: {} {}",
            message.channel, message.step, message.journey, message.state, message.reason
        );
        facts.push(["pending".to_owned(), message.id.clone(), value.trim_end().to_owned()]);
    }
    if let Some(pause) = &customer.pause {
        facts.push(["held".to_owned(), format!("by {}", pause.by), pause.reason.clone()]);
    }
    if let Some(parking) = &customer.parking {
        let why =
            format!("since {}: decisions failed under version {}", when(parking.since), parking.definitions_version);
        facts.push(["parked".to_owned(), parking.dead_letter.clone(), why]);
    }
    if customer.next_deadline.is_some() {
        facts.push(["next".to_owned(), when(customer.next_deadline), String::new()]);
    }
    table(["WHAT", "WHICH", "VALUE"], facts)
}
