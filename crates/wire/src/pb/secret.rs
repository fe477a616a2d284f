//! Messages with a secret print without it, so that no log line and no panic shows one.

use std::fmt;

use super::admin::v1::InitResponse;
use super::peer::v1::JoinRequest;

/// Stands for a secret.
const HIDDEN: &str = "…";

impl fmt::Debug for JoinRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { token: _, nonce, peer_address, grpc_address, zone, shard_count } = self;
        f.debug_struct("JoinRequest")
            .field("token", &HIDDEN)
            .field("nonce", nonce)
            .field("peer_address", peer_address)
            .field("grpc_address", grpc_address)
            .field("zone", zone)
            .field("shard_count", shard_count)
            .finish()
    }
}

impl fmt::Debug for InitResponse {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { cluster_id, join_token: _ } = self;
        f.debug_struct("InitResponse").field("cluster_id", cluster_id).field("join_token", &HIDDEN).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_secret_is_printed() {
        let secret = || "s3cret".to_owned();
        let join = JoinRequest { token: secret(), zone: "eu-1".to_owned(), ..JoinRequest::default() };
        let init = InitResponse { cluster_id: "c1".to_owned(), join_token: secret() };
        for (printed, rest) in [(format!("{join:?}"), "eu-1"), (format!("{init:?}"), "c1")] {
            assert!(!printed.contains("s3cret") && printed.contains(rest), "{printed}");
        }
    }
}
