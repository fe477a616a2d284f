//! Calls in CEL's syntax tree: functions with their arguments, loops, and patterns.

use baton_model::value::Value;
use cel::common::ast::{CallExpr, Expr, IdedExpr};
use regex::RegexBuilder;

use super::datum::Datum;
use super::function::{Function, SIGNATURES, Signature, duration, timestamp};
use super::kind::Kind;
use super::lower::Lowering;
use super::node::{Loop, LoopKind, Node, Pattern};

/// The largest compiled pattern, in bytes: about a hundred states, so that searching a byte stays a few steps.
const PATTERN_BYTES_MAX: usize = 32 * 1024;

impl Lowering<'_> {
    /// The node of a call that is no operator.
    pub(super) fn function(&mut self, call: &CallExpr) -> Option<Node> {
        let name = call.func_name.as_str();
        if let Some(range) = &call.target {
            let kind = match name {
                "all" => Some(LoopKind::All),
                "exists" => Some(LoopKind::Exists),
                "exists_one" => Some(LoopKind::ExistsOne),
                "map" => Some(LoopKind::Map),
                "filter" => Some(LoopKind::Filter),
                _ => None,
            };
            if let Some(kind) = kind {
                return self.each(kind, name, range, &call.args);
            }
            if name == "matches" {
                return self.matches(range, &call.args);
            }
        }
        let Some(signature) = SIGNATURES.iter().find(|signature| signature.name == name) else {
            return self.unknown(name);
        };
        let fits = if call.target.is_some() { signature.method } else { signature.global };
        if !fits {
            let form = if signature.method { format!("x.{name}(..)") } else { format!("{name}(x)") };
            return self.fault(format!("`{name}` is written `{form}`"));
        }
        let arguments: Vec<_> = call.target.iter().map(AsRef::as_ref).chain(&call.args).cloned().collect();
        let arguments = self.nodes(&arguments)?;
        self.check(signature, &arguments)?;
        self.fold(signature.function, arguments)
    }

    fn unknown(&mut self, name: &str) -> Option<Node> {
        let known: Vec<_> = SIGNATURES.iter().map(|signature| signature.name).collect();
        let known = known.join(", ");
        self.fault(format!(
            "`{name}` is no function: there are has, all, exists, exists_one, map, filter, matches, {known}"
        ))
    }

    /// Checks how many arguments there are and their kinds as far as they are known.
    fn check(&mut self, signature: &Signature, arguments: &[Node]) -> Option<()> {
        let Signature { name, takes, further: (least, most), .. } = signature;
        let Some((first, rest)) = arguments.split_first() else {
            return self.fault(format!("`{name}` is called without a value"));
        };
        if rest.len() < *least || rest.len() > *most {
            return self.fault(format!("`{name}` is called with {} arguments beside its first", rest.len()));
        }
        let unfit = Kind::of(first).filter(|kind| !takes.is_empty() && !takes.contains(kind));
        let unfit = unfit.or(rest.iter().filter_map(Kind::of).find(|kind| *kind != Kind::Text));
        match unfit {
            Some(kind) => self.fault(format!("`{name}` does not take {}", kind.name())),
            None => Some(()),
        }
    }

    /// The call, or its value if that is known already.
    fn fold(&mut self, function: Function, arguments: Vec<Node>) -> Option<Node> {
        match (function, arguments.as_slice()) {
            (Function::Timestamp, [Node::Literal(value)]) => match timestamp(&Datum::borrowed(value)) {
                Some(instant) => Some(Node::Instant(instant)),
                None => self.fault(format!("timestamp({value}): write RFC 3339 such as `2026-01-31T09:00:00Z`")),
            },
            (Function::Duration, [Node::Literal(value)]) => match value.as_str().and_then(duration) {
                Some(duration) => Some(Node::Duration(duration)),
                None => {
                    self.fault(format!("duration({value}): write hours, minutes and seconds such as `36h` or `1h30m`"))
                }
            },
            (Function::Get(_), [_, Node::Literal(Value::String(zone))]) if baton_model::time::zone(zone).is_none() => {
                self.fault(format!("`{zone}` is no time zone: write an IANA name such as `Europe/Berlin`"))
            }
            _ => Some(Node::Call { function, arguments }),
        }
    }

    /// The node of `range.name(item, body)`.
    fn each(&mut self, kind: LoopKind, name: &str, range: &IdedExpr, arguments: &[IdedExpr]) -> Option<Node> {
        let (item, filter, body) = match arguments {
            [item, body] => (item, None, body),
            [item, filter, body] if kind == LoopKind::Map => (item, Some(filter), body),
            _ => return self.fault(format!("`{name}` is written `list.{name}(item, expression of item)`")),
        };
        let Expr::Ident(item) = &item.expr else {
            return self
                .fault(format!("the first argument of `{name}` names its variable: write `list.{name}(x, ..)`"));
        };
        let range = self.node(range);
        self.items.push(item.clone());
        let filter = filter.map(|filter| self.truth(name, filter));
        let body = if kind == LoopKind::Map { self.node(body) } else { self.truth(name, body) };
        self.items.pop();
        let filter = match filter {
            Some(filter) => Some(filter?),
            None => None,
        };
        let range = range?;
        match Kind::of(&range) {
            None | Some(Kind::List | Kind::Map) => {
                Some(Node::Each(Box::new(Loop { kind, range, filter, body: body? })))
            }
            Some(other) => self.fault(format!("`{name}` goes over a list or an object, not over {}", other.name())),
        }
    }

    fn matches(&mut self, text: &IdedExpr, arguments: &[IdedExpr]) -> Option<Node> {
        let text = self.node(text);
        let [IdedExpr { expr: Expr::Literal(literal), .. }] = arguments else {
            return self.fault("`matches` takes a constant pattern: write `x.matches('^[a-z]+$')`");
        };
        let cel::common::ast::LiteralValue::String(pattern) = literal else {
            return self.fault("`matches` takes a pattern in quotes: write `x.matches('^[a-z]+$')`");
        };
        let compiled =
            RegexBuilder::new(pattern).size_limit(PATTERN_BYTES_MAX).dfa_size_limit(PATTERN_BYTES_MAX * 8).build();
        match compiled {
            Ok(compiled) => Some(Node::Matches { text: Box::new(text?), pattern: Pattern(compiled) }),
            Err(error) => self.fault(format!("`{}` is no pattern (RE2 syntax): {error}", &**pattern)),
        }
    }
}
