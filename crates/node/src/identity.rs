//! Who a disk belongs to: a small file that is written once, when the node is born, and refuses a foreign or wiped disk.

use std::fs;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

use baton_model::ids::{ClusterId, NodeId, ReplicaId};
use serde::{Deserialize, Serialize};

use crate::birth::{Founding, NONCE_FILE};
use crate::config::ClusterConfig;

const FILE: &str = "node.json";

/// The layout of the file.
const FORMAT: u32 = 1;

/// What a disk says about itself.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Identity {
    format: u32,
    cluster: String,
    node: u64,
    /// The id of its replica of the system group.
    system_replica: u64,
    /// The number of shards the cluster was born with.
    pub shard_count: u32,
    /// What the cluster was founded with, on the node that founded it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub founding: Option<Founding>,
}

/// Why a disk cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum IdentityError {
    /// The folder holds nothing and no cluster may be born on it.
    #[error("{} holds no node: start with --init to found a cluster of one node here", folder.display())]
    Empty {
        /// The data folder.
        folder: PathBuf,
    },
    /// The folder holds data of something else.
    #[error("{} holds files but no node.json: the disk is not Baton's, or the file was lost; give the node an empty folder", folder.display())]
    Foreign {
        /// The data folder.
        folder: PathBuf,
    },
    /// The file says something else than the configuration.
    #[error(
        "{what} is {configured} in the configuration and {stored} on this disk: write {stored}, or give the node an empty folder"
    )]
    Differs {
        /// The setting.
        what: &'static str,
        /// What the configuration says.
        configured: String,
        /// What the disk says.
        stored: String,
    },
    /// The file cannot be understood.
    #[error("{} cannot be read: {reason}", path.display())]
    Malformed {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        reason: String,
    },
    /// The disk failed.
    #[error("{} failed", path.display())]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// What happened.
        #[source]
        source: io::Error,
    },
}

impl Identity {
    /// A node of a cluster.
    pub fn new(
        cluster: ClusterId,
        node: NodeId,
        system_replica: ReplicaId,
        shard_count: u32,
        founding: Option<Founding>,
    ) -> Self {
        let (cluster, node, system_replica) = (cluster.to_string(), node.0, system_replica.0);
        Self { format: FORMAT, cluster, node, system_replica, shard_count, founding }
    }

    /// Reads who the disk belongs to; `None` if the folder is empty or does not exist.
    pub fn read(folder: &Path) -> Result<Option<Self>, IdentityError> {
        let path = folder.join(FILE);
        match fs::read(&path) {
            Ok(bytes) => Self::parse(&path, &bytes).map(Some),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                if is_empty(folder)? {
                    Ok(None)
                } else {
                    Err(IdentityError::Foreign { folder: folder.to_owned() })
                }
            }
            Err(source) => Err(IdentityError::Io { path, source }),
        }
    }

    /// Writes the file, durably, before anything else comes to the folder.
    pub fn write(&self, folder: &Path) -> Result<(), IdentityError> {
        let (path, temporary) = (folder.join(FILE), folder.join("node.json.new"));
        let failed = |source| IdentityError::Io { path: path.clone(), source };
        let text = serde_json::to_vec_pretty(self).map_err(|error| failed(error.into()))?;
        fs::create_dir_all(folder).map_err(failed)?;
        let mut file = fs::File::create(&temporary).map_err(failed)?;
        file.write_all(&text).and_then(|()| file.sync_all()).map_err(failed)?;
        fs::rename(&temporary, &path).map_err(failed)?;
        let folder = fs::File::open(folder).map_err(failed)?;
        folder.sync_all().map_err(failed)
    }

    /// The cluster.
    pub fn cluster(&self) -> Option<ClusterId> {
        self.cluster.parse().ok()
    }

    /// The node.
    pub fn node(&self) -> NodeId {
        NodeId(self.node)
    }

    /// Its replica of the system group.
    pub fn system_replica(&self) -> ReplicaId {
        ReplicaId(self.system_replica)
    }

    /// Refuses a configuration that says something else than the disk.
    pub fn check(&self, configured: &ClusterConfig) -> Result<(), IdentityError> {
        let differs =
            |what, configured: String, stored: String| Err(IdentityError::Differs { what, configured, stored });
        if !configured.id.is_empty() && configured.id != self.cluster {
            return differs("cluster.id", configured.id.clone(), self.cluster.clone());
        }
        // A node that joined takes the number of shards from the cluster, whatever its file leaves at the default.
        let says = configured.join_token.is_none() || configured.shard_count != ClusterConfig::default().shard_count;
        if says && configured.shard_count != self.shard_count {
            return differs("cluster.shard_count", configured.shard_count.to_string(), self.shard_count.to_string());
        }
        Ok(())
    }

    fn parse(path: &Path, bytes: &[u8]) -> Result<Self, IdentityError> {
        let malformed = |reason: String| IdentityError::Malformed { path: path.to_owned(), reason };
        let identity: Self = serde_json::from_slice(bytes).map_err(|error| malformed(error.to_string()))?;
        if identity.format != FORMAT {
            return Err(malformed(format!("its format is {}; this release reads {FORMAT}", identity.format)));
        }
        if identity.cluster().is_none() {
            return Err(malformed(format!("`{}` is not a cluster id", identity.cluster)));
        }
        Ok(identity)
    }
}

fn is_empty(folder: &Path) -> Result<bool, IdentityError> {
    match fs::read_dir(folder) {
        // A node that asked to join has noted only that.
        Ok(entries) => Ok(entries.flatten().all(|entry| entry.file_name() == NONCE_FILE)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(true),
        Err(source) => Err(IdentityError::Io { path: folder.to_owned(), source }),
    }
}

#[cfg(test)]
mod tests;
