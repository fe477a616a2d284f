//! Who leads a group, as a value that can be watched.

use baton_model::ids::ReplicaId;
use openraft::ServerState;
use openraft::async_runtime::watch::WatchReceiver;
use openraft::errors::Fatal;
use openraft::metrics::RaftServerMetrics;
use openraft::vote::RaftLeaderId;
use tokio::sync::watch;

use super::Raft;
use super::error::LeaderHint;
use crate::type_config::TypeConfig;

/// Who leads, as far as this replica knows. Watching it, one may miss a state that was short; two leaderships of this
/// replica always differ in their term.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Leadership {
    /// This replica leads. Older entries may still have to be applied: activate before deciding anything.
    Leading {
        /// Its term.
        term: u64,
    },
    /// Another replica leads, or nobody does.
    Following {
        /// Who, if it is known.
        leader: Option<LeaderHint>,
    },
    /// The group has stopped on this node, and nothing more will change.
    Stopped,
}

/// Keeps a watch on who leads, until the group stops.
pub(super) fn watch_leadership(raft: &Raft) -> watch::Receiver<Leadership> {
    let mut metrics = raft.server_metrics();
    let (leadership, watched) = watch::channel(leadership_of(&metrics.borrow_watched()));
    let raft = raft.clone();
    tokio::spawn(async move {
        while metrics.changed().await.is_ok() {
            let now = leadership_of(&metrics.borrow_watched());
            leadership.send_if_modified(|before| std::mem::replace(before, now.clone()) != now);
        }
        match &raft.metrics().borrow_watched().running_state {
            Err(Fatal::Stopped) | Ok(()) => tracing::debug!("a group was stopped"),
            Err(fatal) => tracing::error!(%fatal, "a group has stopped"),
        }
        leadership.send_replace(Leadership::Stopped);
    });
    watched
}

fn leadership_of(metrics: &RaftServerMetrics<TypeConfig>) -> Leadership {
    if metrics.state == ServerState::Leader && metrics.vote.committed {
        return Leadership::Leading { term: metrics.vote.leader_id.term() };
    }
    let other = metrics.current_leader.filter(|leader| *leader != metrics.id);
    let leader = other.map(|replica| LeaderHint {
        replica: ReplicaId(replica),
        member: metrics.membership_config.get_node(&replica).cloned(),
    });
    Leadership::Following { leader }
}
