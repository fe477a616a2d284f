//! A customer as a register: several writers set one trait to values that are never used twice, and read it back.

mod linearizability;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use baton_client::{Answer, Client as Cluster};
use baton_testkit::seeded::Seeded;
use baton_wire::pb::google::Kind;
use baton_wire::pb::v1 as pb;
use serde_json::json;
use tests::events::identify;
use tokio::sync::watch;
use tonic::Code;

use super::cluster;
use super::progress::Progress;
use linearizability::{Action, Operation};

/// Who write and read one register at the same time.
const WORKERS: u64 = 3;

/// Between two operations of one worker.
const PAUSE: Duration = Duration::from_millis(60);

/// How long a worker waits for one operation.
const PATIENCE: Duration = Duration::from_secs(2);

/// The trait that is written.
const TRAIT: &str = "value";

/// One customer, and everything that was done about it.
pub(crate) struct Register {
    customer: String,
    book: Arc<Book>,
}

#[derive(Default)]
struct Book {
    /// Orders beginnings and ends of operations.
    clock: AtomicU64,
    history: Mutex<Vec<Operation>>,
    progress: Arc<Progress>,
}

impl Register {
    pub(super) fn new(load: &str, number: usize) -> Self {
        Self { customer: format!("{load}-register-{number}"), book: Arc::default() }
    }

    pub(super) fn progress(&self) -> Arc<Progress> {
        Arc::clone(&self.book.progress)
    }

    /// Writes and reads until it is told to stop.
    pub(super) async fn run(self, endpoints: Vec<String>, stop: watch::Receiver<bool>) -> Self {
        let workers = (0..WORKERS)
            .map(|worker| work(self.customer.clone(), worker, endpoints.clone(), Arc::clone(&self.book), stop.clone()));
        futures::future::join_all(workers).await;
        self
    }

    /// There is an order of all operations, each within its time, in which every read gives what was written last. Gives
    /// how many operations there were, and how many of them never ended.
    pub(crate) fn judge(&self) -> (usize, usize) {
        let history = self.book.history.lock().unwrap();
        if let Err(stuck) = linearizability::check(&history) {
            panic!("{} is not linearizable: {stuck}", self.customer);
        }
        (history.len(), history.iter().filter(|operation| operation.end.is_none()).count())
    }
}

/// Each worker begins at another node, and anew after each failure: so some are at a node that believes it leads, while others
/// have found the one that does.
async fn work(customer: String, worker: u64, mut endpoints: Vec<String>, book: Arc<Book>, stop: watch::Receiver<bool>) {
    let mut choices = Seeded::new(worker + 1);
    let mut written = 0;
    let first = usize::try_from(worker).unwrap() % endpoints.len();
    endpoints.rotate_left(first);
    let mut client = cluster(endpoints.clone(), PATIENCE);
    while !*stop.borrow() {
        let begin = book.now();
        let done = if choices.once_in(2) {
            written += 1;
            let value = written * WORKERS + worker;
            let end = write(&client, &customer, value).await.then(|| book.now());
            Some(Operation { action: Action::Write(value), begin, end })
        } else {
            // A read that failed says nothing.
            let value = read(&client, &customer).await;
            value.map(|value| Operation { action: Action::Read(value), begin, end: Some(book.now()) })
        };
        if done.is_none_or(|operation| operation.end.is_none()) {
            client = cluster(endpoints.clone(), PATIENCE);
        }
        if let Some(operation) = done {
            book.progress.add(operation.end.iter().count());
            book.history.lock().unwrap().push(operation);
        }
        tokio::time::sleep(PAUSE).await;
    }
}

/// Whether it was taken; if not, it may have been.
async fn write(cluster: &Cluster, customer: &str, value: u64) -> bool {
    let event = identify(customer, &format!("{customer}-{value}"), &json!({TRAIT: value}));
    match cluster.ingest(vec![event]).await.remove(0) {
        Answer::Accepted(_) | Answer::Duplicate => true,
        Answer::Unanswered(_) | Answer::Refused(_) => false,
        Answer::Rejected(rejected) => panic!("{rejected:?}"),
    }
}

/// What is written; the inner nothing if nothing is.
async fn read(cluster: &Cluster, customer: &str) -> Option<Option<u64>> {
    let request = pb::GetCustomerRequest { customer_id: customer.to_owned(), ..Default::default() };
    let get = cluster.ask_about(customer, request, async |node, request| node.customers().get(request).await);
    match get.await {
        Ok(mut found) => match found.traits.as_mut()?.fields.remove(TRAIT)?.kind? {
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "it was a whole number when written"
            )]
            Kind::NumberValue(value) => Some(Some(value as u64)),
            other => panic!("{other:?} was never written"),
        },
        Err(status) if status.code() == Code::NotFound => Some(None),
        Err(_) => None,
    }
}

impl Book {
    fn now(&self) -> u64 {
        self.clock.fetch_add(1, Ordering::SeqCst)
    }
}
