//! The rows that consensus keeps beside a group's own, under the reserved first byte [`RESERVED`]: the gate, the position
//! up to which entries are applied, and the membership. They are written in the batch of the entries they speak of.
//!
//! Each value is a format version byte and a tuple in postcard's compact form. Cardinality: one of each per replica.

use std::collections::{BTreeMap, BTreeSet};

use baton_model::ids::{DefinitionsVersion, Epoch, NodeId, Seq};
use baton_ports::record_store::{RecordError, Records};
use baton_shard::entry::RowWrite;
use baton_shard::gate::Gate;
use bytes::Bytes;
use jiff::Timestamp;
use openraft::Membership;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::type_config::{LogId, Member};

/// The first byte of consensus' own keys. Every other first byte belongs to the group.
pub const RESERVED: u8 = 0;

const GATE: &[u8] = &[RESERVED, 1];
const POSITION: &[u8] = &[RESERVED, 2];
const MEMBERSHIP: &[u8] = &[RESERVED, 3];

/// The format that is written.
const VERSION: u8 = 1;

/// A membership and the log entry that made it.
pub type StoredMembership = openraft::alias::StoredMembershipOf<crate::type_config::TypeConfig>;

/// What consensus knows of a replica from its rows.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Standing {
    /// Which entries the replica takes.
    pub gate: Gate,
    /// The last applied entry; `None` before the first.
    pub position: Option<LogId>,
    /// The last applied membership.
    pub membership: StoredMembership,
}

impl Standing {
    /// Reads it from a replica's rows; the default when there are none.
    pub fn read(records: &dyn Records) -> Result<Self, RowError> {
        let gate = read::<GateForm>(records, GATE, "gate")?.map(gate_from).transpose()?;
        let position = read::<PositionForm>(records, POSITION, "position")?.map(position_from);
        let membership = read::<MembershipForm>(records, MEMBERSHIP, "membership")?.map(membership_from).transpose()?;
        Ok(Self { gate: gate.unwrap_or_default(), position, membership: membership.unwrap_or_default() })
    }

    /// The rows that say so.
    pub fn rows(&self) -> Vec<RowWrite> {
        let mut rows = vec![row(GATE, &gate_form(&self.gate)), row(MEMBERSHIP, &membership_form(&self.membership))];
        rows.extend(self.position.map(|position| row(POSITION, &position_form(position))));
        rows
    }
}

/// Why a row of consensus cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum RowError {
    /// The store failed.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// A later Baton wrote it.
    #[error("the {row} row has format {version}, this build reads format {VERSION}: run the newer version of Baton")]
    UnknownVersion {
        /// Which row.
        row: &'static str,
        /// Its first byte.
        version: u8,
    },
    /// Its bytes are not what this build writes.
    #[error("the {row} row cannot be read: rebuild this replica from its peers or a snapshot")]
    Malformed {
        /// Which row.
        row: &'static str,
    },
}

/// Epoch, seq, definitions version, shard time in milliseconds since 1970.
type GateForm = (u64, u64, u64, i64);
/// Term, index.
type PositionForm = (u64, u64);
/// The entry that made it; the voters (two sets while it changes); each member's node, address and zone.
type MembershipForm = (Option<PositionForm>, Vec<BTreeSet<u64>>, BTreeMap<u64, (u64, String, String)>);

fn gate_form(gate: &Gate) -> GateForm {
    (gate.epoch.0, gate.seq.0, gate.definitions_version.0, gate.at.as_millisecond())
}

fn gate_from((epoch, seq, definitions_version, at_ms): GateForm) -> Result<Gate, RowError> {
    Ok(Gate {
        epoch: Epoch(epoch),
        seq: Seq(seq),
        definitions_version: DefinitionsVersion(definitions_version),
        at: Timestamp::from_millisecond(at_ms).map_err(|_| RowError::Malformed { row: "gate" })?,
    })
}

fn position_form(position: LogId) -> PositionForm {
    (position.committed_leader_id().term, position.index)
}

fn position_from((term, index): PositionForm) -> LogId {
    LogId::new_term_index(term, index)
}

fn membership_form(stored: &StoredMembership) -> MembershipForm {
    let members = stored
        .nodes()
        .map(|(replica, member)| (*replica, (member.node.0, member.address.clone(), member.zone.clone())));
    (stored.log_id().map(position_form), stored.membership().get_joint_config().clone(), members.collect())
}

fn membership_from((made_by, voters, members): MembershipForm) -> Result<StoredMembership, RowError> {
    let members: BTreeMap<u64, Member> = members
        .into_iter()
        .map(|(replica, (node, address, zone))| (replica, Member { node: NodeId(node), address, zone }))
        .collect();
    let membership = Membership::new(voters, members).map_err(|_| RowError::Malformed { row: "membership" })?;
    Ok(StoredMembership::new(made_by.map(position_from), membership))
}

fn row(key: &'static [u8], form: &impl Serialize) -> RowWrite {
    let value = postcard::to_extend(form, vec![VERSION]).expect("numbers and texts always fit a vector");
    RowWrite { key: Bytes::from_static(key), value: Some(value.into()) }
}

fn read<T: DeserializeOwned>(records: &dyn Records, key: &[u8], row: &'static str) -> Result<Option<T>, RowError> {
    let Some(value) = records.get(key)? else { return Ok(None) };
    match value.split_first() {
        Some((&VERSION, body)) => postcard::from_bytes(body).map(Some).map_err(|_| RowError::Malformed { row }),
        Some((&version, _)) => Err(RowError::UnknownVersion { row, version }),
        None => Err(RowError::Malformed { row }),
    }
}

#[cfg(test)]
mod tests;
