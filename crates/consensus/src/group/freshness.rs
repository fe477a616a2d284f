//! How new the rows of a replica are, as far as it can tell without asking anybody.
//!
//! A leader says with everything it sends, heartbeats too, how far the log is committed. Once the rows hold that, they hold all
//! that had been acknowledged when it was said. Invariants: a leader that has committed nothing of its own term yet may not
//! know what earlier ones acknowledged, so what it says does not count; a replica that has heard nothing knows nothing. The
//! way of a message is not measured: what is said counts from when it arrives.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use openraft::async_runtime::watch::WatchReceiver;
use openraft::raft::AppendEntriesRequest;
use openraft::vote::RaftLeaderId;
use openraft::{Instant as _, ServerState};
use tokio::time::Instant;

use super::Group;
use crate::type_config::TypeConfig;

/// What a leader said about how far the log is committed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Sign {
    heard: Instant,
    committed: u64,
}

impl Sign {
    /// What a request says that arrived now.
    pub(crate) fn of(request: &AppendEntriesRequest<TypeConfig>) -> Option<Self> {
        let committed = request.leader_commit.as_ref()?;
        let is_own = committed.committed_leader_id().term == request.vote.leader_id.term();
        is_own.then(|| Self { heard: Instant::now(), committed: committed.index })
    }
}

/// What a replica heard from its leaders.
#[derive(Debug, Default)]
pub(crate) struct Freshness(Mutex<Heard>);

#[derive(Debug, Default)]
struct Heard {
    /// The rows hold all that was acknowledged before.
    as_of: Option<Instant>,
    /// The oldest sign of which something is still to be applied. Later ones come soon enough.
    waiting: Option<Sign>,
}

impl Freshness {
    /// Takes a sign of a leader that was followed. `applied` is the last entry in the rows.
    pub(crate) fn take(&self, sign: Sign, applied: Option<u64>) {
        let mut heard = self.settled(applied);
        if applied >= Some(sign.committed) {
            heard.as_of = heard.as_of.max(Some(sign.heard));
        } else if heard.waiting.is_none() {
            heard.waiting = Some(sign);
        }
    }

    /// Since when something acknowledged may be missing in the rows, the last of which is `applied`.
    fn as_of(&self, applied: Option<u64>) -> Option<Instant> {
        self.settled(applied).as_of
    }

    fn settled(&self, applied: Option<u64>) -> MutexGuard<'_, Heard> {
        let mut heard = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(sign) = heard.waiting.take_if(|sign| applied >= Some(sign.committed)) {
            heard.as_of = heard.as_of.max(Some(sign.heard));
        }
        heard
    }
}

impl Group {
    /// The instant of which a read that begins now is up to date at least: everything that was acknowledged before it is in
    /// the rows. `None` if this replica does not know. Nobody else is asked.
    pub async fn fresh_as_of(&self) -> Option<Instant> {
        let now = Instant::now();
        // Within its lease a leader knows that there is no other. Waiting longer than that for its rows would be of no use.
        let lease = Duration::from_millis(self.inner.raft.config().election_timeout_max);
        if self.leads() && tokio::time::timeout(lease, self.linearizable()).await.is_ok_and(|led| led.is_ok()) {
            return Some(now);
        }
        let applied = *self.applied().borrow();
        self.inner.freshness.as_of(applied).max(self.last_led())
    }

    /// When a quorum last followed this leader, once its rows hold something of its own term.
    fn last_led(&self) -> Option<Instant> {
        let metrics = self.inner.raft.metrics();
        let metrics = metrics.borrow_watched();
        let applied = metrics.last_applied.as_ref()?.committed_leader_id().term;
        let leads = metrics.state == ServerState::Leader && metrics.vote.committed;
        let acked = metrics.last_quorum_acked.filter(|_| leads && applied == metrics.vote.leader_id.term());
        Instant::now().checked_sub(acked?.elapsed())
    }

    /// Takes what the leader said with a request that this replica followed.
    pub(crate) fn heard(&self, sign: Option<Sign>) {
        if let Some(sign) = sign {
            self.inner.freshness.take(sign, *self.applied().borrow());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Signs as (milliseconds, committed) with what was applied when they came; then what is known at the end.
    fn check(signs: &[(u64, u64, Option<u64>)], applied: Option<u64>, expected: Option<u64>) {
        let start = Instant::now();
        let at = |millis| start + Duration::from_millis(millis);
        let freshness = Freshness::default();
        for (millis, committed, applied) in signs {
            freshness.take(Sign { heard: at(*millis), committed: *committed }, *applied);
        }
        assert_eq!(freshness.as_of(applied), expected.map(at), "{signs:?} and {applied:?}");
    }

    #[test]
    fn rows_are_as_new_as_the_newest_sign_that_they_hold() {
        check(&[], Some(9), None);
        check(&[(1, 5, None)], Some(4), None);
        check(&[(1, 5, Some(5))], Some(5), Some(1));
        check(&[(1, 5, Some(4))], Some(5), Some(1));
        // The second waits for nothing, and the first is held by it.
        check(&[(1, 5, Some(4)), (2, 5, Some(5))], Some(5), Some(2));
        // While the first waits, the second is not kept.
        check(&[(1, 5, Some(4)), (2, 6, Some(4))], Some(9), Some(1));
        check(&[(1, 5, Some(4)), (2, 6, Some(5)), (3, 7, Some(5))], Some(6), Some(2));
        // A sign that was overtaken makes nothing older.
        check(&[(2, 5, Some(5)), (1, 5, Some(5))], Some(5), Some(2));
    }
}
