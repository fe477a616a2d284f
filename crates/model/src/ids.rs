//! Identifiers that Baton counts or derives: slots, shards, replicas, epochs, versions, enrolments and sends.
//!
//! Derived ids are hashes over a domain name and length-prefixed parts, so that no two tuples share an input and no
//! randomness is needed: the same decision always gives the same id.

use std::fmt;

use xxhash_rust::xxh3::{Xxh3, xxh3_64};

use crate::text_id::{ChannelId, CorrelationKey, CustomerId, JourneyId, StepId};

/// Declares a number with a meaning.
macro_rules! number_id {
    ($(#[$doc:meta])* $name:ident($inner:ty)) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, serde::Serialize, serde::Deserialize)]
        pub struct $name(pub $inner);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}", self.0)
            }
        }
    };
}

number_id!(
    /// One company's customers and documents. One cluster serves workspace 0 today; keys and hashes already carry it.
    WorkspaceId(u16)
);
number_id!(
    /// One of the [`Slot::COUNT`] buckets that customers hash to, fixed for ever.
    Slot(u16)
);
number_id!(
    /// A range of slots, held by one Raft group.
    ShardId(u32)
);
number_id!(
    /// A process that runs Baton with a disk of its own.
    NodeId(u64)
);
number_id!(
    /// A member of a Raft group; given out once by the system group and never again.
    ReplicaId(u64)
);
number_id!(
    /// One activation of a shard: the log index of the applied `Activate` entry that opened it.
    Epoch(u64)
);
number_id!(
    /// The place of a batch within its epoch, dense from 1.
    Seq(u64)
);
number_id!(
    /// A published set of documents; dense, each publish makes the next one. 0 is the empty set.
    DefinitionsVersion(u64)
);
number_id!(
    /// How many times an enrolment came to a step, from 1.
    Visit(u32)
);
number_id!(
    /// How many times a customer entered a journey under one key, from 1.
    Run(u32)
);

impl Slot {
    /// The number of slots. Fixed for ever: every placement is a statement about slots.
    pub const COUNT: u16 = 4096;

    /// The slot of a customer: `xxh3_64(workspace, big endian ‖ customer id) % 4096` for a workspace other than 0, and
    /// `xxh3_64(customer id) % 4096` for workspace 0.
    pub fn of(workspace: WorkspaceId, customer: &CustomerId) -> Self {
        let hash = if workspace == WorkspaceId(0) {
            xxh3_64(customer.as_str().as_bytes())
        } else {
            let mut hasher = Xxh3::new();
            hasher.update(&workspace.0.to_be_bytes());
            hasher.update(customer.as_str().as_bytes());
            hasher.digest()
        };
        Self(u16::try_from(hash % u64::from(Self::COUNT)).expect("the remainder of 4096 fits 16 bits"))
    }

    /// The shard that owns this slot when `shard_count` shards share the slots in equal, contiguous ranges.
    pub fn shard(self, shard_count: u32) -> ShardId {
        debug_assert!(shard_count >= 1 && shard_count <= u32::from(Self::COUNT));
        ShardId(u32::from(self.0) * shard_count / u32::from(Self::COUNT))
    }
}

/// Declares a 128-bit id that prints as 32 hexadecimal digits.
macro_rules! hash_id {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
        pub struct $name(pub u128);

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{:032x}", self.0)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, "{}({:032x})", stringify!($name), self.0)
            }
        }

        impl std::str::FromStr for $name {
            type Err = HashIdError;

            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let digits = text.len() == 32 && text.bytes().all(|b| b.is_ascii_hexdigit());
                if !digits {
                    return Err(HashIdError { text: text.to_owned() });
                }
                u128::from_str_radix(text, 16).map(Self).map_err(|_| HashIdError { text: text.to_owned() })
            }
        }
    };
}

/// A text that should be a derived id and is not.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("`{text}` is not an id: write its 32 hexadecimal digits")]
pub struct HashIdError {
    /// The text as it was given.
    pub text: String,
}

hash_id!(
    /// One cluster, named at its birth.
    ClusterId
);
hash_id!(
    /// One customer's run through a journey. Fixed at entry: a merge or a new version does not change it.
    EnrolmentId
);
hash_id!(
    /// One message to one customer on one channel. The provider sees it as idempotency key.
    SendId
);

impl EnrolmentId {
    /// The id of a run: `H(customer at entry, journey, key, run)`.
    pub fn derive(customer: &CustomerId, journey: &JourneyId, key: Option<&CorrelationKey>, run: Run) -> Self {
        let key_text = key.map_or("", CorrelationKey::as_str);
        let has_key = [u8::from(key.is_some())];
        let parts: [&[u8]; 5] = [
            customer.as_str().as_bytes(),
            journey.as_str().as_bytes(),
            &has_key,
            key_text.as_bytes(),
            &run.0.to_be_bytes(),
        ];
        Self(hash("baton/enrolment/1", &parts))
    }
}

impl SendId {
    /// The id of a send: `H(cluster id, enrolment id, step, visit, channel)`. Retries, deferrals and provider fail-over
    /// keep it; an alternate channel is another send.
    pub fn derive(
        cluster: ClusterId,
        enrolment: EnrolmentId,
        step: &StepId,
        visit: Visit,
        channel: &ChannelId,
    ) -> Self {
        let parts: [&[u8]; 5] = [
            &cluster.0.to_be_bytes(),
            &enrolment.0.to_be_bytes(),
            step.as_str().as_bytes(),
            &visit.0.to_be_bytes(),
            channel.as_str().as_bytes(),
        ];
        Self(hash("baton/send/1", &parts))
    }
}

/// XXH3-128 over a domain name and parts, each preceded by its length, so that no two lists of parts give one input.
fn hash(domain: &str, parts: &[&[u8]]) -> u128 {
    let mut hasher = Xxh3::new();
    for part in std::iter::once(domain.as_bytes()).chain(parts.iter().copied()) {
        hasher.update(&(part.len() as u64).to_be_bytes());
        hasher.update(part);
    }
    hasher.digest128()
}

#[cfg(test)]
mod tests;
