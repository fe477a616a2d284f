//! What holds for a whole set: its digest, its order, what takes the place of what, and what is compiled into what.

use baton_model::ids::DefinitionsVersion;
use baton_model::value::Value;

use super::{examples, history, publish_texts};
use crate::definitions::Definitions;
use crate::document::overlay;
use crate::library::Library;
use crate::parse::{parse, parse_all};
use crate::publish::publish;
use crate::source::Source;
use crate::step::{StepKind, Target};

const FIRST: &str = "{kind: Channel, id: app, type: webhook}\n---\n{kind: Topic, id: a, default: subscribed}\n";
/// The same set, written differently.
const SAME: &str =
    "# a comment\nkind: Topic\ndefault: subscribed\nid: \"a\"\n---\nid: app\nkind: Channel\ntype: webhook\n";
const OTHER: &str = "{kind: Channel, id: app, type: webhook}\n---\n{kind: Topic, id: a, default: unsubscribed}\n";

fn definitions(text: &str) -> Definitions {
    publish_texts(&[("t.yaml", text)]).unwrap()
}

#[test]
fn a_set_is_known_by_what_it_says() {
    let digest = definitions(FIRST).digest;
    assert_eq!(definitions(SAME).digest, digest);
    assert_ne!(definitions(OTHER).digest, digest);
    assert_ne!(Definitions::empty().digest, digest);
}

#[test]
fn json_says_the_same_as_yaml() {
    let yaml = publish_texts(&[("t.yaml", "{kind: Purpose, id: p, legal_basis: consent}")]).unwrap();
    let json = "{\n  \"kind\": \"Purpose\",\n  \"id\": \"p\",\n  \"legal_basis\": \"consent\"\n}";
    assert_eq!(publish_texts(&[("t.json", json)]).unwrap().digest, yaml.digest);
}

#[test]
fn a_version_is_published_again_from_its_own_texts() {
    let first = publish_texts(examples::FILES).unwrap();
    let again = publish(&parse_all(&first.sources).unwrap(), first.version, history()).unwrap();
    assert_eq!(again.digest, first.digest);
    assert_eq!(again.sources, first.sources);
}

#[test]
fn errors_of_kept_texts_have_the_lines_of_their_files() {
    let first =
        definitions("{kind: Topic, id: a, default: subscribed}\n---\n{kind: Topic, id: b, default: subscribed}\n");
    let twice: Vec<_> = [&first.sources[1], &first.sources[1]].into_iter().cloned().collect();
    let errors = publish(&parse_all(&twice).unwrap(), DefinitionsVersion(2), history()).unwrap_err();
    assert_eq!(errors[0].at.line, 3);
}

#[test]
fn changes_take_the_place_of_documents_with_their_kind_and_id() {
    let documents = |text| parse(&Source::new("t", text)).unwrap();
    let laid = overlay(documents(FIRST), documents(OTHER));
    assert_eq!(publish(&laid, DefinitionsVersion(2), history()).unwrap().digest, definitions(OTHER).digest);
    let added = overlay(documents(FIRST), documents("{kind: Purpose, id: a, legal_basis: consent}"));
    assert_eq!(added.len(), 3);
}

#[test]
fn a_library_keeps_versions_until_they_are_retired() {
    let version = |number| {
        let documents = parse(&Source::new("t", FIRST)).unwrap();
        std::sync::Arc::new(publish(&documents, DefinitionsVersion(number), history()).unwrap())
    };
    let mut library = Library::new();
    assert_eq!(library.current().version, DefinitionsVersion(0));
    library.insert(version(2));
    library.insert(version(1));
    assert_eq!(library.current().version, DefinitionsVersion(2));
    assert!(library.version(DefinitionsVersion(1)).is_some());
    library.retire(DefinitionsVersion(1));
    library.retire(DefinitionsVersion(2));
    let left: Vec<_> = library.versions().map(|version| version.version.0).collect();
    assert_eq!(left, [0, 2]);
}

#[test]
fn a_step_goes_on_where_it_says_or_to_the_following_one() {
    let steps = "kind: Journey\nid: j\ncategory: service\nentry: {event: E}\nsteps:\n\
                 - {id: a, delay: {for: 1d}, next: c}\n- {id: b, delay: {for: 1d}}\n\
                 - {id: c, wait_for: {event: F}, timeout: 1d, on_timeout: b}\n";
    let definitions = definitions(steps);
    let journey = &definitions.journeys["j"];
    let next: Vec<_> = journey.steps.iter().map(|step| step.next).collect();
    let step = |id: &str| Target::Step(journey.find(&id.parse().unwrap()).unwrap().0);
    assert_eq!(next, [step("c"), step("c"), Target::End]);
    let StepKind::WaitFor(wait) = &journey.steps[2].kind else { panic!("{:?}", journey.steps[2]) };
    assert_eq!((wait.on_timeout, wait.branches[0].then), (step("b"), Target::End));
}

#[test]
fn a_message_knows_the_defaults_of_its_template() {
    let definitions = publish_texts(examples::FILES).unwrap();
    let journey = &definitions.journeys["welcome"];
    let (_, hello) = journey.find(&"hello".parse().unwrap()).unwrap();
    let StepKind::Message(message) = &hello.kind else { panic!("{hello:?}") };
    assert_eq!(message.defaults.get("first_name"), Some(&Value::from("dear customer")));
}

#[test]
fn only_the_first_errors_of_a_hopeless_set_are_told() {
    let wrong = "{kind: Nothing}\n---\n".repeat(1_000);
    assert_eq!(parse(&Source::new("t", &wrong)).unwrap_err().len(), 100);
}

#[test]
fn a_file_that_is_too_large_is_refused_and_the_others_are_read() {
    let large = Source::new("large", &"#".repeat(Source::BYTES_MAX + 1));
    let errors = parse_all(&[large, Source::new("t", "{kind: Nothing}")]).unwrap_err();
    let files: Vec<_> = errors.iter().map(|error| &*error.file).collect();
    assert_eq!(files, ["large", "t"]);
}

#[test]
fn a_journey_has_a_bounded_number_of_steps() {
    let steps =
        |count| (0..count).map(|n| format!("- {{id: s{n}, delay: {{for: 1d}}}}\n")).collect::<Vec<_>>().concat();
    let head = "kind: Journey\nid: j\ncategory: service\nentry: {event: E}\nsteps:\n";
    assert_eq!(definitions(&format!("{head}{}", steps(200))).journeys["j"].steps.len(), 200);
    let errors = publish_texts(&[("t", &format!("{head}{}", steps(201)))]).unwrap_err();
    assert_eq!(errors[0].to_string(), "t:6:3: steps: there are 201 steps: write at most 200");
}
