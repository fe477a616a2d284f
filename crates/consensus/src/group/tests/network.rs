//! Several nodes in one process, joined by channels that can be cut.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use baton_model::ids::NodeId;
use baton_storage::engine::Engine;
use baton_storage::log::RaftLog;
use baton_storage::log::power_loss::PowerLossDisk;
use baton_wire::pb::peer::v1::{RaftFrame, SnapshotAnswer, SnapshotPart};
use futures::future::{BoxFuture, FutureExt};
use futures::stream::{StreamExt, unfold};
use tempfile::TempDir;
use tokio::sync::{mpsc, watch};

use super::node::{log_config, replica_of};
use crate::config::Config;
use crate::group::Group;
use crate::group::candidacy::Standing;
use crate::group::groups::{Beginning, GroupSpec, Groups};
use crate::network::transport::{Frames, Inbox, Transport, TransportError};
use crate::observer::Unobserved;
use crate::state_machine::generations::{GroupId, ReplicaStore};
use crate::type_config::Member;

/// The wires between the nodes.
#[derive(Clone, Default)]
pub(super) struct Net {
    inboxes: Arc<Mutex<BTreeMap<NodeId, Arc<dyn Inbox>>>>,
    /// Directed links that are cut.
    cut: Arc<watch::Sender<BTreeSet<(NodeId, NodeId)>>>,
}

impl Net {
    /// Cuts the links from and to a node, which ends what is open on them.
    pub(super) fn isolate(&self, node: u64) {
        let node = NodeId(node);
        self.cut.send_modify(|cut| {
            let others: Vec<NodeId> = self.inboxes.lock().unwrap().keys().copied().collect();
            cut.extend(others.into_iter().flat_map(|other| [(node, other), (other, node)]));
        });
    }

    /// All links work again.
    pub(super) fn heal(&self) {
        self.cut.send_modify(BTreeSet::clear);
    }

    fn way_of(&self, from: NodeId) -> Arc<dyn Transport> {
        Arc::new(Way { net: self.clone(), from })
    }

    fn inbox(&self, from: NodeId, to: NodeId) -> Result<Arc<dyn Inbox>, TransportError> {
        let inbox = self.inboxes.lock().unwrap().get(&to).cloned();
        let reached = inbox.filter(|_| !self.cut.borrow().contains(&(from, to)));
        reached.ok_or_else(|| TransportError { reason: format!("node {to} is not reached") })
    }
}

/// The way out of one node.
struct Way {
    net: Net,
    from: NodeId,
}

impl Transport for Way {
    fn open(&self, member: &Member) -> BoxFuture<'static, Result<Frames, TransportError>> {
        let opened = self.net.inbox(self.from, member.node).map(|inbox| {
            let (outgoing, sent) = mpsc::channel::<RaftFrame>(4);
            let received = unfold(sent, |mut sent| async move { sent.recv().await.map(|frame| (Ok(frame), sent)) });
            let link = [(self.from, member.node), (member.node, self.from)];
            let mut cut = self.net.cut.subscribe();
            let ended = async move {
                // The sender lives as long as the net.
                let _ = cut.wait_for(|cut| link.iter().any(|link| cut.contains(link))).await;
            };
            let incoming = inbox.accept(received.boxed()).map(Ok).take_until(ended.boxed()).boxed();
            Frames { outgoing, incoming }
        });
        futures::future::ready(opened).boxed()
    }

    fn put_snapshot(
        &self,
        member: &Member,
        part: SnapshotPart,
    ) -> BoxFuture<'static, Result<SnapshotAnswer, TransportError>> {
        let inbox = self.net.inbox(self.from, member.node);
        async move { Ok(inbox?.put_snapshot(part).await) }.boxed()
    }
}

/// A node of the net; its disks survive it.
pub(super) struct Peer {
    pub(super) node: NodeId,
    net: Net,
    log: PowerLossDisk,
    folder: TempDir,
    pub(super) groups: Groups,
    records: Arc<ReplicaStore>,
}

impl Peer {
    pub(super) fn start(net: &Net, node: u64) -> Self {
        Self::start_on(net, NodeId(node), PowerLossDisk::default(), tempfile::tempdir().unwrap())
    }

    fn start_on(net: &Net, node: NodeId, log: PowerLossDisk, folder: TempDir) -> Self {
        let config = Config {
            checkpoint_interval_s: 3600,
            incoming_snapshots: folder.path().join("incoming"),
            ..Config::default()
        };
        let raft_log = RaftLog::open(log_config(), Arc::new(log.clone())).unwrap();
        let engine = Engine::Fjall.open(&folder.path().join("records"), 8 << 20).unwrap();
        let groups = Groups::open(config, raft_log, net.way_of(node), Arc::new(Unobserved)).unwrap();
        net.inboxes.lock().unwrap().insert(node, Arc::new(groups.inbox()));
        let records = Arc::new(ReplicaStore::open(engine).unwrap());
        Self { node, net: net.clone(), log, folder, groups, records }
    }

    /// Stops the node and starts it on the same disks.
    pub(super) async fn restart(self) -> Self {
        let Self { node, net, log, folder, groups, records } = self;
        net.isolate(node.0);
        net.inboxes.lock().unwrap().remove(&node);
        groups.shutdown().await;
        drop((groups, records));
        // What peers had open is ended by them, a moment later.
        while Engine::Fjall.open(&folder.path().join("records"), 8 << 20).is_err() {
            tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        }
        let peer = Self::start_on(&net, node, log, folder);
        net.heal();
        peer
    }

    pub(super) async fn group(&self, beginning: Beginning) -> Group {
        let (replica, standing) = (replica_of(self.node), Standing::WhenAllowed);
        let spec = GroupSpec { group: GroupId(1), replica, beginning, standing, records: self.records.clone() };
        self.groups.create_group(spec).await.unwrap()
    }
}

/// The founders of a group on these nodes; the first stands first.
pub(super) fn founding(nodes: &[u64]) -> Beginning {
    let members = nodes.iter().map(|node| (replica_of(NodeId(*node)), member(NodeId(*node)))).collect();
    Beginning::Founding { members, first: replica_of(NodeId(nodes[0])) }
}

pub(super) fn member(node: NodeId) -> Member {
    Member { node, address: format!("node-{node}"), zone: String::new() }
}

/// Which of them leads, when one does.
pub(super) async fn leader_of(groups: &[Group]) -> usize {
    let watches = groups.iter().map(|group| Box::pin(super::node::leads(group)));
    let (_, index, _) = futures::future::select_all(watches).await;
    index
}
