//! The `baton` binary of the sources under test.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// Where the binary is. The first call has Cargo bring it up to date, into the folder that this test was built into; when
/// this test runs without Cargo, the binary is taken as it is there.
pub(crate) fn baton() -> &'static Path {
    static BINARY: OnceLock<PathBuf> = OnceLock::new();
    BINARY.get_or_init(|| {
        let test = std::env::current_exe().unwrap();
        // `<target>/<profile>/deps/api-<hash>`
        let profile_folder = test.ancestors().nth(2).unwrap();
        if let Some(cargo) = std::env::var_os("CARGO") {
            build(Path::new(&cargo), profile_folder);
        }
        let binary = profile_folder.join("baton");
        assert!(binary.is_file(), "{} is missing: run `cargo build -p baton`", binary.display());
        binary
    })
}

fn build(cargo: &Path, profile_folder: &Path) {
    let profile = match profile_folder.file_name().and_then(|name| name.to_str()).unwrap() {
        "debug" => "dev",
        name => name,
    };
    let build = Command::new(cargo)
        .args(["build", "--quiet", "--locked", "--package", "baton", "--profile", profile, "--target-dir"])
        .arg(profile_folder.parent().unwrap())
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .status();
    assert!(build.unwrap().success(), "the binary does not build");
}
