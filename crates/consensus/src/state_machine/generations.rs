//! Which keyspace holds a replica's rows.
//!
//! Each replica has one keyspace per *generation*: installing a snapshot fills the next one, and one row, in a keyspace of
//! its own, says which generation is taken. Writing that row is the instant at which a snapshot counts. A keyspace that
//! no row names is what a crash left behind, and is deleted when the store is opened.
//!
//! Row: group (u32, big endian) → format version byte, then (replica, generation) in postcard's form. One per group.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use baton_model::ids::ReplicaId;
use baton_ports::record_store::{KeyRange, Keyspace, KeyspaceName, Order, RecordError, RecordStore};
use baton_shard::entry::RowWrite;
use bytes::Bytes;

/// The keyspace of the rows.
const KEYSPACE: &str = "generations";
/// The format that is written.
const VERSION: u8 = 1;
/// The generation of a replica that has never installed a snapshot.
const FIRST: u64 = 1;

/// A Raft group: a shard's or the system group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GroupId(pub u32);

impl fmt::Display for GroupId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.0)
    }
}

/// The replicas whose rows one record store holds.
pub struct ReplicaStore {
    store: Arc<dyn RecordStore>,
    rows: Arc<dyn Keyspace>,
}

/// One filling of a replica's keyspace.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Generation {
    /// The replica's group.
    pub group: GroupId,
    /// The replica.
    pub replica: ReplicaId,
    /// From 1; each installed snapshot is the next one.
    pub number: u64,
}

impl ReplicaStore {
    /// Takes over a record store and deletes every keyspace that belongs to no taken generation.
    pub fn open(store: Arc<dyn RecordStore>) -> Result<Self, GenerationError> {
        let own = KeyspaceName::new(KEYSPACE).expect("the name is spelled as names are");
        let rows = store.open(&own)?;
        let this = Self { store, rows };
        let mut taken: BTreeSet<KeyspaceName> = this.taken()?.into_iter().map(Generation::keyspace).collect();
        taken.insert(own);
        for name in this.store.names()? {
            if !taken.contains(&name) {
                tracing::warn!(keyspace = %name, "deleting records that belong to no replica");
                this.store.drop_keyspace(&name)?;
            }
        }
        Ok(this)
    }

    /// The store itself.
    pub fn store(&self) -> &Arc<dyn RecordStore> {
        &self.store
    }

    /// The generation of every replica in this store, by group.
    pub fn taken(&self) -> Result<Vec<Generation>, GenerationError> {
        self.rows
            .range(KeyRange::all(), Order::Ascending)
            .map(|row| row.map(|row| decode(&row.key, &row.value))?)
            .collect()
    }

    /// The generation of a group's replica. The first time, the replica is made, empty and durable. A group whose rows
    /// belong to another replica is refused: a replica id is never used again, so those are another member's rows.
    pub fn claim(&self, group: GroupId, replica: ReplicaId) -> Result<Generation, GenerationError> {
        let Some(value) = self.rows.get(&group.0.to_be_bytes())? else {
            let first = Generation { group, replica, number: FIRST };
            self.store.open(&first.keyspace())?;
            self.name(first)?;
            return Ok(first);
        };
        let found = decode(&group.0.to_be_bytes(), &value)?;
        if found.replica != replica {
            return Err(GenerationError::OtherReplica { group, found: found.replica, asked: replica });
        }
        Ok(found)
    }

    /// Makes `generation` the one that holds the replica's rows, durably, with everything written to it before.
    pub fn take(&self, generation: Generation) -> Result<(), GenerationError> {
        self.store.persist()?;
        self.name(generation)
    }

    fn name(&self, generation: Generation) -> Result<(), GenerationError> {
        let form = (generation.replica.0, generation.number);
        let value = postcard::to_extend(&form, vec![VERSION]).expect("two numbers always fit a vector");
        let key = Bytes::copy_from_slice(&generation.group.0.to_be_bytes());
        self.rows.write(&[RowWrite { key, value: Some(value.into()) }])?;
        self.store.persist()?;
        Ok(())
    }

    /// Forgets a group's replica and drops its rows.
    pub fn remove(&self, group: GroupId) -> Result<(), GenerationError> {
        let key = Bytes::copy_from_slice(&group.0.to_be_bytes());
        let Some(value) = self.rows.get(&key)? else { return Ok(()) };
        let generation = decode(&key, &value)?;
        self.rows.write(&[RowWrite { key, value: None }])?;
        self.store.persist()?;
        self.store.drop_keyspace(&generation.keyspace())?;
        Ok(())
    }
}

impl Generation {
    /// The one after this.
    #[must_use]
    pub fn next(self) -> Self {
        Self { number: self.number + 1, ..self }
    }

    /// The keyspace of its rows.
    pub fn keyspace(self) -> KeyspaceName {
        let Self { group, replica, number } = self;
        KeyspaceName::new(format!("group-{group}.replica-{replica}.generation-{number}"))
            .expect("numbers and dashes are spelled as names are, and far below their length")
    }
}

/// Why the keyspace of a replica is not known.
#[derive(Debug, thiserror::Error)]
pub enum GenerationError {
    /// The store failed.
    #[error(transparent)]
    Records(#[from] RecordError),
    /// The group's rows are another replica's.
    #[error("the records of group {group} belong to replica {found}, not to {asked}: a replica id is never used again")]
    OtherReplica {
        /// The group.
        group: GroupId,
        /// Whose rows they are.
        found: ReplicaId,
        /// Who asked for them.
        asked: ReplicaId,
    },
    /// A row is not what this build writes.
    #[error("the table of record generations cannot be read: run the newest version of Baton, or rebuild this node")]
    Malformed,
}

fn decode(key: &[u8], value: &[u8]) -> Result<Generation, GenerationError> {
    let group = key.try_into().map(u32::from_be_bytes).map_err(|_| GenerationError::Malformed)?;
    let Some((&VERSION, body)) = value.split_first() else { return Err(GenerationError::Malformed) };
    let (replica, number) = postcard::from_bytes(body).map_err(|_| GenerationError::Malformed)?;
    Ok(Generation { group: GroupId(group), replica: ReplicaId(replica), number })
}
