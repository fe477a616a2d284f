//! One answer out of those of all nodes.

use std::collections::BTreeMap;

use baton_wire::pb::admin::v1 as pb;

use crate::forward::PeerError;
use crate::forward::fan_out::Part;
use crate::status::Failure;

/// The most violations of one report; further ones are found again once these are mended.
const VIOLATIONS_MAX: usize = 1_000;

/// The clock stands where it was stepped to, on the node that was asked, and for good. One that is away learns it when it is
/// back; one that says no is told of.
pub(super) fn settled(parts: Vec<Part<pb::AdvanceClockResponse>>) -> Result<pb::AdvanceClockResponse, Failure> {
    for Part { answer, .. } in parts {
        match answer {
            Ok(_) | Err(Failure::Peer(PeerError::NotReached { .. } | PeerError::Unknown { .. })) => {}
            Err(refused) => return Err(refused),
        }
    }
    Ok(pb::AdvanceClockResponse {})
}

/// The cluster as its nodes see themselves. The first part is that of the node that was asked: what it knows of nodes and
/// shards holds where nobody knows better. A node knows itself, and the shards that it leads, best.
pub(super) fn views(parts: Vec<Part<pb::Cluster>>) -> Result<pb::Cluster, Failure> {
    let mut parts = parts.into_iter();
    let Some(Part { node: this, answer }) = parts.next() else {
        return Ok(pb::Cluster::default());
    };
    let mut view = answer?;
    let mut nodes: BTreeMap<_, _> = view.nodes.into_iter().map(|node| (node.id, node)).collect();
    let mut shards: BTreeMap<_, _> = view.shards.into_iter().map(|shard| (shard.id, shard)).collect();
    for Part { node, answer } in parts {
        let id = node.node.0;
        match answer {
            Ok(theirs) => {
                view.definitions_version = view.definitions_version.max(theirs.definitions_version);
                nodes.extend(theirs.nodes.into_iter().filter(|node| node.id == id).map(|node| (id, node)));
                let led = theirs.shards.into_iter().filter(|shard| shard.leader == id);
                for shard in led {
                    // Two nodes believe that they lead while one of them has not heard: the newer activation counts.
                    let known = shards.entry(shard.id).or_default();
                    if known.leader == 0 || known.leader == id || known.epoch <= shard.epoch {
                        *known = pb::Shard { id: shard.id, ..shard };
                    }
                }
            }
            Err(failure) => {
                let status = tonic::Status::from(failure);
                let node = nodes.entry(id).or_insert_with(|| pb::Node {
                    id,
                    address: node.grpc_address.clone(),
                    ..pb::Node::default()
                });
                node.ready = false;
                node.obstacles = vec![format!("unreachable from node {}: {}", this.node, status.message())];
            }
        }
    }
    view.nodes = nodes.into_values().collect();
    view.shards = shards.into_values().collect();
    Ok(view)
}

/// The sums, and the violations in the order of their shards.
pub(super) fn reports(reports: Vec<pb::CheckResponse>) -> pb::CheckResponse {
    let mut whole = pb::CheckResponse::default();
    for pb::CheckResponse { customers, enrolments, timers, violations } in reports {
        whole.customers += customers;
        whole.enrolments += enrolments;
        whole.timers += timers;
        whole.violations.extend(violations);
    }
    whole.violations.sort_by_key(|violation| violation.shard);
    whole.violations.truncate(VIOLATIONS_MAX);
    whole
}
