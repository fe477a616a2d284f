//! One framework, one crate: who may name a framework under `[dependencies]` and `[build-dependencies]`.
//!
//! Tests may use any framework, to play the other side of a connection for instance.

pub struct Framework {
    pub crates: &'static [&'static str],
    pub owners: &'static [&'static str],
}

#[rustfmt::skip]
pub const FRAMEWORKS: &[Framework] = &[
    row(&["actix", "actix-rt"],                                    &["baton-actors"]),
    row(&["openraft"],                                             &["baton-consensus"]),
    row(&["fjall", "sled"],                                        &["baton-storage"]),
    row(&["prost", "prost-reflect", "prost-types", "tonic-prost"], &["baton-wire"]),
    row(&["protox", "tonic-prost-build"],                          &["baton-wire"]),
    // The client calls the public API; ctl and the binary say through it what is asked.
    row(&["tonic"],                                                &["baton-wire", "baton-client", "baton-rpc", "baton-ctl", "baton"]),
    row(&["tonic-types"],                                          &["baton-client", "baton-rpc", "baton-ctl"]),
    row(&["tonic-health", "tonic-reflection"],                     &["baton-rpc"]),
    row(&["axum"],                                                 &["baton-http"]),
    // The sinks of channels receive what the webhook and the mail relay send.
    row(&["http-body-util", "hyper", "hyper-util", "mailin"],      &["baton-channels"]),
    row(&["clap"],                                                 &["baton", "baton-ctl", "baton-local-cluster", "xtask"]),
    row(&["clap_complete"],                                        &["baton"]),
    row(&["lettre", "reqwest", "standardwebhooks"],                &["baton-channels"]),
    row(&["liquid-core", "liquid-lib"],                            &["baton-content"]),
    row(&["cel", "regex"],                                         &["baton-rules"]),
    // Documents are read in one place; ctl only writes answers.
    row(&["serde-saphyr"],                                         &["baton-journey", "baton-ctl"]),
    row(&["csv"],                                                  &["baton-ctl"]),
    row(&["prometheus-client", "tracing-subscriber"],              &["baton-telemetry"]),
    row(&["figment"],                                              &["baton-node"]),
    // Chance enters through the real ports; a client invents the ids of the messages it sends, and jitters.
    row(&["rand", "uuid"],                                         &["baton-client", "baton-node", "baton-ctl", "baton", "baton-testkit"]),
    // Below the programs an error is a type.
    row(&["anyhow"],                                               &["baton-node", "baton-ctl", "baton", "baton-testkit", "xtask"]),
    row(&["proc-macro2", "syn"],                                   &["xtask"]),
    row(&["proptest"],                                             &["baton-testkit"]),
    // Benches only.
    row(&["criterion"],                                            &[]),
];

const fn row(crates: &'static [&'static str], owners: &'static [&'static str]) -> Framework {
    Framework { crates, owners }
}
