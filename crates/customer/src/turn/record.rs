//! Decision records: each thing that was decided, with its checks.

use baton_model::decision::{Check, DecisionRecord, Enrolled, Verdict};
use baton_model::ids::EnrolmentId;
use baton_model::reason::Reason;
use jiff::Timestamp;

use super::Turn;
use crate::Enrolment;

impl Enrolment {
    /// Its name in records.
    pub(crate) fn enrolled(&self) -> Enrolled {
        Enrolled { enrolment: self.id, journey: self.journey.clone() }
    }
}

impl Turn<'_> {
    /// Writes a record.
    pub fn record(&mut self, verdict: Verdict, checks: Vec<Check>, next: Option<Timestamp>) {
        let number = self.state.head.next_record;
        self.state.head.next_record += 1;
        self.output.records.push(DecisionRecord {
            number,
            at: self.at,
            input: self.input,
            cause: self.cause.clone(),
            definitions_version: self.current.version,
            tzdb_version: baton_model::time::tzdb_version().to_owned(),
            verdict,
            checks,
            next,
        });
    }

    /// Records that a bound refused something.
    pub fn record_bound(&mut self, reason: Reason) {
        self.record(Verdict::BoundReached { reason }, Vec::new(), None);
    }

    /// Says in the newest record of an enrolment's arrival when its step ends by itself.
    pub fn note_next(&mut self, enrolment: EnrolmentId, next: Option<Timestamp>) {
        let newest = self.output.records.iter_mut().rev().find(|record| match &record.verdict {
            Verdict::Entered(enrolled) | Verdict::StepLeft { enrolled, .. } => enrolled.enrolment == enrolment,
            _ => false,
        });
        if let Some(record) = newest {
            record.next = next;
        }
    }
}

/// A check without a rule behind it.
pub(crate) fn check(name: impl Into<String>, passed: bool, detail: impl Into<String>) -> Check {
    Check { name: name.into(), passed, detail: detail.into(), explain: None }
}
