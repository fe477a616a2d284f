//! Whole messages from published templates.

use std::collections::BTreeSet;

use baton_model::text_id::TemplateId;
use baton_model::value::{Fields, Value};
use baton_ports::channel::{Email, Form, Note, Variables};

use super::*;
use crate::set::{CompileError, TemplateSource};

fn id(text: &str) -> TemplateId {
    TemplateId::new(text).unwrap()
}

fn source(name: &str, subject: Option<&str>, text: &str, html: Option<&str>) -> TemplateSource {
    TemplateSource {
        id: id(name),
        subject: subject.map(str::to_owned),
        text: text.to_owned(),
        html: html.map(str::to_owned),
        variables: BTreeSet::from(["link".to_owned(), "list".to_owned()]),
    }
}

fn versions(sources: impl IntoIterator<Item = TemplateSource>) -> Versions {
    let versions = Versions::default();
    versions.insert(DefinitionsVersion(3), Arc::new(TemplateSet::compile(sources).unwrap()));
    versions
}

fn request(template: &str, form: Form) -> RenderRequest {
    let fields = |name: &str, value: &str| Fields::from([(name.to_owned(), Value::from(value))]);
    let variables = Variables {
        customer: fields("name", "Ada & co"),
        event: fields("name", "Order Completed"),
        context: fields("cart", "c-1"),
        vars: fields("link", "shop://cart"),
        message: fields("id", "m-1"),
    };
    RenderRequest {
        version: DefinitionsVersion(3),
        template: id(template),
        form,
        to: "ada@example.org".to_owned(),
        variables,
    }
}

const EMAIL: Form = Form::Email { from: None };

#[test]
fn one_template_is_a_mail_and_a_note() {
    let text = "{{ event.name }} {{ context.cart }} {{ message.id }}";
    let versions = versions([source(
        "cart",
        Some(" Hi {{ customer.name }}\n"),
        text,
        Some("<p>{{ customer.name | escape }}</p>"),
    )]);
    let email = Email {
        from: None,
        to: "ada@example.org".to_owned(),
        subject: "Hi Ada & co".to_owned(),
        text: Some("Order Completed c-1 m-1".to_owned()),
        html: Some("<p>Ada &amp; co</p>".to_owned()),
    };
    assert_eq!(versions.render(&request("cart", EMAIL)).unwrap(), Rendered::Email(email));
    let note = Note {
        to: "ada@example.org".to_owned(),
        title: Some("Hi Ada & co".to_owned()),
        body: "Order Completed c-1 m-1".to_owned(),
        data: Fields::from([("link".to_owned(), Value::from("shop://cart"))]),
    };
    assert_eq!(versions.render(&request("cart", Form::Note)).unwrap(), Rendered::Note(note));
}

#[test]
fn what_cannot_be_rendered_is_named() {
    let versions = versions([
        source("plain", None, "hello", None),
        source("missing", Some("{{ customer.first_name }}"), "x", None),
        source("breaks", Some("a\nb"), "x", None),
        source("long", Some("{{ customer.name }}"), "{% for x in vars.list %}{% endfor %}", None),
    ]);
    let check = |template: &str, expected: &str| {
        assert_eq!(versions.render(&request(template, EMAIL)).unwrap_err().to_string(), expected);
    };
    check("plain", "subject of template `plain`: a mail needs one; write `subject`");
    check(
        "missing",
        "subject of template `missing`: `customer.first_name` has no value: give it one, or write `| default: …` or `{% if %}`",
    );
    check("breaks", "subject of template `breaks`: holds a line break or another control character");
    check("none", "template `none` is not in definitions version 3");
    assert!(versions.render(&request("plain", Form::Note)).is_ok());
}

#[test]
fn a_version_that_is_no_longer_in_use_is_gone() {
    let versions = versions([source("plain", None, "hello", None)]);
    versions.insert(DefinitionsVersion(4), Arc::default());
    versions.retain(|version| version > DefinitionsVersion(3));
    let error = versions.render(&request("plain", Form::Note)).unwrap_err();
    assert_eq!(error.to_string(), "definitions version 3 is not compiled on this node");
}

#[test]
fn every_fault_of_a_set_is_told_at_once() {
    let sources = [
        source("good", None, "hello", None),
        source("bad", Some("{{ customer.name"), "line 1\n{{ customer.name | loud }}", Some("{% if %}")),
    ];
    let errors: Vec<String> = TemplateSet::compile(sources).unwrap_err().iter().map(CompileError::to_string).collect();
    assert_eq!(errors.len(), 3, "{errors:?}");
    assert!(errors[0].starts_with("subject of template `bad`, line 1: "), "{errors:?}");
    assert!(errors[1].starts_with("text of template `bad`, line 2: "), "{errors:?}");
    assert!(errors[2].starts_with("html of template `bad`, line 1: "), "{errors:?}");
}
