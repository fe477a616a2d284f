//! The network between the nodes: one relay for each ordered pair of them, and the faults a network has.
//!
//! ```text
//!   separate(1, 2)   1 ✕✕ 2     both relays between them refuse: a cable that is pulled, and both notice
//!   silence(1, 2)    1 ✕▶ 2     what 1 says to 2 is lost, what 2 says to 1 arrives: an asymmetric cut nobody is told of
//!                      ◀─
//! ```

use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;

use crate::error::StartError;
use crate::relay::{Direction, Flow, Mode, Relay};

/// The relays between the nodes of a cluster that was started with [`relays`](crate::Config::relays); without, none.
#[derive(Debug)]
pub struct Links {
    /// By the node that opens the connections and the node that takes them.
    relays: BTreeMap<(usize, usize), Relay>,
}

impl Links {
    /// One relay for each ordered pair of `peers`, which are the addresses of nodes 1, 2 …
    pub(crate) fn start(peers: &[SocketAddr]) -> Result<Self, StartError> {
        let mut relays = BTreeMap::new();
        for from in 1..=peers.len() {
            for (to, target) in (1..).zip(peers).filter(|(to, _)| *to != from) {
                relays.insert((from, to), Relay::start(*target)?);
            }
        }
        Ok(Self { relays })
    }

    pub(crate) fn none() -> Self {
        Self { relays: BTreeMap::new() }
    }

    /// The relay through which `from` opens connections to `to`.
    ///
    /// # Panics
    /// If there is none: the cluster was started without relays, or has no such nodes.
    pub fn relay(&self, from: usize, to: usize) -> &Relay {
        let relay = self.relays.get(&(from, to));
        relay.unwrap_or_else(|| panic!("no relay from node {from} to node {to}: start the cluster with relays"))
    }

    /// All relays, by the node that opens the connections and the node that takes them.
    pub fn relays(&self) -> impl Iterator<Item = (usize, usize, &Relay)> {
        self.relays.iter().map(|((from, to), relay)| (*from, *to, relay))
    }

    /// Cuts two nodes off from each other; both notice at once.
    pub async fn separate(&self, one: usize, other: usize) {
        self.relay(one, other).cut().await;
        self.relay(other, one).cut().await;
    }

    /// Cuts a node off from all others.
    pub async fn isolate(&self, node: usize) {
        let others: Vec<usize> = self.relays.keys().filter(|(from, _)| *from == node).map(|(_, to)| *to).collect();
        for other in others {
            self.separate(node, other).await;
        }
    }

    /// Whatever `from` says to `to` is treated like this, on the connections of either; what `to` says is not touched.
    pub fn one_way(&self, from: usize, to: usize, mode: Mode) {
        self.relay(from, to).set(Direction::Forth, mode);
        self.relay(to, from).set(Direction::Back, mode);
    }

    /// Nothing that `from` says reaches `to` any more, while what `to` says arrives. Neither is told.
    pub fn silence(&self, from: usize, to: usize) {
        self.one_way(from, to, Mode::Drop);
    }

    /// What happened so far to what `from` said to `to`, on the connections of either.
    pub fn one_way_flow(&self, from: usize, to: usize) -> Flow {
        self.relay(from, to).counts().forth + self.relay(to, from).counts().back
    }

    /// Ends all faults. Connections that lost bytes are closed, and those that were cut can be opened again.
    pub fn heal(&self) -> io::Result<()> {
        self.relays.values().try_for_each(Relay::heal)
    }

    /// What a node dials instead of the address of each peer.
    pub(crate) fn dial(&self, from: usize, peers: &[SocketAddr]) -> BTreeMap<SocketAddr, SocketAddr> {
        let to = |(number, peer): (usize, &SocketAddr)| Some((*peer, self.relays.get(&(from, number))?.address()));
        (1..).zip(peers).filter_map(to).collect()
    }
}

#[cfg(test)]
mod tests;
