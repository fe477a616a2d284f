//! Groups of one node, on a disk that can lose its power and on real records.

mod lifecycle;
mod memory_store;
mod node;
mod power_loss;
mod proposals;
