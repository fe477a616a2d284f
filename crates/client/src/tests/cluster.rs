//! Nodes that serve what the client needs, on real sockets, each in a runtime of its own, so that it can die at once.

mod node;

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use baton_model::ids::{Slot, WorkspaceId};
use baton_model::text_id::CustomerId;
use baton_wire::pb::v1 as pb;
use tokio::net::TcpStream;
use tokio::runtime::Runtime;
use tonic::Status;

/// The shards of these clusters.
const SHARDS: u32 = 6;

/// What all nodes know.
pub(super) struct State {
    /// By shard: its leader and the activation.
    pub(super) leaders: Vec<(u64, u64)>,
    pub(super) gives_hints: bool,
    pub(super) tells_leaders: bool,
    nodes: BTreeMap<u64, SocketAddr>,
    dead: BTreeSet<u64>,
    /// The node that takes no batch any more.
    pub(super) ending: Option<u64>,
    /// Events as they were taken.
    taken: Vec<pb::Event>,
    detours: usize,
    answered_by: BTreeSet<u64>,
    settings_fault: Option<(u32, Status)>,
    settings_calls: u32,
}

impl State {
    pub(super) fn lead_everything(&mut self, node: u64) {
        for (leader, epoch) in &mut self.leaders {
            (*leader, *epoch) = (node, *epoch + 1);
        }
    }
}

pub(super) struct FakeCluster {
    state: Arc<Mutex<State>>,
    runtimes: BTreeMap<u64, Runtime>,
}

impl FakeCluster {
    /// Starts nodes 1 to `count`, which lead the shards in turn.
    pub(super) async fn start(count: u64) -> Self {
        let state = Arc::new(Mutex::new(State {
            leaders: (0..u64::from(SHARDS)).map(|shard| (shard % count + 1, 1)).collect(),
            gives_hints: true,
            tells_leaders: true,
            nodes: BTreeMap::new(),
            dead: BTreeSet::new(),
            ending: None,
            taken: Vec::new(),
            detours: 0,
            answered_by: BTreeSet::new(),
            settings_fault: None,
            settings_calls: 0,
        }));
        let mut runtimes = BTreeMap::new();
        for id in 1..=count {
            let (runtime, address) = node::start(id, Arc::clone(&state)).await;
            state.lock().unwrap().nodes.insert(id, address);
            runtimes.insert(id, runtime);
        }
        Self { state, runtimes }
    }

    pub(super) fn endpoint(&self, id: u64) -> String {
        self.state.lock().unwrap().nodes[&id].to_string()
    }

    pub(super) fn set(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state.lock().unwrap());
    }

    /// All connections break, and nobody listens any more.
    pub(super) async fn kill(&mut self, id: u64) {
        self.state.lock().unwrap().dead.insert(id);
        self.runtimes.remove(&id).unwrap().shutdown_background();
        let address = self.endpoint(id);
        while TcpStream::connect(&address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
    }

    /// Events that came to a node that does not lead their shard.
    pub(super) fn detours(&self) -> usize {
        self.state.lock().unwrap().detours
    }

    pub(super) fn answered_by_all(&self) -> bool {
        let state = self.state.lock().unwrap();
        state.answered_by.len() == state.nodes.len()
    }

    /// By customer, the numbers of the events of one set in the order in which they were taken.
    pub(super) fn order_of(&self, set: &str) -> BTreeMap<String, Vec<usize>> {
        let mut order: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for event in &self.state.lock().unwrap().taken {
            if let Some(number) = event.message_id.strip_prefix(&format!("{set}/")) {
                order.entry(event.customer_id.clone()).or_default().push(number.parse().unwrap());
            }
        }
        order
    }

    /// The next calls for the settings fail so.
    pub(super) fn fail_settings(&self, times: u32, fault: &Status) {
        let mut state = self.state.lock().unwrap();
        state.settings_fault = Some((times, fault.clone()));
        state.settings_calls = 0;
    }

    pub(super) fn settings_calls(&self) -> u32 {
        self.state.lock().unwrap().settings_calls
    }
}

impl Drop for FakeCluster {
    fn drop(&mut self) {
        for (_, runtime) in std::mem::take(&mut self.runtimes) {
            runtime.shutdown_background();
        }
    }
}

/// A set of events of 20 customers.
pub(super) fn events(set: &str, count: usize) -> Vec<pb::Event> {
    let event = |number: usize| pb::Event {
        customer_id: format!("customer-{}", number % 20),
        message_id: format!("{set}/{number}"),
        ..pb::Event::default()
    };
    (0..count).map(event).collect()
}

fn shard_of(customer: &str) -> u32 {
    Slot::of(WorkspaceId(0), &CustomerId::new(customer).unwrap()).shard(SHARDS).0
}
