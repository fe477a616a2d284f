//! When a replica stands for election.
//!
//! Not before a lease has passed since it was started again, because it has forgotten to whom it granted one. And, where its
//! group asks for that, only while this node may lead, unless nobody else votes. A replica that does not stand follows and
//! votes as ever, refuses a lead that is handed to it, and founds no group, since whoever founds one stands at once. A lead
//! that it has stays with it until somebody hands it over.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use baton_model::ids::ReplicaId;
use tokio::sync::watch;
use tokio::time::sleep;

use super::Raft;
use super::groups::Beginning;
use crate::type_config::Member;

/// Whether leading a group takes a leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standing {
    /// A replica of it stands whenever Raft says so.
    Always,
    /// Only while its node may lead, as [`Groups::allow_leading`](super::groups::Groups::allow_leading) said last.
    WhenAllowed,
}

/// Under which rules a replica begins.
pub(super) struct Rules {
    pub(super) standing: Standing,
    /// Whether this node may lead.
    pub(super) allowed: watch::Receiver<bool>,
    /// Whether it has voted before this start.
    pub(super) restarted: bool,
    /// How long a leader may rely on its voters.
    pub(super) lease: Duration,
}

/// Whether one replica votes and stands.
#[derive(Clone)]
pub(crate) struct Candidacy {
    raft: Raft,
    replica: ReplicaId,
    standing: Standing,
    allowed: watch::Receiver<bool>,
    may_vote: Arc<AtomicBool>,
}

/// A group that has no members yet.
struct Founding {
    members: BTreeMap<u64, Member>,
    /// This replica stands at once. The others wait for a timeout, as ever.
    stands_first: bool,
}

impl Candidacy {
    /// Gives a new group its members, has the right replica elected, and follows the rules from then on.
    pub(super) async fn begin(
        raft: &Raft,
        replica: ReplicaId,
        beginning: Beginning,
        rules: Rules,
    ) -> Result<Self, String> {
        let initialized = raft.is_initialized().await.map_err(|fatal| fatal.to_string())?;
        let founding = match beginning {
            Beginning::Founding { members, first } if !initialized => Some(Founding {
                members: members.into_iter().map(|(id, member)| (id.0, member)).collect(),
                stands_first: first == replica,
            }),
            Beginning::Founding { .. } | Beginning::Joining => None,
        };
        let Rules { standing, allowed, restarted, lease } = rules;
        let raft = raft.clone();
        let candidacy = Self { raft, replica, standing, allowed, may_vote: Arc::new(AtomicBool::new(!restarted)) };
        let alone = candidacy.is_alone(founding.as_ref());
        if alone {
            candidacy.may_vote.store(true, Ordering::Release);
        }
        let founding = candidacy.follow(founding).await?;
        if alone {
            // Nobody else votes, so there is nobody to ask beforehand whether an election has a chance.
            candidacy.raft.trigger().elect(false).await.map_err(|fatal| fatal.to_string())?;
        }
        if !candidacy.may_vote() || standing == Standing::WhenAllowed {
            tokio::spawn(candidacy.clone().keep(founding, lease));
        }
        Ok(candidacy)
    }

    /// Whether it votes.
    pub(crate) fn may_vote(&self) -> bool {
        self.may_vote.load(Ordering::Acquire)
    }

    /// Whether it takes a lead.
    pub(crate) fn may_lead(&self) -> bool {
        self.standing == Standing::Always || *self.allowed.borrow() || self.is_alone(None)
    }

    fn is_alone(&self, founding: Option<&Founding>) -> bool {
        match founding {
            Some(founding) => founding.members.keys().eq([&self.replica.0]),
            None => self.raft.voter_ids().eq([self.replica.0]),
        }
    }

    /// Follows the rules as they are now. Returns a founding that has to wait.
    async fn follow(&self, founding: Option<Founding>) -> Result<Option<Founding>, String> {
        let may_lead = self.may_lead() || self.is_alone(founding.as_ref());
        self.raft.runtime_config().elect(may_lead && self.may_vote());
        match founding {
            Some(founding) if may_lead => self.found(founding).await.map(|()| None),
            founding => Ok(founding),
        }
    }

    async fn found(&self, founding: Founding) -> Result<(), String> {
        let Founding { members, stands_first } = founding;
        let alone = members.len() == 1;
        // Another founder may have been elected meanwhile, and have brought the members.
        if !self.raft.is_initialized().await.map_err(|fatal| fatal.to_string())? {
            self.raft.initialize(members).await.map_err(|error| error.to_string())?;
            if stands_first && !alone {
                self.raft.trigger().elect(true).await.map_err(|fatal| fatal.to_string())?;
            }
        }
        Ok(())
    }

    /// Follows the rules as they change, until the node's groups end.
    async fn keep(mut self, mut founding: Option<Founding>, lease: Duration) {
        let mut lease = Box::pin(sleep(lease));
        loop {
            self.allowed.mark_unchanged();
            founding = match self.follow(founding.take()).await {
                Ok(waits) => waits,
                Err(reason) => {
                    // Founding is the one thing that fails, and another founder's group comes here all the same.
                    tracing::debug!(replica = %self.replica, reason, "a replica did not found its group");
                    None
                }
            };
            tokio::select! {
                () = &mut lease, if !self.may_vote() => self.may_vote.store(true, Ordering::Release),
                changed = self.allowed.changed() => if changed.is_err() {
                    return;
                },
            }
        }
    }
}
