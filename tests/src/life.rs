//! A customer's whole life, read page by page.

use baton_wire::pb::v1 as pb;

/// Small enough that lives in tests have several pages.
const PAGE_SIZE: i32 = 50;

/// Everything that happened to one customer, oldest first.
#[derive(Debug, Clone)]
pub struct Life {
    /// One input each, and what was decided on it.
    pub entries: Vec<pb::TimelineEntry>,
}

impl Life {
    /// Reads it; `ask` makes one call.
    pub async fn read(customer: &str, ask: impl AsyncFn(pb::TimelineRequest) -> pb::TimelineResponse) -> Self {
        let mut request =
            pb::TimelineRequest { customer_id: customer.to_owned(), page_size: PAGE_SIZE, ..Default::default() };
        let mut entries = Vec::new();
        loop {
            let page = ask(request.clone()).await;
            entries.extend(page.entries);
            if page.next_page_token.is_empty() {
                entries.reverse();
                return Self { entries };
            }
            request.page_token = page.next_page_token;
        }
    }

    /// The message ids of the events that were taken, as often as they are there.
    pub fn message_ids(&self) -> impl Iterator<Item = &str> {
        self.entries.iter().filter_map(|entry| Some(entry.event.as_ref()?.message_id.as_str()))
    }

    /// What was decided, in order.
    pub fn records(&self) -> impl Iterator<Item = &pb::DecisionRecord> {
        self.entries.iter().flat_map(|entry| &entry.records)
    }

    /// The records of a verdict.
    pub fn verdicts(&self, verdict: &str) -> Vec<&pb::DecisionRecord> {
        self.records().filter(|record| record.verdict == verdict).collect()
    }

    /// The records of what became of sends.
    pub fn fates(&self, fate: &str) -> Vec<&pb::DecisionRecord> {
        self.records().filter(|record| record.fate == fate).collect()
    }
}
