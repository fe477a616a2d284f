//! The checkout as the checks see it: every text file that is tracked or about to be, Rust files parsed, members listed.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

use anyhow::{Context as _, ensure};

use super::finding::Finding;
use super::member::{Manifest, Member};
use super::source::Source;

pub struct Tree {
    /// Text by path from the root of the checkout, with `/`.
    pub files: BTreeMap<String, String>,
    pub sources: Vec<Source>,
    /// The root manifest, if the tree has one.
    pub workspace: Option<Manifest>,
    pub members: Vec<Member>,
    /// Files that cannot be parsed and so are not checked.
    pub unreadable: Vec<Finding>,
}

impl Tree {
    /// Reads the checkout at `root`: what git tracks and what it would add. Binary files are left out.
    pub fn read(root: &Path) -> anyhow::Result<Self> {
        let listing = ["ls-files", "-z", "--cached", "--others", "--exclude-standard"];
        let output = Command::new("git").args(listing).current_dir(root).output();
        let output = output.context("git cannot be started; tidy asks it which files belong to the project")?;
        ensure!(output.status.success(), "git ls-files failed: {}", String::from_utf8_lossy(&output.stderr));
        let mut files = BTreeMap::new();
        for path in String::from_utf8(output.stdout)?.split_terminator('\0') {
            // A file may be deleted but still tracked, or a link.
            let Ok(bytes) = std::fs::read(root.join(path)) else { continue };
            let Ok(text) = String::from_utf8(bytes) else { continue };
            files.insert(path.to_owned(), text);
        }
        Ok(Self::new(files))
    }

    pub fn new(files: BTreeMap<String, String>) -> Self {
        let mut tree =
            Self { files: BTreeMap::new(), sources: vec![], workspace: None, members: vec![], unreadable: vec![] };
        for (path, text) in &files {
            if path.ends_with(".rs") {
                tree.add_source(path, text);
            } else if path == "Cargo.toml" || path.ends_with("/Cargo.toml") {
                tree.add_manifest(path, text);
            }
        }
        tree.files = files;
        tree.spread_test_modules();
        tree
    }

    /// The member whose folder holds `path`, the innermost one if they nest.
    pub fn member_of(&self, path: &str) -> Option<&Member> {
        let holds = |member: &&Member| path.strip_prefix(&member.folder).is_some_and(|rest| rest.starts_with('/'));
        self.members.iter().filter(holds).max_by_key(|member| member.folder.len())
    }

    fn add_source(&mut self, path: &str, text: &str) {
        match Source::parse(path, text) {
            Ok(source) => self.sources.push(source),
            Err(error) => {
                let line = error.span().start().line.max(1);
                self.unreadable.push(Finding::new(path, line, format!("not Rust: {error}"), "make it compile first"));
            }
        }
    }

    fn add_manifest(&mut self, path: &str, text: &str) {
        let table = match text.parse() {
            Ok(table) => table,
            Err(error) => {
                let what = format!("not TOML: {error}").lines().next().unwrap_or_default().to_owned();
                self.unreadable.push(Finding::new(path, 1, what, "make it parse first"));
                return;
            }
        };
        let manifest = Manifest { path: path.to_owned(), text: text.to_owned(), table };
        if path == "Cargo.toml" {
            self.workspace = Some(manifest);
        } else {
            self.members.extend(Member::new(manifest));
        }
    }

    /// What is declared under `#[cfg(test)]` is test code, with everything below it.
    fn spread_test_modules(&mut self) {
        let modules: Vec<String> = self.sources.iter().flat_map(|source| source.test_modules.clone()).collect();
        for source in &mut self.sources {
            source.is_test |= modules.iter().any(|module| {
                source.path.strip_prefix(module.as_str()).is_some_and(|rest| rest == ".rs" || rest.starts_with('/'))
            });
        }
    }
}
