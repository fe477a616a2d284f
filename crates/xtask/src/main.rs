//! `cargo xtask`: the checks and chores of this repository, as one program that needs nothing but the Rust toolchain.
//!
//! `verify` and `tidy` only read, `fix` only writes. What `tidy` enforces is listed in `tidy.rs`.

#![expect(clippy::print_stdout, reason = "the output of this program is its report")]

mod fix;
mod stage;
mod tidy;
mod verify;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::{Parser, Subcommand};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Checks and chores of the Baton repository")]
struct Cli {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Run every check and every test; reads only
    Verify,
    /// Format the sources and apply the lints' own suggestions; writes
    Fix,
    /// Check the house rules that the compiler cannot; reads only
    Tidy,
}

fn main() -> anyhow::Result<ExitCode> {
    let passed = match Cli::parse().task {
        Task::Verify => verify::run(root())?,
        Task::Fix => fix::run(root())?,
        Task::Tidy => tidy::run(root())?,
    };
    Ok(if passed { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// The checkout: two folders above this crate, wherever the command was typed.
fn root() -> &'static Path {
    static ROOT: std::sync::LazyLock<PathBuf> = std::sync::LazyLock::new(|| {
        let package = Path::new(env!("CARGO_MANIFEST_DIR"));
        package.ancestors().nth(2).expect("this crate lies in crates/xtask of the checkout").to_path_buf()
    });
    &ROOT
}
