//! From CEL's syntax tree to [`Node`]s: resolves names, functions and constants, checks types where they are known, and keeps
//! `now` where it can be told when it changes.

use baton_model::value::Value;
use cel::common::ast::{CallExpr, EntryExpr, Expr, IdedExpr, LiteralValue, MapExpr, SelectExpr};

use super::kind::Kind;
use super::node::Node;
use super::now::NowComparison;
use super::operator::Operator;
use super::parse::DEPTH_MAX;
use super::path::{Path, Root};
use crate::error::Faults;
use crate::place::{NowUse, RulePlace};
use crate::reads::Reads;

/// The names of the variables of the loops around a node, outermost first, and what has been found so far.
pub(super) struct Lowering<'f> {
    pub(super) place: RulePlace,
    pub(super) faults: &'f mut Faults,
    pub(super) reads: &'f mut Reads,
    pub(super) items: Vec<String>,
    pub(super) depth: u16,
}

/// The deepest tree. Chains such as `a + b + c` nest to the left without parentheses.
const TREE_DEPTH_MAX: u16 = DEPTH_MAX * 4;

impl Lowering<'_> {
    /// The node of an expression; `None` after a fault was noted.
    pub(super) fn node(&mut self, tree: &IdedExpr) -> Option<Node> {
        if self.depth >= TREE_DEPTH_MAX {
            return self.fault("the expression is nested too deeply: split it with `all` and `any`");
        }
        self.depth += 1;
        let node = match &tree.expr {
            Expr::Literal(literal) => self.literal(literal).map(Node::Literal),
            Expr::Ident(name) => self.variable(&[name]),
            Expr::Select(select) => self.select(select),
            Expr::Call(call) => self.call(call),
            Expr::List(list) => self.nodes(&list.elements).map(Node::List),
            Expr::Map(map) => self.map(map),
            Expr::Struct(message) => {
                let name = &message.type_name;
                self.fault(format!("`{name}{{..}}`: there are no message types: write an object such as `{{'a': 1}}`"))
            }
            Expr::Comprehension(_) | Expr::Unspecified => self.fault("the expression cannot be read"),
        };
        self.depth -= 1;
        node
    }

    /// Notes a fault.
    pub(super) fn fault<T>(&mut self, message: impl Into<String>) -> Option<T> {
        self.faults.add(message);
        None
    }

    /// The nodes of several expressions; all of their faults are noted.
    pub(super) fn nodes(&mut self, trees: &[IdedExpr]) -> Option<Vec<Node>> {
        let nodes: Vec<_> = trees.iter().map(|tree| self.node(tree)).collect();
        nodes.into_iter().collect()
    }

    fn literal(&mut self, literal: &LiteralValue) -> Option<Value> {
        match literal {
            LiteralValue::Boolean(value) => Some(Value::Bool(**value)),
            LiteralValue::Int(number) => Some(Value::Int(**number)),
            LiteralValue::Double(number) => Some(Value::Double(**number)),
            LiteralValue::String(text) => Some(Value::from(&**text)),
            LiteralValue::Null => Some(Value::Null),
            LiteralValue::UInt(number) => {
                let number = **number;
                self.fault(format!("`{number}u`: numbers have no sign mark here: write `{number}`"))
            }
            LiteralValue::Bytes(_) => self.fault("bytes such as `b'..'` do not occur in events: write a text"),
        }
    }

    /// The node of a variable and its fields.
    fn variable(&mut self, names: &[&str]) -> Option<Node> {
        if let Some(depth) = self.items.iter().rposition(|item| item == names[0]) {
            let fields = names[1..].iter().map(|&field| field.to_owned()).collect();
            return Some(Node::Path(Path { root: Root::Item(depth), fields, text: names.join(".") }));
        }
        match Path::resolve(names, self.place) {
            Err(message) => self.fault(message),
            Ok(path) if path.root == Root::Now && self.place.now == NowUse::Restricted => self.fault(
                "`now` can only be compared here, because somebody waits for it: write `now < t` or \
                 `now - t > duration('24h')` with `t` free of `now`, or use `within`, `time_window` or `delay.until`",
            ),
            Ok(path) => {
                path.root.note(self.reads);
                Some(Node::Path(path))
            }
        }
    }

    fn select(&mut self, select: &SelectExpr) -> Option<Node> {
        if let Some(names) = names_of(select) {
            return self.variable(&names);
        }
        let operand = self.node(&select.operand)?;
        Some(field(operand, &select.field))
    }

    fn map(&mut self, map: &MapExpr) -> Option<Node> {
        let mut entries = Vec::with_capacity(map.entries.len());
        for entry in &map.entries {
            let EntryExpr::MapEntry(entry) = &entry.expr else {
                return self.fault("an object is written `{'name': value}`");
            };
            entries.push((self.node(&entry.key)?, self.node(&entry.value)?));
        }
        Some(Node::Map(entries))
    }

    fn call(&mut self, call: &CallExpr) -> Option<Node> {
        if let Some(operator) = Operator::named(&call.func_name) {
            let [left, right] = call.args.as_slice() else {
                return self.fault("an operator stands between two values");
            };
            return self.binary(operator, left, right);
        }
        match (call.func_name.as_str(), call.args.as_slice()) {
            ("_&&_", [left, right]) => self.logical(left, right, Node::And),
            ("_||_", [left, right]) => self.logical(left, right, Node::Or),
            ("!_", [operand]) => {
                let operand = self.truth("!", operand)?;
                Some(Node::Not(Box::new(operand)))
            }
            ("-_", [operand]) => self.node(operand).map(|operand| Node::Negate(Box::new(operand))),
            ("_[_]", [operand, index]) => self.index(operand, index),
            ("_?_:_", [condition, then, otherwise]) => {
                let condition = self.truth("?", condition);
                let then = self.node(then);
                let otherwise = Box::new(self.node(otherwise)?);
                Some(Node::Conditional { condition: Box::new(condition?), then: Box::new(then?), otherwise })
            }
            ("has", [argument]) if call.target.is_none() => self.has(argument),
            _ => self.function(call),
        }
    }

    fn logical(&mut self, left: &IdedExpr, right: &IdedExpr, node: fn(Box<Node>, Box<Node>) -> Node) -> Option<Node> {
        let left = self.truth("&& and ||", left);
        let right = self.truth("&& and ||", right)?;
        Some(node(Box::new(left?), Box::new(right)))
    }

    /// The node of what must be true or false.
    pub(super) fn truth(&mut self, whose: &str, tree: &IdedExpr) -> Option<Node> {
        let node = self.node(tree)?;
        match Kind::of(&node) {
            None | Some(Kind::Bool) => Some(node),
            Some(kind) => self.fault(format!("`{whose}` takes true or false, not {}", kind.name())),
        }
    }

    fn index(&mut self, operand: &IdedExpr, index: &IdedExpr) -> Option<Node> {
        let operand = self.node(operand);
        let index = self.node(index)?;
        match index {
            Node::Literal(Value::String(name)) => Some(field(operand?, &name)),
            index => Some(Node::Index { operand: Box::new(operand?), index: Box::new(index) }),
        }
    }

    fn has(&mut self, argument: &IdedExpr) -> Option<Node> {
        match self.node(argument)? {
            Node::Path(path) if !path.fields.is_empty() => Some(Node::Has(path)),
            Node::Field { operand, field } => Some(Node::HasField { operand, field }),
            _ => self.fault("`has` asks for a field: write `has(customer.traits.plan)`"),
        }
    }

    fn binary(&mut self, operator: Operator, left: &IdedExpr, right: &IdedExpr) -> Option<Node> {
        if operator.is_comparison() && self.place.now == NowUse::Restricted {
            if let Some(side) = self.now_side(left) {
                return self.now_comparison(operator, &side, right);
            }
            if let Some(side) = self.now_side(right) {
                return self.now_comparison(operator.flipped(), &side, left);
            }
        }
        let left = self.node(left);
        let right = self.node(right)?;
        let left = left?;
        if let Err(message) = Kind::check(operator, Kind::of(&left), Kind::of(&right)) {
            return self.fault(message);
        }
        Some(Node::Binary { operator, left: Box::new(left), right: Box::new(right) })
    }

    /// What a side of a comparison is, if it is `now` or `now - t`.
    fn now_side<'t>(&self, tree: &'t IdedExpr) -> Option<NowSide<'t>> {
        let is_now = |tree: &IdedExpr| matches!(&tree.expr, Expr::Ident(name) if name == "now" && !self.is_item(name));
        match &tree.expr {
            Expr::Ident(_) if is_now(tree) => Some(NowSide::Now),
            Expr::Call(call) if call.func_name == "_-_" => match call.args.as_slice() {
                [minuend, since] if is_now(minuend) => Some(NowSide::Since(since)),
                _ => None,
            },
            _ => None,
        }
    }

    fn now_comparison(&mut self, operator: Operator, side: &NowSide<'_>, other: &IdedExpr) -> Option<Node> {
        self.reads.now = true;
        let NowSide::Since(since) = side else {
            let bound = self.node(other)?;
            if let Err(message) = Kind::check(operator, Some(Kind::Instant), Kind::of(&bound)) {
                return self.fault(message);
            }
            return Some(Node::Now(Box::new(NowComparison { operator, bound, offset: None })));
        };
        let bound = self.node(since);
        let offset = self.node(other)?;
        let bound = bound?;
        let fits = Kind::of(&offset).is_none_or(|kind| matches!(kind, Kind::Duration | Kind::Instant));
        if !fits || Kind::check(Operator::Add, Kind::of(&bound), Kind::of(&offset)).is_err() {
            return self.fault("`now - t` is compared with a duration: write `now - t > duration('24h')`");
        }
        Some(Node::Now(Box::new(NowComparison { operator, bound, offset: Some(offset) })))
    }

    /// Whether the variable of a loop hides everything else of that name.
    fn is_item(&self, name: &str) -> bool {
        self.items.iter().any(|item| item == name)
    }
}

/// The side of a comparison that moves with time.
enum NowSide<'t> {
    /// `now`.
    Now,
    /// `now - t`, with this `t`.
    Since(&'t IdedExpr),
}

/// The variable and field names of `a.b.c`; `None` if it starts with something else than a variable.
fn names_of(select: &SelectExpr) -> Option<Vec<&str>> {
    let mut names = vec![select.field.as_str()];
    let mut operand = &select.operand.expr;
    loop {
        match operand {
            Expr::Select(select) => {
                names.push(&select.field);
                operand = &select.operand.expr;
            }
            Expr::Ident(name) => {
                names.push(name);
                names.reverse();
                return Some(names);
            }
            _ => return None,
        }
    }
}

/// A field of an operand; of a path it is a longer path.
fn field(operand: Node, name: &str) -> Node {
    match operand {
        Node::Path(mut path) if path.root.has_fields() => {
            path.text = format!("{}[{name:?}]", path.text);
            path.fields.push(name.to_owned());
            Node::Path(path)
        }
        operand => Node::Field { operand: Box::new(operand), field: name.to_owned() },
    }
}
