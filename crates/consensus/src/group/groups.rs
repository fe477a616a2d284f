//! All groups of a node: they share a log, storage threads and one checkpoint schedule.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use baton_model::ids::ReplicaId;
use baton_storage::log::{RaftLog, Row};
use tokio::sync::watch;
use tokio::task::JoinHandle;

use super::candidacy::{Candidacy, Rules, Standing};
use super::checkpoint::{self, CheckpointError};
use super::freshness::Freshness;
use super::leadership::watch_leadership;
use super::{Group, Inner as GroupInner, Raft};
use crate::config::{Config, ConfigError};
use crate::log_store::LogStore;
use crate::network::inbox::GroupsInbox;
use crate::network::incoming_snapshot;
use crate::network::link::Links;
use crate::network::peer::Peers;
use crate::network::send_snapshot::SnapshotSettings;
use crate::network::transport::Transport;
use crate::observer::Observer;
use crate::state_machine::generations::{GroupId, ReplicaStore};
use crate::state_machine::replica::{Replica, ReplicaError};
use crate::state_machine::threads::{JobLost, StorageThreads};
use crate::state_machine::{StateMachine, Threads};
use crate::type_config::Member;

/// How long a stopped Raft instance may take to let go of its records. It has nothing left to wait for but one apply.
const RELEASE_WAIT_MAX: Duration = Duration::from_secs(10);

/// Snapshots that are installed at a time: a node that comes back fetches many, and one after the other is soon enough.
const INSTALL_THREADS: usize = 1;

/// Owns the groups of a node. Clones share them.
#[derive(Clone)]
pub struct Groups {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    pub(super) config: Config,
    raft_config: Arc<openraft::Config>,
    pub(super) log: RaftLog,
    pub(super) appliers: StorageThreads,
    readers: StorageThreads,
    /// Installs snapshots, which takes as long as they are large: no apply waits behind one.
    installers: StorageThreads,
    links: Links,
    pub(super) observer: Arc<dyn Observer>,
    groups: Mutex<BTreeMap<GroupId, Group>>,
    /// One group is created at a time, so that none is created twice.
    creating: tokio::sync::Mutex<()>,
    /// Whether this node may lead groups that ask for a leave.
    allowed: watch::Sender<bool>,
    stop: watch::Sender<bool>,
    scheduler: Mutex<Option<JoinHandle<()>>>,
}

/// A replica that this node is to run.
pub struct GroupSpec {
    /// Its group.
    pub group: GroupId,
    /// Its id, which no other replica ever had or will have.
    pub replica: ReplicaId,
    /// How the group comes to have members. Only used the first time; from then on the group's own log says it.
    pub beginning: Beginning,
    /// Whether leading it takes a leave.
    pub standing: Standing,
    /// Where its records are.
    pub records: Arc<ReplicaStore>,
}

/// How a new replica comes into its group.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Beginning {
    /// The group is new: every replica of it is started with the same members.
    Founding {
        /// Who the group starts with.
        members: BTreeMap<ReplicaId, Member>,
        /// Who of them stands for election at once. The others wait for a timeout, as ever.
        first: ReplicaId,
    },
    /// The group is there, and its leader adds this replica.
    Joining,
}

impl Groups {
    /// Starts the storage threads and the checkpoint schedule. Groups are added with [`Self::create_group`].
    pub fn open(
        config: Config,
        log: RaftLog,
        transport: Arc<dyn Transport>,
        observer: Arc<dyn Observer>,
    ) -> Result<Self, OpenError> {
        // What cannot be removed only takes space.
        if let Err(error) = incoming_snapshot::remove_left(&config.incoming_snapshots) {
            tracing::warn!(%error, "what interrupted snapshots left stays on the disk");
        }
        let raft_config = Arc::new(config.raft()?);
        let appliers = StorageThreads::start("apply", config.apply_threads).map_err(OpenError::Threads)?;
        let readers = StorageThreads::start("read", config.read_threads).map_err(OpenError::Threads)?;
        let installers = StorageThreads::start("install", INSTALL_THREADS).map_err(OpenError::Threads)?;
        let inner = Arc::new(Inner {
            config,
            raft_config,
            log,
            appliers,
            readers,
            installers,
            links: Links::new(transport),
            observer,
            groups: Mutex::default(),
            creating: tokio::sync::Mutex::default(),
            allowed: watch::Sender::new(true),
            stop: watch::Sender::new(false),
            scheduler: Mutex::default(),
        });
        let scheduler = tokio::spawn(checkpoint::run(Arc::downgrade(&inner), inner.stop.subscribe()));
        *inner.scheduler.lock().unwrap_or_else(PoisonError::into_inner) = Some(scheduler);
        Ok(Self { inner })
    }

    /// Starts a group's replica here: a new one, or the one whose log and records this node holds. A group with a single
    /// voter stands for election at once.
    pub async fn create_group(&self, spec: GroupSpec) -> Result<Group, CreateError> {
        let _creating = self.inner.creating.lock().await;
        let id = spec.group;
        if self.group(id).is_some() {
            return Err(CreateError::Exists { group: id });
        }
        let inner = &self.inner;
        let GroupSpec { replica: replica_id, beginning, standing, records, .. } = spec;
        let opened = inner.appliers.run(move || Replica::open(records, id, replica_id)).await?;
        let replica = Arc::new(opened.map_err(|source| CreateError::Records { group: id, source })?);
        inner.check_log(id, &replica).await?;
        let restarted = inner.log.row(id.0, Row::Vote).is_some();
        let (raft, released) = self.start_raft(id, replica_id, &replica).await?;
        let failed = |reason: String| CreateError::Raft { group: id, reason };
        let rules = Rules { standing, allowed: inner.allowed.subscribe(), restarted, lease: inner.config.lease() };
        let candidacy = Candidacy::begin(&raft, replica_id, beginning, rules).await.map_err(failed)?;
        let leadership = watch_leadership(&raft);
        let readers = inner.readers.clone();
        let group = GroupInner {
            id,
            replica_id,
            raft,
            replica,
            readers,
            leadership,
            released,
            candidacy,
            freshness: Freshness::default(),
            incoming: tokio::sync::Mutex::default(),
        };
        let group = Group::new(group);
        inner.groups().insert(id, group.clone());
        Ok(group)
    }

    async fn start_raft(
        &self,
        id: GroupId,
        replica_id: ReplicaId,
        replica: &Arc<Replica>,
    ) -> Result<(Raft, watch::Receiver<()>), CreateError> {
        let inner = &self.inner;
        let threads = Threads { apply: inner.appliers.clone(), install: inner.installers.clone() };
        let durable = inner.log.durable(id.0);
        let (state_machine, released) = StateMachine::new(replica.clone(), durable, threads, inner.observer.clone());
        let log = LogStore::new(inner.log.clone(), id.0);
        let snapshots = SnapshotSettings { bytes_per_second: inner.config.snapshot_bytes_per_second };
        let (links, readers) = (inner.links.clone(), inner.readers.clone());
        let peers = Peers { group: id, replica: replica_id, links, snapshots, readers };
        let raft = Raft::new(replica_id.0, inner.raft_config.clone(), peers, log, state_machine).await;
        let raft = raft.map_err(|fatal| CreateError::Raft { group: id, reason: fatal.to_string() })?;
        Ok((raft, released))
    }

    /// Says whether this node may lead groups of [`Standing::WhenAllowed`], those that are here and those to come. It may
    /// until this is said. A node that leads some already goes on: hand them over.
    pub fn allow_leading(&self, allowed: bool) {
        // Told each time, because a replica that was the only voter may have got company.
        self.inner.allowed.send_replace(allowed);
    }

    /// What peers call to reach the replicas here.
    pub fn inbox(&self) -> GroupsInbox {
        GroupsInbox::new(self.clone(), self.inner.config.incoming_snapshots.clone())
    }

    /// A group that was created.
    pub fn group(&self, id: GroupId) -> Option<Group> {
        self.inner.groups().get(&id).cloned()
    }

    /// All groups that were created, in the order of their ids.
    pub fn all(&self) -> Vec<Group> {
        self.inner.all()
    }

    /// Makes everything that is applied durable, and purges the log of what is no longer needed. The schedule does it by
    /// itself.
    pub async fn checkpoint(&self) -> Result<(), CheckpointError> {
        checkpoint::checkpoint(&self.inner).await
    }

    /// Stops all groups, after a last checkpoint, and returns when nothing here uses the log and the records any more.
    pub async fn shutdown(&self) {
        let inner = &self.inner;
        inner.stop.send_replace(true);
        let scheduler = inner.scheduler.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(scheduler) = scheduler {
            // It ends by itself; a panic in it was reported where it happened.
            let _ = scheduler.await;
        }
        if let Err(error) = self.checkpoint().await {
            tracing::warn!(%error, "the last checkpoint failed: the next start applies more of the log again");
        }
        for group in inner.all() {
            // Fails only when the instance has ended before.
            let _ = group.inner().raft.shutdown().await;
            let mut released = group.inner().released.clone();
            let gone = async { while released.changed().await.is_ok() {} };
            if tokio::time::timeout(RELEASE_WAIT_MAX, gone).await.is_err() {
                tracing::warn!(group = %group.id(), "a stopped group still holds its records");
            }
        }
        inner.groups().clear();
        inner.appliers.stop().await;
        inner.readers.stop().await;
        inner.installers.stop().await;
    }
}

impl Inner {
    pub(super) fn all(&self) -> Vec<Group> {
        self.groups().values().cloned().collect()
    }

    fn groups(&self) -> MutexGuard<'_, BTreeMap<GroupId, Group>> {
        self.groups.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Refuses to run on a log and records that do not continue each other.
    async fn check_log(&self, group: GroupId, replica: &Arc<Replica>) -> Result<(), CreateError> {
        let applied = replica.applied_state().0.map(|log_id| log_id.index);
        let span = self.log.span(group.0);
        if let Some(purged) = span.purged.map(|purged| purged.through).filter(|purged| applied < Some(*purged))
            && !self.restore(group, replica, purged).await?
        {
            return Err(CreateError::RecordsBehindLog { group, applied, purged });
        }
        if applied.is_some() && self.log.row(group.0, Row::Vote).is_none() {
            return Err(CreateError::LogLost { group });
        }
        Ok(())
    }
}

impl Inner {
    /// Restores records that end before the log begins. `false` when there is nothing to restore them from.
    async fn restore(&self, group: GroupId, replica: &Arc<Replica>, purged: u64) -> Result<bool, CreateError> {
        let Some(local) = self.config.local_snapshots.clone() else { return Ok(false) };
        let replica = replica.clone();
        let restored = self.appliers.run(move || replica.restore(&local, purged)).await?;
        restored.map_err(|source| CreateError::Records { group, source })
    }
}

/// Why the groups of a node cannot run.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// A setting is refused.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// The storage threads do not start.
    #[error("the storage threads cannot be started")]
    Threads(#[source] std::io::Error),
}

/// Why a group does not start.
#[derive(Debug, thiserror::Error)]
pub enum CreateError {
    /// It runs already.
    #[error("group {group} runs on this node already")]
    Exists {
        /// The group.
        group: GroupId,
    },
    /// Its records cannot be used.
    #[error("the records of group {group} cannot be opened")]
    Records {
        /// The group.
        group: GroupId,
        /// Why.
        #[source]
        source: ReplicaError,
    },
    /// Entries are missing between its records and its log.
    #[error(
        "the records of group {group} end at {applied:?}, but its log begins only after {purged}: records were lost or put \
         back from an old copy. Restore a newer copy of the records, or rebuild this node from its peers"
    )]
    RecordsBehindLog {
        /// The group.
        group: GroupId,
        /// The last entry in the records.
        applied: Option<u64>,
        /// The last entry that the log no longer holds.
        purged: u64,
    },
    /// It has records, and its log is gone.
    #[error("group {group} has records but no log: the log was lost, and with it the vote. Retire this replica")]
    LogLost {
        /// The group.
        group: GroupId,
    },
    /// openraft does not start.
    #[error("group {group} does not start: {reason}")]
    Raft {
        /// The group.
        group: GroupId,
        /// Why.
        reason: String,
    },
    /// The storage threads did not answer.
    #[error(transparent)]
    Lost(#[from] JobLost),
}
