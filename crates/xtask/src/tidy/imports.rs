//! Which full path a short one stands for, by the `use` items of its file.
//!
//! One map per file, inner modules included: a name imported twice with two meanings in one file is not told apart.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};

use super::source::Source;
use super::tokens::{Kind, Token};

/// A path as written somewhere in a file.
pub struct Mention<'a> {
    /// Segments, the first one replaced by what was imported under its name.
    pub segments: Vec<String>,
    pub line: usize,
    /// What precedes the path.
    pub before: &'a str,
    /// What follows the path.
    pub after: &'a str,
}

/// All paths of a file, single words included, in the order of the file.
pub fn mentions(source: &Source) -> Vec<Mention<'_>> {
    let mut finder = UseFinder::default();
    finder.visit_file(&source.syntax);
    let tokens = &source.tokens;
    let mut mentions = Vec::new();
    let mut index = 0;
    while index < tokens.len() {
        let length = path_length(&tokens[index..]);
        if length > 0 {
            let before = index.checked_sub(1).map_or("", |previous| tokens[previous].text.as_str());
            let after = tokens.get(index + length).map_or("", |next| next.text.as_str());
            let mut segments: Vec<String> = tokens[index..index + length].iter().step_by(2).map(word).collect();
            // What follows a `.` is a method or a field, what follows a `::` a part of a generic path: not imported.
            if let Some(full) = finder.names.get(&segments[0]).filter(|_| before != "." && before != "::") {
                segments.splice(0..1, full.iter().cloned());
            }
            mentions.push(Mention { segments, line: tokens[index].line, before, after });
        }
        index += length.max(1);
    }
    mentions
}

/// How many tokens of the row belong to the path that starts it; 0 if none does.
fn path_length(tokens: &[Token]) -> usize {
    let is_word = |index: usize| tokens.get(index).is_some_and(|token| token.kind == Kind::Word);
    if !is_word(0) {
        return 0;
    }
    let mut length = 1;
    while tokens.get(length).is_some_and(|token| token.text == "::") && is_word(length + 1) {
        length += 2;
    }
    length
}

fn word(token: &Token) -> String {
    token.text.clone()
}

#[derive(Default)]
struct UseFinder {
    names: BTreeMap<String, Vec<String>>,
}

impl UseFinder {
    fn walk(&mut self, tree: &syn::UseTree, prefix: &[String]) {
        let join = |name: &syn::Ident| [prefix, &[name.to_string()]].concat();
        match tree {
            syn::UseTree::Path(path) => self.walk(&path.tree, &join(&path.ident)),
            syn::UseTree::Group(group) => group.items.iter().for_each(|item| self.walk(item, prefix)),
            syn::UseTree::Name(name) if name.ident == "self" => {
                if let Some(last) = prefix.last() {
                    self.names.insert(last.clone(), prefix.to_vec());
                }
            }
            syn::UseTree::Name(name) => {
                self.names.insert(name.ident.to_string(), join(&name.ident));
            }
            syn::UseTree::Rename(rename) => {
                self.names.insert(rename.rename.to_string(), join(&rename.ident));
            }
            syn::UseTree::Glob(_) => {}
        }
    }
}

impl<'ast> Visit<'ast> for UseFinder {
    fn visit_item_use(&mut self, item: &'ast syn::ItemUse) {
        self.walk(&item.tree, &[]);
        visit::visit_item_use(self, item);
    }
}
