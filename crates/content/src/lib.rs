//! Messages from templates, in the Liquid language.
//!
//! A set of documents is compiled once, when it is published ([`TemplateSet::compile`]); what cannot be compiled is
//! refused with its line. Rendering ([`Versions`]) is a function of the template and its five variables: it reads no clock,
//! no file and no network, a missing value is an error that names it, and time and memory are bounded.
//!
//! The language is Liquid as `liquid-core` parses it, with a closed choice of tags and filters ([`language`]).

pub mod language;
mod nesting;
mod roots;
mod runtime;
mod set;
mod template;
mod value;
mod versions;

pub use set::{CompileError, TemplateSet, TemplateSource};
pub use versions::Versions;
