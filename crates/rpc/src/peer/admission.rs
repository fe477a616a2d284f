//! Who may call the peer port: the nodes of this cluster, and those that join it.

use baton_model::ids::ClusterId;
use tonic::metadata::MetadataMap;
use tonic::service::Interceptor;
use tonic::{Request, Status};

use super::channels::{CLUSTER_KEY, NODE_KEY};
use crate::status::Failure;

/// Looks at the metadata of every call on the peer port.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Admission {
    pub(crate) cluster: ClusterId,
}

/// Why a call on the peer port was refused.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeerRefusal {
    /// The caller belongs to another cluster.
    #[error(
        "this node belongs to cluster {ours}, the caller to cluster {theirs}: correct the caller's cluster.id, or the \
         address that it calls"
    )]
    OtherCluster {
        /// The cluster of the node that was called.
        ours: ClusterId,
        /// The caller's, as it was told.
        theirs: String,
    },
    /// The caller names no cluster, so it is no node.
    #[error("this is the peer port of a node of cluster {ours}: services call the address of node.grpc")]
    NoPeer {
        /// The cluster of the node that was called.
        ours: ClusterId,
    },
}

impl Interceptor for Admission {
    fn call(&mut self, request: Request<()>) -> Result<Request<()>, Status> {
        self.check(request.metadata()).map_err(Failure::from)?;
        Ok(request)
    }
}

impl Admission {
    fn check(self, metadata: &MetadataMap) -> Result<(), PeerRefusal> {
        let ours = self.cluster;
        let theirs = metadata.get(CLUSTER_KEY).ok_or(PeerRefusal::NoPeer { ours })?.to_str().unwrap_or_default();
        if theirs.parse() == Ok(ours) {
            return Ok(());
        }
        // What a stranger sent is told in the shape of an id only.
        let theirs = theirs.chars().filter(char::is_ascii_hexdigit).take(32).collect();
        Err(PeerRefusal::OtherCluster { ours, theirs })
    }
}

/// Whether the caller is not a node yet.
pub(super) fn is_joining(metadata: &MetadataMap) -> bool {
    metadata.get(NODE_KEY).is_some_and(|node| node.as_bytes() == b"0")
}
