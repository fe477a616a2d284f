//! Groups of one node, on a disk that can lose its power and on real records.

mod lifecycle;
mod local_snapshots;
mod memory_store;
mod network;
mod node;
mod power_loss;
mod proposals;
mod three_nodes;
