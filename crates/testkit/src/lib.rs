//! For developers of Baton: journey scenarios as text, run against the pure core with a simulated shard; and shards in a
//! simulated world, with everything that can befall them.

pub mod random_scenario;
pub mod scenario;
pub mod seeded;
pub mod simulation;
