//! What a shard's actors need from their node.

use std::sync::{Arc, RwLock};
use std::time::Duration;

use baton_customer::Settings;
use baton_journey::library::Library;
use baton_model::ids::{ClusterId, NodeId};
use baton_model::text_id::ChannelId;
use baton_ports::channel::Renderer;
use baton_ports::clock::Clock;
use baton_ports::courier::Courier;
use baton_ports::replica::Replica;

/// The world of one shard.
#[derive(Clone)]
pub struct ShardPorts {
    /// This node.
    pub node: NodeId,
    /// The cluster; part of every send id.
    pub cluster: ClusterId,
    /// The shard's replica here.
    pub replica: Arc<dyn Replica>,
    /// Both times.
    pub clock: Arc<dyn Clock>,
    /// Writes messages.
    pub renderer: Arc<dyn Renderer>,
    /// Makes attempts.
    pub courier: Arc<dyn Courier>,
    /// The documents this node knows; replaced as a whole at each publish.
    pub library: Arc<RwLock<Arc<Library>>>,
    /// What is set alike on all nodes.
    pub settings: Arc<Settings>,
    /// The runtime on which deliveries run.
    pub runtime: tokio::runtime::Handle,
    /// Told what happens.
    pub observer: Arc<dyn Observer>,
}

/// Told what happens in a shard, for metrics. Every call must return at once.
pub trait Observer: Send + Sync {
    /// One decision was made.
    fn decided(&self, took: Duration);
    /// A batch of that many decisions was proposed.
    fn proposed(&self, decisions: usize);
    /// A customer was woken that long after the instant it asked for, in customer time.
    fn fired(&self, lateness: Duration);
    /// How many timers are due and not fired yet.
    fn timers_due(&self, due: usize);
    /// How many sends wait, and since when the oldest does.
    fn outbox(&self, depth: usize, oldest: Duration);
    /// A bound refused something.
    fn refused(&self, bound: &'static str);
    /// An attempt on a channel ended so, after that long.
    fn attempted(&self, channel: &ChannelId, outcome: &'static str, took: Duration);
    /// An enrolment without a wake source was found.
    fn wake_violation(&self);
}
