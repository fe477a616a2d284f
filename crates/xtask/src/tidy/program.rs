//! The verbs of a program, read from the `clap` derives in its sources: what `program verb verb` may say.
//!
//! Read and not run, so that the check needs no build of the program. Flags are not judged.

use syn::visit::{self, Visit};

use super::source::Source;
use super::tables::programs::Program;
use super::tree::Tree;

pub struct Verbs {
    program: &'static str,
    types: Vec<Type>,
}

/// A type that takes part in a command line.
struct Type {
    name: Name,
    is_root: bool,
    /// Verb and the type of what follows it.
    verbs: Vec<(String, Option<Name>)>,
    /// Types whose verbs are also this one's.
    parts: Vec<Name>,
}

/// A type and the module it lies in, or the one it is mentioned in if it is mentioned without a path.
#[derive(Clone, PartialEq, Eq)]
struct Name {
    module: String,
    word: String,
}

impl Verbs {
    pub fn of(program: &'static Program, tree: &Tree) -> Self {
        let mut types = Vec::new();
        for folder in program.folders {
            for source in tree.sources.iter().filter(|source| source.path.starts_with(folder) && !source.is_test) {
                let mut finder = TypeFinder { module: module_of(source), types };
                finder.visit_file(&source.syntax);
                types = finder.types;
            }
        }
        Self { program: program.name, types }
    }

    /// Whether the leading words of a command line, up to the first flag, are verbs of the program.
    pub fn accept(&self, words: &[String]) -> Result<(), String> {
        let mut said = self.program.to_owned();
        let mut verbs =
            self.types.iter().find(|found| found.is_root).map(|root| self.verbs_of(root)).unwrap_or_default();
        for word in words.iter().take_while(|word| !word.starts_with(['-', '<', '[', '…', '.', '\\'])) {
            let Some((_, next)) = verbs.into_iter().find(|(verb, _)| verb == word) else {
                return Err(format!("`{said}` has no verb `{word}`"));
            };
            // What follows a verb without verbs of its own are arguments, which are not judged.
            let Some(next) = next.as_ref().and_then(|name| self.find(name)) else { return Ok(()) };
            verbs = self.verbs_of(next);
            if verbs.is_empty() {
                return Ok(());
            }
            said = format!("{said} {word}");
        }
        Ok(())
    }

    fn verbs_of<'a>(&'a self, found: &'a Type) -> Vec<&'a (String, Option<Name>)> {
        let parts = found.parts.iter().filter(|part| **part != found.name).filter_map(|part| self.find(part));
        found.verbs.iter().chain(parts.flat_map(|part| self.verbs_of(part))).collect()
    }

    /// The type in the module the name says, else the only one that is called so: an import is not followed.
    fn find(&self, name: &Name) -> Option<&Type> {
        let mut namesakes = self.types.iter().filter(|found| found.name.word == name.word);
        match self.types.iter().find(|found| found.name == *name) {
            Some(found) => Some(found),
            None => namesakes.next().filter(|_| namesakes.next().is_none()),
        }
    }
}

/// The name of the module that a file is.
fn module_of(source: &Source) -> String {
    let parts = source.path.trim_end_matches(".rs").rsplit('/');
    let mut names = parts.filter(|part| !matches!(*part, "mod" | "lib" | "main" | "src"));
    names.next().unwrap_or_default().to_owned()
}

struct TypeFinder {
    module: String,
    types: Vec<Type>,
}

impl TypeFinder {
    fn start(&self, name: &syn::Ident, attributes: &[syn::Attribute]) -> Type {
        let name = Name { module: self.module.clone(), word: name.to_string() };
        Type { name, is_root: derives(attributes, "Parser"), verbs: Vec::new(), parts: Vec::new() }
    }

    /// The type that a field has, without `Option` and `Box` around it.
    fn name_of(&self, kind: &syn::Type) -> Option<Name> {
        let syn::Type::Path(path) = kind else { return None };
        let last = path.path.segments.last()?;
        if let syn::PathArguments::AngleBracketed(inner) = &last.arguments {
            return inner.args.iter().find_map(|argument| match argument {
                syn::GenericArgument::Type(inner) => self.name_of(inner),
                _ => None,
            });
        }
        let module = path.path.segments.iter().rev().nth(1).map(|segment| segment.ident.to_string());
        Some(Name { module: module.unwrap_or_else(|| self.module.clone()), word: last.ident.to_string() })
    }

    /// What follows a variant's verb: its only unnamed field, or the named field marked as a subcommand.
    fn variant_type(&self, variant: &syn::Variant) -> Option<Name> {
        let mut fields = variant.fields.iter();
        let field = match &variant.fields {
            syn::Fields::Unnamed(_) => fields.next(),
            _ => fields.find(|field| carries_verbs(field)),
        };
        self.name_of(&field?.ty)
    }
}

impl<'ast> Visit<'ast> for TypeFinder {
    fn visit_item_struct(&mut self, item: &'ast syn::ItemStruct) {
        if ["Parser", "Args"].iter().any(|derive| derives(&item.attrs, derive)) {
            let mut found = self.start(&item.ident, &item.attrs);
            let fields = item.fields.iter().filter(|field| carries_verbs(field));
            found.parts.extend(fields.filter_map(|field| self.name_of(&field.ty)));
            self.types.push(found);
        }
        visit::visit_item_struct(self, item);
    }

    fn visit_item_enum(&mut self, item: &'ast syn::ItemEnum) {
        if ["Parser", "Subcommand"].iter().any(|derive| derives(&item.attrs, derive)) {
            let mut found = self.start(&item.ident, &item.attrs);
            for variant in &item.variants {
                let inner = self.variant_type(variant);
                if has_word(&variant.attrs, "flatten") {
                    found.parts.extend(inner);
                } else {
                    found.verbs.extend(names(variant).into_iter().map(|name| (name, inner.clone())));
                }
            }
            self.types.push(found);
        }
        visit::visit_item_enum(self, item);
    }
}

fn carries_verbs(field: &syn::Field) -> bool {
    has_word(&field.attrs, "subcommand") || has_word(&field.attrs, "flatten")
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
