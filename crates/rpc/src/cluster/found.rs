//! Founding a cluster: the one call that a node without a cluster answers.

use baton_ports::gateway::{FoundRequest, Founded, Membership};
use baton_wire::pb::admin::v1 as pb;

use tonic::Request;

use crate::deadline::{CALL_MAX, Deadline};
use crate::request::{RequestError, wrong};
use crate::status::Failure;

/// Founds a cluster.
pub(crate) async fn found(
    membership: &dyn Membership,
    request: Request<pb::InitRequest>,
) -> Result<pb::InitResponse, Failure> {
    let deadline = Deadline::of(request.metadata(), CALL_MAX)?;
    let Founded { cluster, token } = deadline.bound(membership.found(parse(request.get_ref())?)).await??;
    Ok(pb::InitResponse { cluster_id: cluster.to_string(), join_token: token.0 })
}

fn parse(request: &pb::InitRequest) -> Result<FoundRequest, RequestError> {
    let pb::InitRequest { nodes, cluster_id } = request;
    if *nodes == 0 {
        return Err(wrong("nodes", "is missing: write how many nodes the cluster begins with, such as 3"));
    }
    let cluster = match cluster_id.as_str() {
        "" => None,
        digits => Some(digits.parse().map_err(|error| wrong("cluster_id", error))?),
    };
    Ok(FoundRequest { nodes: *nodes, cluster })
}
