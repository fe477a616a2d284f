//! What reached the sinks, whichever channel it came by.

use std::collections::{BTreeMap, BTreeSet};

use baton_channels::file;
use baton_channels::sink::Receipts;
use serde_json::Value;

use crate::harness::{Node, Sinks};

/// One message, known by its send id.
pub(super) struct Arrival {
    /// To whom it went, where the channel tells.
    pub(super) customer: Option<String>,
    /// What it says: the message id of the event that led to it.
    pub(super) note: String,
}

/// Every message of every sink.
pub(super) struct Arrivals {
    pub(super) by_send: BTreeMap<String, Arrival>,
    /// How often they were delivered.
    pub(super) attempts: u64,
}

impl Arrivals {
    /// Reads all three sinks. Each must have got something.
    pub(super) fn read(node: &Node, sinks: &Sinks) -> Self {
        let mut arrivals = Self { by_send: BTreeMap::new(), attempts: 0 };
        arrivals.add_file(&file::read(&node.sink()).unwrap());
        arrivals.add(sinks.hook.receipts(), |body| {
            let body: Value = serde_json::from_slice(body).unwrap();
            arrival(body["data"]["customer_id"].as_str(), &body["data"]["message"]["body"])
        });
        arrivals.add(sinks.mail.receipts(), |mail| {
            let mail = String::from_utf8_lossy(mail);
            let (_, text) = mail.split_once("\r\n\r\n").unwrap();
            Arrival { customer: None, note: text.trim().to_owned() }
        });
        arrivals
    }

    fn add_file(&mut self, sink: &file::Attempts) {
        assert!(!sink.attempts.is_empty(), "nothing came to the file");
        let mut permits = BTreeSet::new();
        for attempt in &sink.attempts {
            let permit = (attempt.send_id, attempt.epoch, attempt.attempt);
            assert!(permits.insert(permit), "{permit:?} was used twice");
            let json = &attempt.json;
            let arrival = arrival(json["customer_id"].as_str(), &json["message"]["body"]);
            self.by_send.insert(attempt.send_id.to_string(), arrival);
        }
        self.attempts += sink.attempts.len() as u64;
    }

    fn add(&mut self, receipts: &Receipts, read: impl Fn(&[u8]) -> Arrival) {
        assert!(receipts.sends() > 0, "nothing came to the sink");
        assert_eq!(receipts.rejected(), 0, "everything that came was in order");
        for send in receipts.send_ids() {
            let body = receipts.get(send).unwrap().body.unwrap();
            self.by_send.insert(send.to_string(), read(&body));
        }
        self.attempts += receipts.attempts();
    }
}

fn arrival(customer: Option<&str>, note: &Value) -> Arrival {
    Arrival { customer: customer.map(str::to_owned), note: note.as_str().unwrap().to_owned() }
}
