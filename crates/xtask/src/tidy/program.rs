//! The verbs of a program, read from the `clap` derives in its sources: what `program verb verb` may say.
//!
//! Read and not run, so that the check needs no build of the program. Flags are not judged.

use std::collections::BTreeMap;

use syn::visit::{self, Visit};

use super::tables::programs::Program;
use super::tree::Tree;

pub struct Verbs {
    program: &'static str,
    root: Option<String>,
    types: BTreeMap<String, Type>,
}

/// A type that takes part in a command line.
#[derive(Default)]
struct Type {
    /// Verb and the type of what follows it.
    verbs: Vec<(String, Option<String>)>,
    /// Types whose verbs are also this one's.
    parts: Vec<String>,
}

impl Verbs {
    pub fn of(program: &'static Program, tree: &Tree) -> Self {
        let mut finder = TypeFinder::default();
        for folder in program.folders {
            for source in tree.sources.iter().filter(|source| source.path.starts_with(folder) && !source.is_test) {
                finder.visit_file(&source.syntax);
            }
        }
        Self { program: program.name, root: finder.root, types: finder.types }
    }

    /// Whether the leading words of a command line, up to the first flag, are verbs of the program.
    pub fn accept(&self, words: &[String]) -> Result<(), String> {
        let mut place = self.root.clone();
        let mut said = self.program.to_owned();
        for word in words.iter().take_while(|word| !word.starts_with(['-', '<', '[', '…', '.', '\\'])) {
            let verbs = place.as_deref().map(|name| self.verbs_of(name)).unwrap_or_default();
            if verbs.is_empty() && place != self.root {
                // An argument, not a verb.
                return Ok(());
            }
            let Some((_, next)) = verbs.into_iter().find(|(verb, _)| verb == word) else {
                return Err(format!("`{said}` has no verb `{word}`"));
            };
            said = format!("{said} {word}");
            // A verb without a type of its own ends the walk: its arguments are not judged.
            let Some(next) = next else { return Ok(()) };
            place = Some(next.clone());
        }
        Ok(())
    }

    fn verbs_of(&self, name: &str) -> Vec<&(String, Option<String>)> {
        let Some(found) = self.types.get(name) else { return Vec::new() };
        let parts = found.parts.iter().filter(|part| *part != name).flat_map(|part| self.verbs_of(part));
        found.verbs.iter().chain(parts).collect()
    }
}

#[derive(Default)]
struct TypeFinder {
    root: Option<String>,
    types: BTreeMap<String, Type>,
}

impl TypeFinder {
    fn add(&mut self, name: &syn::Ident, attributes: &[syn::Attribute], found: Type) {
        if self.root.is_none() && derives(attributes, "Parser") {
            self.root = Some(name.to_string());
        }
        self.types.insert(name.to_string(), found);
    }
}

impl<'ast> Visit<'ast> for TypeFinder {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        if ["Parser", "Args"].iter().any(|derive| derives(&item.attrs, derive)) {
            let carries =
                |field: &&syn::Field| has_word(&field.attrs, "subcommand") || has_word(&field.attrs, "flatten");
            let parts = item.fields.iter().filter(carries).filter_map(|field| type_name(&field.ty)).collect();
            self.add(&item.ident, &item.attrs, Type { verbs: Vec::new(), parts });
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        if ["Parser", "Subcommand"].iter().any(|derive| derives(&item.attrs, derive)) {
            let mut found = Type::default();
            for variant in &item.variants {
                let inner = variant_type(variant);
                if has_word(&variant.attrs, "flatten") {
                    found.parts.extend(inner);
                } else {
                    found.verbs.extend(names(variant).into_iter().map(|name| (name, inner.clone())));
                }
            }
            self.add(&item.ident, &item.attrs, found);
        }
        visit::visit_item_enum(self, item);
    }
}

/// What follows a variant's verb: its only unnamed field, or the named field marked as a subcommand.
fn variant_type(variant: &syn::Variant) -> Option<String> {
    let mut fields = variant.fields.iter();
    let field = match &variant.fields {
        syn::Fields::Unnamed(_) => fields.next(),
        _ => fields.find(|field| has_word(&field.attrs, "subcommand") || has_word(&field.attrs, "flatten")),
    };
    type_name(&field?.ty)
}

/// The verb of a variant and its aliases.
fn names(variant: &syn::Variant) -> Vec<String> {
    let mut names: Vec<String> = Vec::new();
    let mut given = None;
    for attribute in variant.attrs.iter().filter(|attribute| is_clap(attribute)) {
        // Errors are of no interest: clap itself judges its attributes when the program is built.
        let _ = attribute.parse_nested_meta(|meta| {
            let text = meta.value().and_then(syn::parse::ParseBuffer::parse::<syn::LitStr>);
            match (meta.path.get_ident().map(ToString::to_string).as_deref(), text) {
                (Some("name"), Ok(text)) => given = Some(text.value()),
                (Some("alias" | "visible_alias"), Ok(text)) => names.push(text.value()),
                _ => {}
            }
            Ok(())
        });
    }
    names.push(given.unwrap_or_else(|| kebab(&variant.ident.to_string())));
    names
}

/// The last word of a type's path, without `Option` and `Box` around it.
fn type_name(kind: &syn::Type) -> Option<String> {
    let syn::Type::Path(path) = kind else { return None };
    let last = path.path.segments.last()?;
    match &last.arguments {
        syn::PathArguments::AngleBracketed(inner) => inner.args.iter().find_map(|argument| match argument {
            syn::GenericArgument::Type(inner) => type_name(inner),
            _ => None,
        }),
        _ => Some(last.ident.to_string()),
    }
}

fn derives(attributes: &[syn::Attribute], name: &str) -> bool {
    attributes.iter().any(|attribute| attribute.path().is_ident("derive") && list_has(attribute, name))
}

fn has_word(attributes: &[syn::Attribute], word: &str) -> bool {
    attributes.iter().any(|attribute| is_clap(attribute) && list_has(attribute, word))
}

fn is_clap(attribute: &syn::Attribute) -> bool {
    ["command", "clap", "arg"].iter().any(|name| attribute.path().is_ident(name))
}

fn list_has(attribute: &syn::Attribute, word: &str) -> bool {
    let syn::Meta::List(list) = &attribute.meta else { return false };
    super::tokens::flatten(list.tokens.clone()).iter().any(|token| token.text == word)
}

fn kebab(name: &str) -> String {
    let mut kebab = String::new();
    for letter in name.chars() {
        if letter.is_uppercase() && !kebab.is_empty() {
            kebab.push('-');
        }
        kebab.extend(letter.to_lowercase());
    }
    kebab
}
