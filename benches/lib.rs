//! Measurements, one program per question: `decision` and `rules` time the pure core, `log` the Raft log,
//! `ingest` loads a whole node.
//!
//! They are run by hand and never fail on a number; the README beside this file has the commands and the last results.
