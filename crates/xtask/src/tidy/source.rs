//! One Rust file, parsed, and which of its lines are test code.

use std::ops::RangeInclusive;

use proc_macro2::TokenStream;
use syn::visit::{self, Visit};

use super::tokens::{self, Kind, Token};

pub struct Source {
    /// From the root of the checkout, with `/`.
    pub path: String,
    pub text: String,
    pub syntax: syn::File,
    pub tokens: Vec<Token>,
    /// The whole file is test code: by its name or folder, or because its parent declares it under `#[cfg(test)]`.
    pub is_test: bool,
    test_lines: Vec<RangeInclusive<usize>>,
    /// Files that this one declares under `#[cfg(test)]`, and the folder each may have.
    pub test_modules: Vec<String>,
}

impl Source {
    pub fn parse(path: &str, text: &str) -> syn::Result<Self> {
        let stream: TokenStream = syn::parse_str(text)?;
        let syntax: syn::File = syn::parse2(stream.clone())?;
        let mut finder = TestFinder { folder: module_folder(path), lines: Vec::new(), modules: Vec::new() };
        finder.visit_file(&syntax);
        Ok(Self {
            path: path.to_owned(),
            text: text.to_owned(),
            syntax,
            tokens: tokens::flatten(stream),
            is_test: path.split('/').any(|part| matches!(part, "tests" | "benches" | "tests.rs")),
            test_lines: finder.lines,
            test_modules: finder.modules,
        })
    }

    pub fn is_test_at(&self, line: usize) -> bool {
        self.is_test || self.test_lines.iter().any(|lines| lines.contains(&line))
    }

    /// The lines of code and comments, with the content of strings blanked out.
    pub fn lines_without_strings(&self) -> Vec<String> {
        let mut bytes = self.text.clone().into_bytes();
        for token in self.tokens.iter().filter(|token| token.kind == Kind::Literal) {
            // A doc comment is a string to the compiler, but a comment to us.
            let is_comment = self.text[token.bytes.clone()].starts_with('/');
            if !is_comment {
                bytes[token.bytes.clone()].iter_mut().filter(|byte| **byte != b'\n').for_each(|byte| *byte = b' ');
            }
        }
        String::from_utf8_lossy(&bytes).lines().map(str::to_owned).collect()
    }
}

/// The folder in which the modules declared by the file at `path` lie.
fn module_folder(path: &str) -> String {
    let (folder, name) = path.rsplit_once('/').unwrap_or(("", path));
    match name {
        "lib.rs" | "main.rs" | "mod.rs" => folder.to_owned(),
        _ => path.trim_end_matches(".rs").to_owned(),
    }
}

/// Collects what `#[cfg(test)]` and `#[test]` mark.
struct TestFinder {
    folder: String,
    lines: Vec<RangeInclusive<usize>>,
    modules: Vec<String>,
}

impl TestFinder {
    fn mark(&mut self, attributes: &[syn::Attribute], last_line: usize) -> bool {
        let Some(attribute) = attributes.iter().find(|attribute| is_test_mark(attribute)) else { return false };
        self.lines.push(attribute.pound_token.span.start().line..=last_line);
        true
    }
}

impl<'ast> Visit<'ast> for TestFinder {
    fn visit_item_mod(&mut self, module: &'ast syn::ItemMod) {
        match &module.content {
            Some((braces, _)) => {
                self.mark(&module.attrs, braces.span.close().end().line);
            }
            None if module.attrs.iter().any(is_test_mark) => {
                self.modules.push(format!("{}/{}", self.folder, module.ident));
            }
            None => {}
        }
        visit::visit_item_mod(self, module);
    }

    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.mark(&function.attrs, function.block.brace_token.span.close().end().line);
        visit::visit_item_fn(self, function);
    }

    fn visit_item_impl(&mut self, item: &'ast syn::ItemImpl) {
        self.mark(&item.attrs, item.brace_token.span.close().end().line);
        visit::visit_item_impl(self, item);
    }
}

fn is_test_mark(attribute: &syn::Attribute) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return attribute.path().is_ident("test") };
    let words: Vec<String> = tokens::flatten(list.tokens.clone()).into_iter().map(|token| token.text).collect();
    attribute.path().is_ident("cfg")
        && words.iter().any(|word| word == "test")
        && !words.iter().any(|word| word == "not")
}
