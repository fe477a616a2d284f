//! From text to the syntax tree of CEL. Loops and `has` are left as the calls they are written as.

use cel::Env;
use cel::common::ast::IdedExpr;

use crate::error::Faults;

/// The longest expression. What is longer is a program, and belongs into several rules or into the service that sends the
/// event.
const SOURCE_BYTES_MAX: usize = 4096;

/// The deepest nesting of parentheses, calls and operators, so that compiling and evaluating fit any thread's stack.
pub(super) const DEPTH_MAX: u16 = 32;

/// The syntax tree of `source`; faults are noted.
pub(super) fn parse(source: &str, faults: &mut Faults) -> Option<IdedExpr> {
    if source.len() > SOURCE_BYTES_MAX {
        faults.add(format!(
            "the expression has {} bytes: write at most {SOURCE_BYTES_MAX}, or split it with `all` and `any`",
            source.len()
        ));
        return None;
    }
    let parser = Env::default().parser().enable_optional_syntax(false).max_recursion_depth(DEPTH_MAX);
    match parser.parse(source) {
        Ok(tree) => Some(tree),
        Err(errors) => {
            for error in errors.errors {
                let (line, column) = error.pos;
                faults.add(format!("`{source}` is no CEL expression: line {line}, column {column}: {}", error.msg));
            }
            None
        }
    }
}
