//! The templates of one published set of documents, compiled.

use std::collections::{BTreeMap, BTreeSet};

use baton_model::ids::DefinitionsVersion;
use baton_model::text_id::TemplateId;
use baton_ports::channel::{Email, Form, Note, RenderError, RenderRequest, Rendered, Variables};
use liquid_core::Language;
use liquid_core::model::{Object, Value};

use crate::language::language;
use crate::template::{Compiled, Failure, Part};
use crate::value::object;

/// A template as its author wrote it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TemplateSource {
    /// Its id.
    pub id: TemplateId,
    /// The subject of a mail, the title of a short message.
    pub subject: Option<String>,
    /// The plain text.
    pub text: String,
    /// The HTML of a mail.
    pub html: Option<String>,
    /// The variables that it declares.
    pub variables: BTreeSet<String>,
}

/// Why a template does not compile.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{part} of template `{template}`{}: {reason}", at(*line))]
pub struct CompileError {
    /// The template.
    pub template: TemplateId,
    /// The part, as its field is named.
    pub part: &'static str,
    /// The line within the part, from 1, where it is known.
    pub line: Option<usize>,
    /// What is wrong.
    pub reason: String,
}

fn at(line: Option<usize>) -> String {
    line.map_or_else(String::new, |line| format!(", line {line}"))
}

/// Every template of one version, ready to render.
#[derive(Debug, Default)]
pub struct TemplateSet {
    templates: BTreeMap<TemplateId, Parts>,
}

#[derive(Debug)]
struct Parts {
    subject: Option<Compiled>,
    text: Compiled,
    html: Option<Compiled>,
}

impl TemplateSet {
    /// Compiles a set, or says everything that is wrong with it.
    pub fn compile(sources: impl IntoIterator<Item = TemplateSource>) -> Result<Self, Vec<CompileError>> {
        let language = language();
        let (mut templates, mut errors) = (BTreeMap::new(), Vec::new());
        for source in sources {
            if let Some(parts) = Parts::compile(&source, &language, &mut errors) {
                templates.insert(source.id, parts);
            }
        }
        if errors.is_empty() { Ok(Self { templates }) } else { Err(errors) }
    }

    /// Renders the message that `request` asks for.
    pub fn render(&self, request: &RenderRequest) -> Result<Rendered, RenderError> {
        let RenderRequest { version, template, form, to, variables } = request;
        let Some(parts) = self.templates.get(template) else {
            return Err(unknown_template(template, *version));
        };
        let page = Page { template, variables: roots(variables) };
        let subject = page.render_if_there(Part::Subject, parts.subject.as_ref())?;
        let text = page.render(Part::Text, &parts.text)?;
        let to = to.clone();
        match form {
            Form::Note => Ok(Rendered::Note(Note { to, title: subject, body: text, data: variables.vars.clone() })),
            Form::Email { from } => {
                let subject = subject.ok_or_else(|| page.failed(Part::Subject, "a mail needs one; write `subject`"))?;
                let html = page.render_if_there(Part::Html, parts.html.as_ref())?;
                Ok(Rendered::Email(Email { from: from.clone(), to, subject, text: Some(text), html }))
            }
        }
    }
}

fn unknown_template(template: &TemplateId, version: DefinitionsVersion) -> RenderError {
    RenderError::UnknownTemplate { template: template.clone(), version }
}

impl Parts {
    fn compile(source: &TemplateSource, language: &Language, errors: &mut Vec<CompileError>) -> Option<Self> {
        let mut compile = |part: Part, text: &str| {
            let fault = match Compiled::new(part, text, &source.variables, language) {
                Ok(compiled) => return Some(compiled),
                Err(fault) => fault,
            };
            let (template, line, reason) = (source.id.clone(), fault.line, fault.reason);
            errors.push(CompileError { template, part: part.name(), line, reason });
            None
        };
        let subject = source.subject.as_deref().map(|text| compile(Part::Subject, text));
        let text = compile(Part::Text, &source.text);
        let html = source.html.as_deref().map(|text| compile(Part::Html, text));
        Some(Self {
            subject: subject.map_or(Some(None), |part| part.map(Some))?,
            text: text?,
            html: html.map_or(Some(None), |part| part.map(Some))?,
        })
    }
}

/// The five names, as Liquid sees them.
fn roots(variables: &Variables) -> Object {
    let Variables { customer, event, context, vars, message } = variables;
    let roots = [("customer", customer), ("event", event), ("context", context), ("vars", vars), ("message", message)];
    roots.into_iter().map(|(name, fields)| (name.into(), Value::Object(object(fields)))).collect()
}

/// One message being written.
struct Page<'a> {
    template: &'a TemplateId,
    variables: Object,
}

impl Page<'_> {
    fn render(&self, part: Part, compiled: &Compiled) -> Result<String, RenderError> {
        compiled.render(self.variables.clone()).map_err(|failure| match failure {
            Failure::Missing(variable) => {
                RenderError::MissingVariable { template: self.template.clone(), part: part.name(), variable }
            }
            Failure::TooLong => {
                RenderError::TooLong { template: self.template.clone(), part: part.name(), bytes_max: part.bytes_max() }
            }
            Failure::Other(reason) => self.failed(part, &reason),
        })
    }

    fn render_if_there(&self, part: Part, compiled: Option<&Compiled>) -> Result<Option<String>, RenderError> {
        compiled.map(|compiled| self.render(part, compiled)).transpose()
    }

    fn failed(&self, part: Part, reason: &str) -> RenderError {
        RenderError::Failed { template: self.template.clone(), part: part.name(), reason: reason.to_owned() }
    }
}
