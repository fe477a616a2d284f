//! The commands that the documents quote exist.

use crate::tidy::finding::Finding;
use crate::tidy::program::Verbs;
use crate::tidy::tables::programs::{BATON, CARGO_VERBS, XTASK};
use crate::tidy::tree::Tree;

/// Fences whose lines are commands.
const SHELL_FENCES: &[&str] = &["", "sh", "bash", "shell", "console"];

pub fn check(tree: &Tree) -> Vec<Finding> {
    let judge = Judge { tree, baton: Verbs::of(&BATON, tree), xtask: Verbs::of(&XTASK, tree) };
    let mut findings = Vec::new();
    for (path, text) in tree.files.iter().filter(|(path, _)| path.ends_with(".md")) {
        for (line, command) in commands(text) {
            if let Err(what) = judge.command(&command) {
                findings.push(Finding::new(path, line, what, "quote a command that exists"));
            }
        }
    }
    findings
}

/// The words of each command in the shell fences of a document, with its line.
fn commands(text: &str) -> Vec<(usize, Vec<String>)> {
    let mut commands = Vec::new();
    // Whether the current fence holds commands; `None` outside of fences.
    let mut fence: Option<bool> = None;
    for (index, line) in text.lines().enumerate() {
        if let Some(language) = line.trim_start().strip_prefix("```") {
            fence = if fence.is_some() { None } else { Some(SHELL_FENCES.contains(&language.trim())) };
            continue;
        }
        if fence == Some(true) {
            let line = line.split(" #").next().unwrap_or_default();
            for command in line.split("&&").flat_map(|part| part.split(['|', ';'])) {
                commands.push((index + 1, words(command)));
            }
        }
    }
    commands
}

/// Without the prompt and the variables set for the command.
fn words(command: &str) -> Vec<String> {
    let words = command.split_whitespace().map(str::to_owned);
    words.skip_while(|word| word == "$" || (word.contains('=') && !word.starts_with('-'))).collect()
}

struct Judge<'a> {
    tree: &'a Tree,
    baton: Verbs,
    xtask: Verbs,
}

impl Judge<'_> {
    fn command(&self, words: &[String]) -> Result<(), String> {
        let Some((program, arguments)) = words.split_first() else { return Ok(()) };
        match program.rsplit('/').next() {
            Some("baton") => self.baton.accept(arguments),
            Some("cargo") => self.cargo(arguments),
            _ => Ok(()),
        }
    }

    fn cargo(&self, arguments: &[String]) -> Result<(), String> {
        let is_toolchain = |word: &String| word.starts_with('+');
        let arguments = &arguments[arguments.iter().take_while(|word| is_toolchain(word)).count()..];
        let Some((verb, rest)) = arguments.split_first() else { return Ok(()) };
        if verb == "xtask" {
            return self.xtask.accept(rest);
        }
        if !verb.starts_with('-') && !CARGO_VERBS.contains(&verb.as_str()) {
            return Err(format!("cargo has no verb `{verb}`"));
        }
        let (for_cargo, for_program) = split_at_dashes(rest);
        let package = self.package(for_cargo)?;
        if verb == "run" && package.is_none_or(|package| package == BATON.name) {
            return self.baton.accept(for_program);
        }
        Ok(())
    }

    /// The package that `-p` names.
    fn package<'w>(&self, words: &'w [String]) -> Result<Option<&'w str>, String> {
        let Some(position) = words.iter().position(|word| word == "-p" || word == "--package") else { return Ok(None) };
        let Some(package) = words.get(position + 1) else { return Err("`-p` names no package".to_owned()) };
        let is_placeholder = package.starts_with('<');
        if !is_placeholder && !self.tree.members.iter().any(|member| member.name == *package) {
            return Err(format!("the workspace has no package `{package}`"));
        }
        Ok(Some(package))
    }
}

fn split_at_dashes(words: &[String]) -> (&[String], &[String]) {
    match words.iter().position(|word| word == "--") {
        Some(position) => (&words[..position], &words[position + 1..]),
        None => (words, &[]),
    }
}
