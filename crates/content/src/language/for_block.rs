//! `{% for item in list limit:2 offset:1 reversed %}…{% else %}…{% endfor %}`, with `forloop` inside.
//!
//! It differs from Liquid's in two ways: each turn is a counted step, and there are no ranges `(1..n)`, whose length no
//! list bounds.

use std::io::Write;

use liquid_core::error::{Error, Result};
use liquid_core::model::{KString, Object, Value};
use liquid_core::parser::{BlockElement, BlockReflection, ParseBlock, TagBlock, TagTokenIter, TryMatchToken};
use liquid_core::runtime::{Interrupt, InterruptRegister};
use liquid_core::{Expression, Language, Renderable, Runtime, Template, ValueView};

use crate::runtime::{Frame, Progress};

#[derive(Clone)]
pub(super) struct ForBlock;

impl BlockReflection for ForBlock {
    fn start_tag(&self) -> &'static str {
        "for"
    }

    fn end_tag(&self) -> &'static str {
        "endfor"
    }

    fn description(&self) -> &'static str {
        "Repeats what is inside for each item of a list."
    }
}

impl ParseBlock for ForBlock {
    fn parse(
        &self,
        mut arguments: TagTokenIter<'_>,
        mut tokens: TagBlock<'_, '_>,
        language: &Language,
    ) -> Result<Box<dyn Renderable>> {
        let name = arguments.expect_next("a name is missing")?.expect_identifier().into_result()?;
        let name = KString::from_ref(name);
        arguments.expect_next("`in` is missing")?.expect_str("in").into_result_custom_msg("write `in` here")?;
        let list = match arguments.expect_next("a list is missing")?.expect_value() {
            TryMatchToken::Matches(list) => list,
            TryMatchToken::Fails(other) => return Err(other.raise_custom_error("write a list here, not a range")),
        };
        let window = Window::parse(&mut arguments)?;
        let (mut turn, mut otherwise) = (Vec::new(), None);
        while let Some(element) = tokens.next()? {
            match element {
                BlockElement::Tag(mut tag) if tag.name() == "else" => {
                    tag.tokens().expect_nothing()?;
                    otherwise = Some(Template::new(tokens.parse_all(language)?));
                    break;
                }
                element => turn.push(element.parse(&mut tokens, language)?),
            }
        }
        tokens.assert_empty();
        Ok(Box::new(For { name, list, window, turn: Template::new(turn), otherwise }))
    }

    fn reflection(&self) -> &dyn BlockReflection {
        self
    }
}

/// Which items of the list, and in which order.
#[derive(Debug, Default)]
struct Window {
    limit: Option<Expression>,
    offset: Option<Expression>,
    reversed: bool,
}

impl Window {
    fn parse(arguments: &mut TagTokenIter<'_>) -> Result<Self> {
        let mut window = Self::default();
        while let Some(token) = arguments.next() {
            match token.as_str() {
                "limit" => window.limit = Some(number(arguments)?),
                "offset" => window.offset = Some(number(arguments)?),
                "reversed" => window.reversed = true,
                _ => return Err(token.raise_custom_error("write `limit:n`, `offset:n` or `reversed` here")),
            }
        }
        Ok(window)
    }

    fn of(&self, mut items: Vec<Value>, runtime: &dyn Runtime) -> Result<Vec<Value>> {
        let offset = evaluate(self.offset.as_ref(), runtime)?.unwrap_or(0).min(items.len());
        items.drain(..offset);
        items.truncate(evaluate(self.limit.as_ref(), runtime)?.unwrap_or(usize::MAX));
        if self.reversed {
            items.reverse();
        }
        Ok(items)
    }
}

fn number(arguments: &mut TagTokenIter<'_>) -> Result<Expression> {
    arguments.expect_next("`:` is missing")?.expect_str(":").into_result_custom_msg("write `:` here")?;
    arguments.expect_next("a number is missing")?.expect_value().into_result()
}

fn evaluate(number: Option<&Expression>, runtime: &dyn Runtime) -> Result<Option<usize>> {
    let Some(number) = number else { return Ok(None) };
    let value = number.evaluate(runtime)?;
    let count = value.as_scalar().and_then(|scalar| scalar.to_integer()).and_then(|count| usize::try_from(count).ok());
    count.map(Some).ok_or_else(|| Error::with_msg(format!("`{number}` is not a count")))
}

#[derive(Debug)]
struct For {
    name: KString,
    list: Expression,
    window: Window,
    turn: Template,
    otherwise: Option<Template>,
}

impl For {
    fn items(&self, runtime: &dyn Runtime) -> Result<Vec<Value>> {
        let list = self.list.evaluate(runtime)?;
        let items = match list.as_array() {
            Some(items) => items.values().map(ValueView::to_value).collect(),
            None if list.is_nil() => Vec::new(),
            None => return Err(Error::with_msg(format!("`{}` is not a list", self.list))),
        };
        self.window.of(items, runtime)
    }
}

impl Renderable for For {
    fn render_to(&self, writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let items = self.items(runtime)?;
        let count = items.len();
        if let (0, Some(otherwise)) = (count, &self.otherwise) {
            return otherwise.render_to(writer, runtime);
        }
        for (index, item) in items.into_iter().enumerate() {
            Progress::step(runtime)?;
            let names = Object::from_iter([(self.name.clone(), item), ("forloop".into(), forloop(index, count))]);
            let frame = Frame::new(runtime, names);
            self.turn.render_to(writer, &frame)?;
            if runtime.registers().get_mut::<InterruptRegister>().reset() == Some(Interrupt::Break) {
                break;
            }
        }
        Ok(())
    }
}

/// Where a loop is.
fn forloop(index: usize, count: usize) -> Value {
    let number = |number: usize| Value::scalar(i64::try_from(number).unwrap_or(i64::MAX));
    Value::Object(Object::from_iter([
        ("index".into(), number(index + 1)),
        ("index0".into(), number(index)),
        ("rindex".into(), number(count - index)),
        ("rindex0".into(), number(count - index - 1)),
        ("length".into(), number(count)),
        ("first".into(), Value::scalar(index == 0)),
        ("last".into(), Value::scalar(index + 1 == count)),
    ]))
}
