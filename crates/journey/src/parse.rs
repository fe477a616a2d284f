//! Text to documents: every document that has the right form, or every error of every one.

use baton_governance::PolicyDocument;
use serde::de::DeserializeOwned;

use crate::document::journey::JourneyDocument;
use crate::document::step::{StepDocument, TYPE_KEYS};
use crate::document::{Body, Document, Kind, unsupported};
use crate::error::{DocumentError, Faults, Reporter};
use crate::source::deserializer::{ReadError, WrongField, read_fields};
use crate::source::node::{Data, Node};
use crate::source::path::Path;
use crate::source::{Position, Source, yaml};

/// The kinds of the language that this version does not have.
const KINDS_TO_COME: [&str; 2] = ["Catalog", "Proposal"];

/// Parses one text: YAML with any number of documents, or JSON. Either all of them have the right form, or every error of
/// every document is told, at most 100.
pub fn parse(source: &Source) -> Result<Vec<Document>, Vec<DocumentError>> {
    parse_all(std::slice::from_ref(source))
}

/// Parses several texts, as [`parse`] does one.
pub fn parse_all(sources: &[Source]) -> Result<Vec<Document>, Vec<DocumentError>> {
    let mut faults = Faults::default();
    let mut documents = Vec::new();
    for source in sources {
        if source.text.len() > Source::BYTES_MAX {
            let message = format!(
                "the file has {} bytes: write at most {} and put the rest into another",
                source.text.len(),
                Source::BYTES_MAX
            );
            faults.push(whole(source, Position { line: 1, column: 1 }, message));
            continue;
        }
        documents.extend(yaml::cut(source).iter().filter_map(|text| document(text, &mut faults)));
    }
    faults.finish(documents)
}

/// An error of a whole text.
fn whole(source: &Source, at: Position, message: String) -> DocumentError {
    DocumentError { file: source.name.clone(), at, path: Path::root(), message }
}

/// One document, if nothing is wrong with its form.
fn document(source: &Source, faults: &mut Faults) -> Option<Document> {
    let tree = match yaml::parse(source) {
        Ok(tree) => tree,
        Err(error) => {
            faults.push(whole(source, error.at, error.message));
            return None;
        }
    };
    let before = faults.len();
    let mut reporter = Reporter { file: &source.name, tree: &tree, faults };
    let kind = kind(&tree, &mut reporter)?;
    for (path, message) in unsupported::find(kind, &tree) {
        reporter.add(&path, message);
    }
    if reporter.faults.len() > before {
        return None;
    }
    let body = body(kind, &tree.without(&["kind"]), &mut reporter)?;
    let id = tree.get("id").and_then(Node::as_str).unwrap_or_default().to_owned();
    Some(Document { source: source.clone(), kind, id, tree, body })
}

/// What `kind` says.
fn kind(tree: &Node, reporter: &mut Reporter<'_>) -> Option<Kind> {
    let known = Kind::ALL.map(Kind::name);
    let all = format!("write one of {}", known.join(", "));
    let path = Path::root().field("kind");
    let Data::Map(_) = tree.data else {
        reporter.add(&Path::root(), "a document is a map of fields: write `kind: ..`, `id: ..` and what belongs to it");
        return None;
    };
    let Some(name) = tree.get("kind").and_then(Node::as_str) else {
        reporter.add(&path, format!("the document does not say what it is: {all}"));
        return None;
    };
    let found = Kind::named(name);
    if found.is_none() && KINDS_TO_COME.contains(&name) {
        reporter.add(&path, format!("`{name}` is not supported in this version: {all}"));
    } else if found.is_none() {
        reporter.add(&path, format!("there is no kind `{name}`: {all}"));
    }
    found
}

/// What the document says, apart from its kind.
fn body(kind: Kind, tree: &Node, reporter: &mut Reporter<'_>) -> Option<Body> {
    let root = Path::root();
    match kind {
        Kind::Journey => journey(tree, reporter).map(Box::new).map(Body::Journey),
        Kind::Segment => typed(tree, &root, reporter).map(Body::Segment),
        Kind::Policy => typed::<PolicyDocument>(tree, &root, reporter).map(Box::new).map(Body::Policy),
        Kind::Template => typed(tree, &root, reporter).map(Body::Template),
        Kind::Topic => typed(tree, &root, reporter).map(Body::Topic),
        Kind::Purpose => typed(tree, &root, reporter).map(Body::Purpose),
        Kind::Channel => typed(tree, &root, reporter).map(Body::Channel),
    }
}

/// A journey: its head and each of its steps are read on their own, so that every step tells its error.
fn journey(tree: &Node, reporter: &mut Reporter<'_>) -> Option<JourneyDocument> {
    let head = typed::<JourneyDocument>(&tree.without(&["steps"]), &Path::root(), reporter);
    let path = Path::root().field("steps");
    match tree.get("steps").map(|steps| &steps.data) {
        None => reporter.add(&path, "the field `steps` is missing: write a list of at least one step"),
        Some(Data::List(items)) if items.is_empty() => reporter.add(&path, "there is no step: write at least one"),
        Some(Data::List(_)) => (),
        Some(_) => reporter.add(&path, "steps are a list: write `- {id: .., ..}` for each"),
    }
    let items = tree.get("steps").map(Node::items).unwrap_or_default();
    let steps: Vec<_> =
        items.iter().enumerate().filter_map(|(index, item)| step(item, &path.item(index), reporter)).collect();
    let complete = !items.is_empty() && steps.len() == items.len();
    head.filter(|_| complete).map(|head| JourneyDocument { steps, ..head })
}

/// One step, with exactly one key that says what it does.
fn step(item: &Node, path: &Path, reporter: &mut Reporter<'_>) -> Option<StepDocument> {
    let step = typed::<StepDocument>(item, path, reporter)?;
    let keys: Vec<_> = TYPE_KEYS.into_iter().filter(|key| item.field(key).is_some()).collect();
    match keys.as_slice() {
        [key] if item.get(key).is_some_and(|value| value.data == Data::Null) => {
            reporter.add(&path.field(key), format!("`{key}` is empty: write what the step does"));
            None
        }
        [_] => Some(step),
        [] => {
            reporter.add(path, format!("the step does not say what it does: write one of {}", TYPE_KEYS.join(", ")));
            None
        }
        [first, second, ..] => {
            let message = format!("a step does one thing: put `{first}` and `{second}` into steps of their own");
            reporter.add(path, message);
            None
        }
    }
}

/// A map of a type that knows its fields.
fn typed<T: DeserializeOwned>(map: &Node, path: &Path, reporter: &mut Reporter<'_>) -> Option<T> {
    match read_fields(map) {
        Ok(document) => Some(document),
        Err(errors) => {
            for error in errors {
                report(error, path, reporter);
            }
            None
        }
    }
}

/// Notes an error of the reader. Its own place is nearer than what its path leads to: it may be of a key.
fn report(error: ReadError, below: &Path, reporter: &mut Reporter<'_>) {
    let path = below.join(&error.path.to_string());
    let at = error.at.unwrap_or_else(|| reporter.tree.locate(&path));
    let path = match &error.field {
        Some(WrongField::Unknown(name)) => path.field(name),
        Some(WrongField::Missing(name)) => path.field(name),
        None => path,
    };
    let file = reporter.file.clone();
    reporter.faults.push(DocumentError { file, at, path, message: error.message });
}
