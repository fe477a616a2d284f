//! For developers of Baton: journey scenarios as text, run against the pure core with a simulated shard.

pub mod random_scenario;
pub mod scenario;
pub mod seeded;
