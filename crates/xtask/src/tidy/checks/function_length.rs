//! No function is longer than a screen, tests included.

use syn::visit::{self, Visit};

use crate::tidy::finding::Finding;
use crate::tidy::tree::Tree;

/// From `fn` to the closing brace, both lines counted.
const FUNCTION_LINES_MAX: usize = 70;

pub fn check(tree: &Tree) -> Vec<Finding> {
    let mut findings = Vec::new();
    for source in &tree.sources {
        let mut finder = LongFunctions { path: &source.path, findings: Vec::new() };
        finder.visit_file(&source.syntax);
        findings.append(&mut finder.findings);
    }
    findings
}

struct LongFunctions<'a> {
    path: &'a str,
    findings: Vec<Finding>,
}

impl LongFunctions<'_> {
    fn measure(&mut self, signature: &syn::Signature, body: &syn::Block) {
        let first = signature.fn_token.span.start().line;
        let lines = body.brace_token.span.close().end().line - first + 1;
        if lines > FUNCTION_LINES_MAX {
            let what = format!("`{}` has {lines} lines, at most {FUNCTION_LINES_MAX} are allowed", signature.ident);
            let instead = "keep the decisions here and move the straight-line work to functions it calls";
            self.findings.push(Finding::new(self.path, first, what, instead));
        }
    }
}

impl<'ast> Visit<'ast> for LongFunctions<'_> {
    fn visit_item_fn(&mut self, function: &'ast syn::ItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_item_fn(self, function);
    }

    fn visit_impl_item_fn(&mut self, function: &'ast syn::ImplItemFn) {
        self.measure(&function.sig, &function.block);
        visit::visit_impl_item_fn(self, function);
    }

    fn visit_trait_item_fn(&mut self, function: &'ast syn::TraitItemFn) {
        if let Some(body) = &function.default {
            self.measure(&function.sig, body);
        }
        visit::visit_trait_item_fn(self, function);
    }
}
