//! The checks, one file each. A check looks at a tree and returns findings; it neither reads nor prints.

mod arrows;
mod banned_calls;
mod file_length;
mod file_names;
mod frameworks;
mod function_length;
mod inheritance;
mod module_doc;
mod private_places;
mod pure_crates;
mod quoted_commands;
mod silenced;
mod unfinished;

use super::finding::Finding;
use super::tree::Tree;

pub type Check = fn(&Tree) -> Vec<Finding>;

pub const ALL: &[(&str, Check)] = &[
    ("module_doc", module_doc::check),
    ("file_names", file_names::check),
    ("file_length", file_length::check),
    ("function_length", function_length::check),
    ("arrows", arrows::check),
    ("frameworks", frameworks::check),
    ("pure_crates", pure_crates::check),
    ("inheritance", inheritance::check),
    ("banned_calls", banned_calls::check),
    ("silenced", silenced::check),
    ("unfinished", unfinished::check),
    ("quoted_commands", quoted_commands::check),
    ("private_places", private_places::check),
];
