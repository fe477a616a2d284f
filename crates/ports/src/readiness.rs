//! Whether a node should get traffic, and if not, why.

/// Answers whether the node can serve. Cheap and without waiting: load balancers ask every second.
pub trait Readiness: Send + Sync {
    /// Everything that stands in the way. Nothing means ready.
    fn obstacles(&self) -> Vec<Obstacle>;
}

/// One reason why a node should get no traffic.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    /// A stable name for programs, such as `shards_without_leader`.
    pub reason: &'static str,
    /// What a person needs to know: which, how many, what to do.
    pub detail: String,
}
