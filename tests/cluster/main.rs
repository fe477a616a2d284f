//! Three real nodes under a running load, and what may go wrong with machines, networks and disks.
//!
//! ```text
//!  Load: clients (events) + registers (writes and reads) ──▶ node 1  node 2  node 3 ──▶ webhook sink
//!                                                               ╰ relays ╯ ╰ relays ╯
//!  Phase: load starts ─▶ fault ─▶ heal ─▶ every shard takes writes ─▶ load ends ─▶ Verdict
//! ```
//!
//! A test is an [`Arena`](arena::Arena) and some phases. After each phase the clients, the nodes and the sink must agree; at
//! the end of a test the replicas on all three disks must hold the same rows. A phase whose fault did not happen fails.
//! A test that fails keeps the folder of its cluster and says where. Tests run one at a time: each needs the machine.

#![expect(clippy::unwrap_used, reason = "a test that cannot go on fails")]
#![expect(clippy::print_stdout, reason = "a run tells what happened in it")]

mod arena;
mod catching_up;
mod clock;
mod deaths;
mod demo;
mod full_disk;
mod load;
mod partitions;
mod random;
mod replicas;
mod restarts;
mod stalls;
mod verdict;
