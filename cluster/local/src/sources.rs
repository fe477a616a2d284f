//! Which `baton` a cluster runs.

use std::ffi::OsStr;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;

/// There is no `baton` to run.
#[derive(Debug, thiserror::Error)]
pub enum NoBinary {
    /// It is not where it is built to.
    #[error("{0} is missing: run `cargo build -p baton`, in the same profile")]
    Missing(PathBuf),
    /// Cargo said no.
    #[error("`cargo build -p baton` failed: repair what it said")]
    Build,
    /// This program or cargo cannot be reached.
    #[error("the folder of this program cannot be told")]
    Io(#[from] io::Error),
}

/// The `baton` in the folder of this program, where cargo puts both and a package would.
pub fn binary_beside() -> Result<PathBuf, NoBinary> {
    let program = std::env::current_exe()?;
    existing(program.with_file_name("baton"))
}

/// The `baton` of the sources under test: brought up to date by `cargo`, which a test finds in the environment as `CARGO`,
/// into the folder that this test was built into. Without cargo, what lies there is taken. Blocks while it builds.
pub fn binary_of_sources(cargo: Option<&OsStr>) -> Result<PathBuf, NoBinary> {
    let test = std::env::current_exe()?;
    // `<target>/<profile>/deps/<test>-<hash>`
    let profile_folder = test.ancestors().nth(2).unwrap_or(Path::new("."));
    if let Some(cargo) = cargo {
        build(cargo, profile_folder)?;
    }
    existing(profile_folder.join("baton"))
}

fn build(cargo: &OsStr, profile_folder: &Path) -> Result<(), NoBinary> {
    let profile = match profile_folder.file_name().and_then(OsStr::to_str) {
        Some("debug") | None => "dev",
        Some(name) => name,
    };
    let mut command = Command::new(cargo);
    command.args(["build", "--quiet", "--locked", "--package", "baton", "--profile", profile]);
    command.arg("--target-dir").arg(profile_folder.parent().unwrap_or(Path::new(".")));
    let status = command.current_dir(env!("CARGO_MANIFEST_DIR")).status()?;
    if status.success() { Ok(()) } else { Err(NoBinary::Build) }
}

fn existing(binary: PathBuf) -> Result<PathBuf, NoBinary> {
    if binary.is_file() { Ok(binary) } else { Err(NoBinary::Missing(binary)) }
}
