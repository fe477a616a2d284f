//! Whole shards: real actors, core, gate and rows, over a replica, a clock and a courier that do what a test says.

mod bounds;
mod commit;
mod dead_letters;
mod epochs;
mod parking;
mod replica;
mod walk;
mod world;
