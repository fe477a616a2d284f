//! The tokens of a Rust file in one flat row with their lines: what is left when comments, strings and spacing, in which
//! a forbidden word means nothing, no longer matter.

use std::ops::Range;

use proc_macro2::{Delimiter, Span, TokenStream, TokenTree};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Word,
    /// Punctuation and brackets; `::` is one token.
    Sign,
    /// A string, number or character; its text is not kept.
    Literal,
}

#[derive(Clone, Debug)]
pub struct Token {
    pub kind: Kind,
    pub text: String,
    /// Counted from 1.
    pub line: usize,
    /// Where it lies in the file, in bytes.
    pub bytes: Range<usize>,
}

pub fn flatten(stream: TokenStream) -> Vec<Token> {
    let mut tokens = Vec::new();
    push_all(stream, &mut tokens);
    tokens
}

fn push_all(stream: TokenStream, tokens: &mut Vec<Token>) {
    for tree in stream {
        match tree {
            TokenTree::Group(group) => {
                let (open, close) = brackets(group.delimiter());
                tokens.push(token(Kind::Sign, open, group.span_open()));
                push_all(group.stream(), tokens);
                tokens.push(token(Kind::Sign, close, group.span_close()));
            }
            TokenTree::Ident(word) => tokens.push(token(Kind::Word, &word.to_string(), word.span())),
            TokenTree::Literal(literal) => tokens.push(token(Kind::Literal, "", literal.span())),
            TokenTree::Punct(sign) => push_sign(token(Kind::Sign, &sign.as_char().to_string(), sign.span()), tokens),
        }
    }
}

/// Joins two colons that touch.
fn push_sign(sign: Token, tokens: &mut Vec<Token>) {
    match tokens.last_mut() {
        Some(last) if last.text == ":" && sign.text == ":" && last.bytes.end == sign.bytes.start => {
            last.text.push(':');
            last.bytes.end = sign.bytes.end;
        }
        _ => tokens.push(sign),
    }
}

fn brackets(delimiter: Delimiter) -> (&'static str, &'static str) {
    match delimiter {
        Delimiter::Parenthesis => ("(", ")"),
        Delimiter::Brace => ("{", "}"),
        Delimiter::Bracket => ("[", "]"),
        Delimiter::None => ("", ""),
    }
}

fn token(kind: Kind, text: &str, span: Span) -> Token {
    Token { kind, text: text.to_owned(), line: span.start().line, bytes: span.byte_range() }
}
