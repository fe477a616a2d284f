//! Who is asked about what, as far as this client knows. Pure: time comes in as an argument.
//!
//! * The leader of a shard is learned from `GetCluster` and from hints; what an older activation says is not believed.
//! * It is forgotten once it says that it does not lead, or does not answer.
//! * A node that does not know the way to a leader is passed over the next time: another one may reach it.
//! * A node that did not answer is suspect for a while, longer each time, and is asked only if all are. A node whose address
//!   cannot be reached from here, behind a proxy for instance, is so asked ever more rarely.

mod suspicion;

use std::collections::BTreeMap;
use std::time::Duration;

use baton_model::ids::{Epoch, ShardId, Slot, WorkspaceId};
use baton_model::text_id::CustomerId;
use baton_wire::pb::admin::v1 as admin;
use baton_wire::pb::v1 as pb;
use baton_wire::pb::v1::event_result::Result as Answered;

use crate::address::Address;
use crate::failing::Failing;
use crate::hint::Hint;
use suspicion::Suspicions;

/// The cluster is asked who leads at most this often: an election takes longer, and many clients ask at once.
const REFRESH_EACH_MIN: Duration = Duration::from_millis(500);

/// The answer of a node that does not lead the shard.
const NO_LEADER: &str = "no_leader";

/// What a client knows of the cluster.
#[derive(Debug)]
pub(crate) struct Routes {
    /// Whom to ask, in order: the endpoints first, then nodes that the cluster named.
    places: Vec<Address>,
    /// The first of `places` were given, and stay.
    given: usize,
    /// `None` until it is learned; never changed then.
    shard_count: Option<u32>,
    leaders: BTreeMap<ShardId, Leader>,
    suspicions: Suspicions,
    /// Something was forgotten, or nothing was ever learned.
    is_stale: bool,
    refreshed: Option<Duration>,
    /// Who was asked about the cluster last.
    refreshed_by: Option<Address>,
}

#[derive(Debug, Default)]
struct Leader {
    /// `None` once it was forgotten.
    address: Option<Address>,
    epoch: Epoch,
    /// Who did not know the way to it, after it was forgotten.
    unknown_to: Option<Address>,
}

impl Routes {
    /// Knows these places, at least one, and nothing else.
    pub(crate) fn new(endpoints: Vec<Address>) -> Self {
        Self {
            given: endpoints.len(),
            places: endpoints,
            shard_count: None,
            leaders: BTreeMap::new(),
            suspicions: Suspicions::default(),
            is_stale: true,
            refreshed: None,
            refreshed_by: None,
        }
    }

    /// Whom to ask about a customer: the leader of the shard if it is known and not suspect, or else anyone but the node that
    /// did not know the way to it.
    pub(crate) fn to_owner(&self, customer: &str, now: Duration) -> Address {
        let leader = || self.leaders.get(&self.shard(customer)?);
        let unknown_to = || leader()?.unknown_to.as_ref();
        self.owner(customer, now).unwrap_or_else(|| self.to_anyone(now, unknown_to())).clone()
    }

    /// Whom to ask what every node knows: the first that is not suspect, and another one than that which was asked last.
    pub(crate) fn to_anyone(&self, now: Duration, last: Option<&Address>) -> &Address {
        let begin = last.and_then(|last| self.places.iter().position(|place| place == last)).map_or(0, |at| at + 1);
        let in_turn = || self.places[begin..].iter().chain(&self.places[..begin]);
        let trusted = in_turn().find(|place| !self.suspicions.holds(place, now));
        let soonest = || in_turn().min_by_key(|place| self.suspicions.until(place));
        trusted.or_else(soonest).expect("there is at least one endpoint")
    }

    /// Whether a connection to that place may be of use.
    pub(crate) fn is_known(&self, address: &Address) -> bool {
        self.places.contains(address) || self.leaders.values().any(|leader| leader.address.as_ref() == Some(address))
    }

    /// Whom to ask who leads, if it is time for that; the asking begins now. Each time another node: one may not reach all.
    pub(crate) fn begin_refresh(&mut self, now: Duration) -> Option<Address> {
        let is_due = self.is_stale && self.refreshed.is_none_or(|last| now >= last + REFRESH_EACH_MIN);
        if !is_due {
            return None;
        }
        self.refreshed = Some(now);
        self.refreshed_by = Some(self.to_anyone(now, self.refreshed_by.as_ref()).clone());
        self.refreshed_by.clone()
    }

    /// Takes what the cluster says about itself.
    pub(crate) fn learn_cluster(&mut self, cluster: &admin::Cluster) {
        let named = cluster.nodes.iter().filter_map(|node| Some((node.id, Address::parse(&node.address).ok()?)));
        let nodes: BTreeMap<u64, Address> = named.collect();
        self.places.truncate(self.given);
        self.places.extend(nodes.values().filter(|place| !self.places.contains(place)).cloned().collect::<Vec<_>>());
        // Before the shards are made there are none, and nothing can be known.
        if let (None, Some(count)) = (self.shard_count, count(&cluster.shards)) {
            self.shard_count = Some(count);
        }
        for shard in &cluster.shards {
            if let Some(address) = nodes.get(&shard.leader) {
                let (id, epoch) = (ShardId(shard.id), Epoch(shard.epoch));
                self.learn(Hint { shard: id, address: address.clone(), epoch });
            }
        }
        let is_led = |shard: &admin::Shard| self.leaders.get(&ShardId(shard.id)).is_some_and(|it| it.address.is_some());
        self.is_stale = cluster.shards.is_empty() || !cluster.shards.iter().all(is_led);
    }

    /// Takes a hint, unless a newer activation is known.
    pub(crate) fn learn(&mut self, hint: Hint) {
        let known = self.leaders.get(&hint.shard).map_or(Epoch(0), |leader| leader.epoch);
        if hint.epoch == Epoch(0) || hint.epoch >= known {
            let leader = Leader { address: Some(hint.address), epoch: hint.epoch.max(known), unknown_to: None };
            self.leaders.insert(hint.shard, leader);
        }
    }

    /// Takes what a node answered about one event of a customer.
    pub(crate) fn answered(&mut self, from: &Address, customer: &str, result: &pb::EventResult) {
        match &result.result {
            Some(Answered::Retry(retry)) if retry.reason == NO_LEADER => self.does_not_lead(from, customer),
            // It may be cut off from the others and believe that it leads: they are asked.
            Some(Answered::Unknown(_)) => self.is_stale = true,
            _ => {}
        }
    }

    /// A node cannot decide about that customer.
    pub(crate) fn does_not_lead(&mut self, node: &Address, customer: &str) {
        if let Some(shard) = self.shard(customer) {
            self.forget(|id, leader| *id == shard && leader == node);
            let leader = self.leaders.entry(shard).or_default();
            if leader.address.is_none() {
                leader.unknown_to = Some(node.clone());
            }
        }
    }

    /// A node answered something.
    pub(crate) fn is_there(&mut self, address: &Address) {
        self.suspicions.clear(address);
    }

    /// A call to a node failed.
    pub(crate) fn failed(&mut self, address: &Address, failing: Failing, now: Duration) {
        match failing {
            Failing::NotSent | Failing::Broken => self.avoid(address, now),
            Failing::NotDone { .. } | Failing::Unknown { .. } | Failing::ForGood => self.is_there(address),
        }
    }

    /// A node is of no use for a while: it is not there, or takes nothing, as one that is about to end.
    pub(crate) fn avoid(&mut self, address: &Address, now: Duration) {
        self.suspicions.raise(address, now);
        self.forget(|_, leader| leader == address);
    }

    fn owner(&self, customer: &str, now: Duration) -> Option<&Address> {
        let address = self.leaders.get(&self.shard(customer)?)?.address.as_ref()?;
        (!self.suspicions.holds(address, now)).then_some(address)
    }

    fn shard(&self, customer: &str) -> Option<ShardId> {
        let customer = CustomerId::new(customer).ok()?;
        Some(Slot::of(WorkspaceId(0), &customer).shard(self.shard_count?))
    }

    fn forget(&mut self, is_meant: impl Fn(&ShardId, &Address) -> bool) {
        for (shard, leader) in &mut self.leaders {
            if leader.address.as_ref().is_some_and(|address| is_meant(shard, address)) {
                leader.address = None;
                self.is_stale = true;
            }
        }
    }
}

/// How many shards share the slots, if these are all of them.
fn count(shards: &[admin::Shard]) -> Option<u32> {
    let count = u32::try_from(shards.len()).ok()?;
    let is_whole = shards.iter().zip(0..).all(|(shard, id)| shard.id == id);
    (is_whole && (1..=u32::from(Slot::COUNT)).contains(&count)).then_some(count)
}

#[cfg(test)]
mod tests;
