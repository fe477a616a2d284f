//! Questions about one customer, from the committed rows of its shard; stale ones, from what of them is applied here.

use baton_customer::{Answer, Command, Customer, Enrolment, HistoryRow, Input, Parked, Waiting};
use baton_governance::AttemptOutcome;
use baton_model::decision::{DecisionRecord, Verdict};
use baton_model::history::InputNumber;
use baton_model::ids::DefinitionsVersion;
use baton_model::profile::Pause;
use baton_model::text_id::{CustomerId, Owner};
use baton_ports::gateway::{
    Aged, AskError, CustomerView, Customers, EnrolmentView, ExplainSubject, Explanation, ParkingView, PauseRequest,
    ReadLevel, Timeline, TimelineEntry, TimelineFact,
};
use baton_ports::record_store::Records;
use baton_storage::records::{ReadError, decision_records, inputs, load_customer};
use futures::FutureExt;
use futures::future::BoxFuture;

use super::Gateway;

impl Customers for Gateway {
    fn get(&self, customer: CustomerId, level: ReadLevel) -> BoxFuture<'_, Result<Aged<CustomerView>, AskError>> {
        let get = async move {
            let found = self.customer_at(level, &customer).await?;
            Ok(found.map(|customer| view(&customer, self.definitions.version())))
        };
        get.boxed()
    }

    fn timeline(
        &self,
        customer: CustomerId,
        before: Option<InputNumber>,
        limit: usize,
        level: ReadLevel,
    ) -> BoxFuture<'_, Result<Aged<Timeline>, AskError>> {
        let before = before.map_or(u64::MAX, |number| number.0);
        let timeline = async move {
            let id = customer.clone();
            let read = move |records: &dyn Records| read_timeline(records, &id, before, limit);
            let timeline = self.read_at(level, &customer, read).await?;
            if timeline.answer.entries.is_empty() && before == u64::MAX {
                return Err(unknown(&customer));
            }
            Ok(timeline)
        };
        timeline.boxed()
    }

    fn explain(
        &self,
        customer: CustomerId,
        subject: ExplainSubject,
        level: ReadLevel,
    ) -> BoxFuture<'_, Result<Aged<Explanation>, AskError>> {
        let explain = async move {
            let known = self.customer_at(level, &customer).await?;
            let send = match &subject {
                ExplainSubject::Send(send) => known.answer.sections().ledger.get(*send).cloned(),
                ExplainSubject::Segment(_) | ExplainSubject::Journey(_) => None,
            };
            let (id, about) = (customer.clone(), subject.clone());
            let read = move |rows: &dyn Records| records_about(rows, &id, &about);
            let Aged { answer: mut records, staleness } = self.read_at(level, &customer, read).await?;
            records.reverse();
            if let (ExplainSubject::Send(send), None, true) = (&subject, &send, records.is_empty()) {
                return Err(AskError::NotFound { what: "message", id: send.to_string() });
            }
            // Whichever is older.
            Ok(Aged { answer: Explanation { send, records }, staleness: staleness.max(known.staleness) })
        };
        explain.boxed()
    }

    fn pause(&self, customer: CustomerId, request: PauseRequest) -> BoxFuture<'_, Result<(), AskError>> {
        let PauseRequest { by, reason, until } = request;
        let pause = async move {
            self.customer(&customer).await?;
            let pause = Pause { by, reason, since: self.clock.now(), until };
            self.done(customer, Command::Pause(pause)).await
        };
        pause.boxed()
    }

    fn resume(&self, customer: CustomerId, by: Owner) -> BoxFuture<'_, Result<(), AskError>> {
        let resume = async move {
            self.customer(&customer).await?;
            self.done(customer, Command::Resume { by, reason: String::new() }).await
        };
        resume.boxed()
    }
}

impl Gateway {
    /// The customer as the committed rows say.
    pub(super) async fn customer(&self, customer: &CustomerId) -> Result<Customer, AskError> {
        self.customer_at(ReadLevel::Linearizable, customer).await.map(|found| found.answer)
    }

    /// The customer as the rows say that are asked for.
    async fn customer_at(&self, level: ReadLevel, customer: &CustomerId) -> Result<Aged<Customer>, AskError> {
        let id = customer.clone();
        let found = self.read_at(level, customer, move |records| load_customer(records, &id)).await?;
        let Aged { answer, staleness } = found;
        let answer = answer.ok_or_else(|| unknown(customer))?;
        Ok(Aged { answer, staleness })
    }

    /// Has a command carried out that answers nothing else.
    pub(super) async fn done(&self, customer: CustomerId, command: Command) -> Result<(), AskError> {
        match self.command(customer, command).await? {
            Answer::Done | Answer::Unknown => Ok(()),
            other => Err(AskError::Internal { detail: format!("the command was answered {other:?}") }),
        }
    }
}

fn unknown(customer: &CustomerId) -> AskError {
    AskError::NotFound { what: "customer", id: customer.to_string() }
}

fn view(customer: &Customer, version: DefinitionsVersion) -> CustomerView {
    let sections = customer.sections();
    let mut enrolments: Vec<EnrolmentView> = sections.enrolments.live.values().map(enrolment_view).collect();
    enrolments.sort_by_key(|enrolment| (enrolment.started_at, enrolment.enrolment));
    let mut pending_sends: Vec<_> = sections.ledger.pending().cloned().collect();
    pending_sends.sort_by_key(|send| (send.decided_at, send.id));
    CustomerView {
        customer: customer.id().clone(),
        profile: sections.profile.clone(),
        segments: sections.segments.members.iter().map(|(id, since)| (id.clone(), *since)).collect(),
        enrolments,
        pending_sends,
        next_deadline: sections.timers.armed.values().min().copied(),
        parking: customer.parked(version).map(parking_view),
    }
}

fn parking_view(parked: &Parked) -> ParkingView {
    ParkingView { since: parked.since, dead_letter: parked.dead_letter.clone(), version: parked.version }
}

fn enrolment_view(enrolment: &Enrolment) -> EnrolmentView {
    let position = &enrolment.position;
    let deadline = match &position.waiting {
        Waiting::Until { deadline } | Waiting::Retry { deadline } => Some(*deadline),
        Waiting::Conditions { deadline, .. } | Waiting::Sends { deadline } => *deadline,
        Waiting::Arriving | Waiting::Finishing { .. } | Waiting::Faulted { .. } => None,
    };
    EnrolmentView {
        enrolment: enrolment.id,
        journey: enrolment.journey.clone(),
        version: enrolment.version,
        key: enrolment.key.clone(),
        run: enrolment.run,
        started_at: enrolment.entered_at,
        step: position.step.clone(),
        visit: position.visit,
        since: position.entered_at,
        deadline,
    }
}

fn read_timeline(
    records: &dyn Records,
    customer: &CustomerId,
    before: u64,
    limit: usize,
) -> Result<Timeline, ReadError> {
    let rows = inputs(records, customer, before, limit + 1)?;
    let more = rows.len() > limit;
    let mut entries: Vec<TimelineEntry> = rows.into_iter().take(limit).map(entry).collect();
    let oldest = entries.last().map_or(InputNumber(u64::MAX), |entry| entry.number);
    for record in decision_records(records, customer) {
        let record = record?;
        if record.input < oldest {
            break;
        }
        // Entries are in descending order of their numbers.
        if let Ok(place) = entries.binary_search_by(|entry| record.input.cmp(&entry.number)) {
            entries[place].records.insert(0, record);
        }
    }
    Ok(Timeline { next: more.then_some(oldest), entries })
}

fn entry(row: HistoryRow) -> TimelineEntry {
    let fact = match row.input {
        Input::Event { event, .. } => TimelineFact::Event(event.as_ref().clone()),
        Input::Timer { timer, due } => TimelineFact::Other(format!("a timer was due at {}", timer.instant(due))),
        Input::Permit { send, .. } => TimelineFact::Other(format!("a sender asked to attempt {send}")),
        Input::Outcome { send, outcome } => TimelineFact::Other(format!("an attempt of {send} {}", ended(&outcome))),
        Input::Report { send, status, .. } => TimelineFact::Other(format!("{send} was reported {}", status.name())),
        Input::Redelivered { send, by, .. } => TimelineFact::Other(format!("{by} decided about {send}")),
        Input::Paused(pause) => TimelineFact::Other(format!("{} paused the customer: {}", pause.by, pause.reason)),
        Input::Resumed { by, .. } => TimelineFact::Other(format!("{by} resumed the customer")),
        Input::Adopted(version) => TimelineFact::Other(format!("version {version} of the documents was adopted")),
        Input::SetAside { dead_letter, .. } => TimelineFact::Other(format!("a command was set aside as {dead_letter}")),
    };
    TimelineEntry { number: row.number, at: row.at, fact, records: Vec::new() }
}

/// How an attempt ended, in words.
fn ended(outcome: &AttemptOutcome) -> String {
    match outcome {
        AttemptOutcome::Accepted => "was accepted".to_owned(),
        AttemptOutcome::Refused(reason) => format!("was refused for good: {reason}"),
        AttemptOutcome::Failed(reason) => format!("failed and will be repeated: {reason}"),
        AttemptOutcome::InDoubt(reason) => format!("may have gone out: {reason}"),
        AttemptOutcome::Exhausted { reason, .. } => format!("was the last one: {reason}"),
        AttemptOutcome::RenderError(reason) => format!("could not be rendered: {reason}"),
    }
}

/// The records about a subject, newest first.
fn records_about(
    records: &dyn Records,
    customer: &CustomerId,
    subject: &ExplainSubject,
) -> Result<Vec<DecisionRecord>, ReadError> {
    decision_records(records, customer)
        .filter(|record| record.as_ref().map_or(true, |record| is_about(record, subject)))
        .collect()
}

fn is_about(record: &DecisionRecord, subject: &ExplainSubject) -> bool {
    match (&record.verdict, subject) {
        (Verdict::Send { send, .. }, ExplainSubject::Send(about)) => send == about,
        (Verdict::Segment { segment, .. }, ExplainSubject::Segment(about)) => segment == about,
        (Verdict::EntryRefused { journey, .. }, ExplainSubject::Journey(about)) => journey == about,
        (
            Verdict::Entered(enrolled)
            | Verdict::StepLeft { enrolled, .. }
            | Verdict::Exited { enrolled, .. }
            | Verdict::GoalReached { enrolled, .. }
            | Verdict::Send { enrolled, .. }
            | Verdict::NoSend { enrolled, .. },
            ExplainSubject::Journey(about),
        ) => enrolled.journey == *about,
        _ => false,
    }
}
