//! The generated messages, clients and servers. Their comments are those of `proto/`.

mod secret;

/// `baton.v1`: what services call.
#[expect(
    clippy::allow_attributes,
    unused_qualifications,
    clippy::pedantic,
    clippy::allow_attributes_without_reason,
    reason = "generated"
)]
pub mod v1 {
    tonic::include_proto!("baton.v1");
}

/// What operators call.
pub mod admin {
    /// `baton.admin.v1`.
    #[expect(
        clippy::allow_attributes,
        unused_qualifications,
        clippy::pedantic,
        clippy::allow_attributes_without_reason,
        reason = "generated"
    )]
    pub mod v1 {
        tonic::include_proto!("baton.admin.v1");
    }
}

/// What nodes say to each other.
pub mod peer {
    /// `baton.peer.v1`.
    #[expect(
        clippy::allow_attributes,
        unused_qualifications,
        clippy::pedantic,
        clippy::allow_attributes_without_reason,
        reason = "generated"
    )]
    pub mod v1 {
        tonic::include_proto!("baton.peer.v1");
    }
}

/// The well-known messages that the contract is made of.
pub mod google {
    pub use prost_types::value::Kind;
    pub use prost_types::{Duration, ListValue, Struct, Timestamp, Value};
}

/// The file descriptors of the contract and of everything it imports, for server reflection.
pub const FILE_DESCRIPTOR_SET: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/descriptors.bin"));
