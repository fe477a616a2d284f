//! A customer's whole life, read page by page through the API.

use baton_ctl::Connection;
use baton_wire::pb::v1 as pb;

/// Small enough that lives in tests have several pages.
const PAGE_SIZE: i32 = 50;

/// Everything that happened to one customer, oldest first.
#[derive(Debug, Clone)]
pub(crate) struct Life {
    pub(crate) entries: Vec<pb::TimelineEntry>,
}

impl Life {
    /// The message ids of the events that were taken, as often as they are there.
    pub(crate) fn message_ids(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| Some(entry.event.as_ref()?.message_id.as_str()))
    }

    /// What was decided, in order.
    pub(crate) fn records(&self) -> impl Iterator<Item = &pb::DecisionRecord> {
        self.entries.iter().flat_map(|entry| &entry.records)
    }

    /// The records of a verdict.
    pub(crate) fn verdicts(&self, verdict: &str) -> Vec<&pb::DecisionRecord> {
        self.records().filter(|record| record.verdict == verdict).collect()
    }

    /// The records of what became of sends.
    pub(crate) fn fates(&self, fate: &str) -> Vec<&pb::DecisionRecord> {
        self.records().filter(|record| record.fate == fate).collect()
    }
}

/// Reads the life of a customer.
pub(crate) async fn life(connection: &Connection, customer: &str) -> Life {
    let mut request =
        pb::TimelineRequest { customer_id: customer.to_owned(), page_size: PAGE_SIZE, ..Default::default() };
    let mut entries = Vec::new();
    loop {
        let page = connection.customers().timeline(request.clone()).await.unwrap().into_inner();
        entries.extend(page.entries);
        if page.next_page_token.is_empty() {
            entries.reverse();
            return Life { entries };
        }
        request.page_token = page.next_page_token;
    }
}
