//! The configuration that is documented is one with which a node starts.

use std::path::Path;
use std::process::Command;

use crate::harness::baton;

#[test]
fn the_files_of_three_nodes_are_accepted_with_and_without_the_way_in() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../cluster/config/three-nodes");
    let way_in =
        [("BATON__CLUSTER__ID", "00112233445566778899aabbccddeeff"), ("BATON__CLUSTER__JOIN_TOKEN", "a-token")];
    for number in 1..=3 {
        for environment in [&way_in[..], &[]] {
            let mut command = Command::new(baton());
            command.args(["config", "check", "--config"]).arg(folder.join(format!("node-{number}.toml")));
            let ended = command.envs(environment.iter().copied()).output().unwrap();
            let said = String::from_utf8(ended.stderr).unwrap();
            assert!(ended.status.success() && said.is_empty(), "node {number}: {}: {said}", ended.status);
        }
    }
}
