//! `{% capture name %}…{% endcapture %}`: what is inside becomes a variable, within the bound of a value.

use std::io::Write;

use liquid_core::error::Result;
use liquid_core::model::{KString, Value};
use liquid_core::parser::{BlockReflection, ParseBlock, TagBlock, TagTokenIter};
use liquid_core::{Language, Renderable, Runtime, Template};

use super::bounded_filter::{VALUE_BYTES_MAX, too_long};
use crate::template::BoundedText;

#[derive(Clone)]
pub(super) struct CaptureBlock;

impl BlockReflection for CaptureBlock {
    fn start_tag(&self) -> &'static str {
        "capture"
    }

    fn end_tag(&self) -> &'static str {
        "endcapture"
    }

    fn description(&self) -> &'static str {
        "Makes a variable of what is inside."
    }
}

impl ParseBlock for CaptureBlock {
    fn parse(
        &self,
        mut arguments: TagTokenIter<'_>,
        mut tokens: TagBlock<'_, '_>,
        language: &Language,
    ) -> Result<Box<dyn Renderable>> {
        let name = arguments.expect_next("a name is missing")?.expect_identifier().into_result()?;
        let name = KString::from_ref(name);
        arguments.expect_nothing()?;
        let inside = Template::new(tokens.parse_all(language)?);
        tokens.assert_empty();
        Ok(Box::new(Capture { name, inside }))
    }

    fn reflection(&self) -> &dyn BlockReflection {
        self
    }
}

#[derive(Debug)]
struct Capture {
    name: KString,
    inside: Template,
}

impl Renderable for Capture {
    fn render_to(&self, _writer: &mut dyn Write, runtime: &dyn Runtime) -> Result<()> {
        let mut text = BoundedText::new(VALUE_BYTES_MAX);
        let rendered = self.inside.render_to(&mut text, runtime);
        let text = text.finish().ok_or_else(too_long)?;
        rendered?;
        runtime.set_global(self.name.clone(), Value::scalar(text));
        Ok(())
    }
}
