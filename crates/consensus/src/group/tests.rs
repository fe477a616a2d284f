//! Groups of one node, on a disk that can lose its power and on real records.

mod lifecycle;
mod node;
mod proposals;
