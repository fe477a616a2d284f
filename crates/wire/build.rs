//! Compiles `proto/` to Rust, without `protoc`, and keeps the file descriptors for server reflection.

use std::error::Error;
use std::path::Path;
use std::{env, fs};

/// The contract.
const PROTO_ROOT: &str = "../../proto";

/// Every file of the contract, from its root.
const PROTO_FILES: [&str; 7] = [
    "baton/v1/event.proto",
    "baton/v1/decision.proto",
    "baton/v1/definition.proto",
    "baton/v1/message.proto",
    "baton/v1/customer.proto",
    "baton/admin/v1/cluster.proto",
    "baton/peer/v1/peer.proto",
];

fn main() -> Result<(), Box<dyn Error>> {
    println!("cargo:rerun-if-changed={PROTO_ROOT}");
    let mut compiler = protox::Compiler::new([PROTO_ROOT])?;
    compiler.include_source_info(true).include_imports(true).open_files(PROTO_FILES)?;
    let out = env::var("OUT_DIR")?;
    fs::write(Path::new(&out).join("descriptors.bin"), compiler.encode_file_descriptor_set())?;
    // A message knows its name, by which `json` finds its descriptor.
    let mut messages = tonic_prost_build::Config::new();
    messages.enable_type_names();
    // Entries and chunks are handed on as they came, without a copy.
    messages.bytes([".baton.peer.v1"]);
    // What shows a secret is printed by hand, without it: `pb/secret.rs`.
    messages.skip_debug([".baton.peer.v1.JoinRequest", ".baton.admin.v1.InitResponse"]);
    tonic_prost_build::configure().compile_fds_with_config(compiler.file_descriptor_set(), messages)?;
    Ok(())
}
