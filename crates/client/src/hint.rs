//! Who leads a shard, as an answer tells.

use baton_model::ids::{Epoch, ShardId};
use baton_wire::pb::v1 as pb;
use tonic::metadata::MetadataMap;

use crate::address::Address;

/// The header of answers that another node gave: `<node>;<address>;<shard>`.
const OWNER_HEADER: &str = "baton-owner";

/// Who leads a shard.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Hint {
    pub(crate) shard: ShardId,
    pub(crate) address: Address,
    /// The activation that answered; 0 if it is not told.
    pub(crate) epoch: Epoch,
}

impl Hint {
    /// The hint of an answer to a batch. `None` if it names no place.
    pub(crate) fn of(hint: &pb::RoutingHint) -> Option<Self> {
        let address = Address::parse(&hint.grpc_address).ok()?;
        Some(Self { shard: ShardId(hint.shard), address, epoch: Epoch(hint.epoch) })
    }

    /// The hint in the headers of an answer.
    pub(crate) fn of_headers(headers: &MetadataMap) -> Option<Self> {
        let mut parts = headers.get(OWNER_HEADER)?.to_str().ok()?.split(';');
        let (_node, address, shard) = (parts.next()?, parts.next()?, parts.next()?);
        let shard = ShardId(shard.trim().parse().ok()?);
        Some(Self { shard, address: Address::parse(address.trim()).ok()?, epoch: Epoch(0) })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_tell_the_owner() {
        let check = |text: &str, expected: Option<(u32, &str)>| {
            let mut headers = MetadataMap::new();
            headers.insert(OWNER_HEADER, text.parse().unwrap());
            let hint = Hint::of_headers(&headers);
            assert_eq!(hint.as_ref().map(|hint| (hint.shard.0, hint.address.as_str())), expected, "{text}");
        };
        check("3;10.0.0.3:7400;17", Some((17, "http://10.0.0.3:7400")));
        check("3; http://node-3:7400; 17", Some((17, "http://node-3:7400")));
        check("3;10.0.0.3:7400", None);
        check("3;10.0.0.3:7400;x", None);
        check("3;;17", None);
    }
}
