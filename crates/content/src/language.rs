//! The tags and filters that a template may use.
//!
//! Tags: `assign capture if unless case for break continue comment raw`. Not there, because they read other files, print
//! tables or count behind the author's back: `include render tablerow cycle increment decrement ifchanged`. `for` goes over
//! lists, not over ranges.
//!
//! Filters: those of standard Liquid, with a bound on what they make ([`VALUE_BYTES_MAX`]). `date` is Baton's own: it knows
//! time zones, and no `now`.

use liquid_core::parser::{Language, ParseBlock, ParseFilter, ParseTag};
use liquid_lib::stdlib;

mod bounded_filter;
mod capture_block;
mod date_filter;
mod default_filter;
mod for_block;

pub use bounded_filter::VALUE_BYTES_MAX;

/// Makes the language. It is made once per set of documents.
pub(crate) fn language() -> Language {
    let mut language = Language::empty();
    let tags: [Box<dyn ParseTag>; 3] = [stdlib::AssignTag.into(), stdlib::BreakTag.into(), stdlib::ContinueTag.into()];
    for tag in tags {
        language.tags.register(tag.reflection().tag().to_owned(), tag);
    }
    for block in blocks() {
        language.blocks.register(block.reflection().start_tag().to_owned(), block);
    }
    for filter in filters() {
        let name = filter.reflection().name().to_owned();
        language.filters.register(name, bounded_filter::Bounded(filter).into());
    }
    // Not within the bound: it must see the missing value itself.
    language.filters.register("default".to_owned(), default_filter::Default.into());
    language
}

/// The names of the blocks, for those who count how deep they nest.
pub(crate) const BLOCKS: [&str; 7] = ["capture", "case", "comment", "for", "if", "raw", "unless"];

fn blocks() -> [Box<dyn ParseBlock>; 7] {
    [
        capture_block::CaptureBlock.into(),
        stdlib::CaseBlock.into(),
        stdlib::CommentBlock.into(),
        for_block::ForBlock.into(),
        stdlib::IfBlock.into(),
        stdlib::RawBlock.into(),
        stdlib::UnlessBlock.into(),
    ]
}

fn filters() -> Vec<Box<dyn ParseFilter>> {
    vec![
        date_filter::Date.into(),
        stdlib::Abs.into(),
        stdlib::Append.into(),
        stdlib::AtLeast.into(),
        stdlib::AtMost.into(),
        stdlib::Capitalize.into(),
        stdlib::Ceil.into(),
        stdlib::Compact.into(),
        stdlib::Concat.into(),
        stdlib::DividedBy.into(),
        stdlib::Downcase.into(),
        stdlib::Escape.into(),
        stdlib::EscapeOnce.into(),
        stdlib::First.into(),
        stdlib::Floor.into(),
        stdlib::Join.into(),
        stdlib::Last.into(),
        stdlib::Lstrip.into(),
        stdlib::Map.into(),
        stdlib::Minus.into(),
        stdlib::Modulo.into(),
        stdlib::NewlineToBr.into(),
        stdlib::Plus.into(),
        stdlib::Prepend.into(),
        stdlib::Remove.into(),
        stdlib::RemoveFirst.into(),
        stdlib::Replace.into(),
        stdlib::ReplaceFirst.into(),
        stdlib::Reverse.into(),
        stdlib::Round.into(),
        stdlib::Rstrip.into(),
        stdlib::Size.into(),
        stdlib::Slice.into(),
        stdlib::Sort.into(),
        stdlib::SortNatural.into(),
        stdlib::Split.into(),
        stdlib::Strip.into(),
        stdlib::StripHtml.into(),
        stdlib::StripNewlines.into(),
        stdlib::Times.into(),
        stdlib::Truncate.into(),
        stdlib::TruncateWords.into(),
        stdlib::Uniq.into(),
        stdlib::Upcase.into(),
        stdlib::UrlDecode.into(),
        stdlib::UrlEncode.into(),
        stdlib::Where.into(),
    ]
}
