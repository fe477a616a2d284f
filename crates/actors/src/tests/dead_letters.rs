//! A decision that cannot be made is set aside: its retry is a repeat, and everybody else goes on.

use baton_model::ids::DefinitionsVersion;
use baton_model::reason::ReasonCode;
use baton_ports::gateway::EventAnswer;

use super::world::World;

/// Journeys that each look through the whole history, so that enough events exceed the budget of one decision.
fn heavy() -> String {
    let journey = |number: usize| {
        format!(
            "kind: Journey\nid: heavy-{number}\ncategory: transactional\n\
             entry: {{event: Signed Up, where: {{aggregate: {{event: Signed Up, property: total, fn: sum, is: {{gt: 1}}}}}}}}\n\
             steps: [{{id: done, exit: done}}]\n"
        )
    };
    (0..60).map(journey).collect::<Vec<_>>().join("---\n")
}

#[test]
fn a_decision_beyond_its_budget_becomes_a_dead_letter() {
    let world = World::new();
    let ids: Vec<String> = (0..4_000).map(|number| format!("m{number}")).collect();
    for ids in ids.chunks(50) {
        let events: Vec<(&str, &str)> = ids.iter().map(|id| ("ana", id.as_str())).collect();
        world.ingest(&events);
    }
    world.publish(&heavy(), DefinitionsVersion(2));
    let answers = world.ingest(&[("ana", "heavy"), ("bob", "m1")]);
    let EventAnswer::Rejected { reason, .. } = &answers[0] else { panic!("{answers:?}") };
    assert_eq!(reason.code, ReasonCode::Internal);
    assert!(reason.detail.contains("dead letter"), "{}", reason.detail);
    assert!(matches!(answers[1], EventAnswer::Accepted(_)), "{answers:?}");
    assert_eq!(world.ingest(&[("ana", "heavy")]), [EventAnswer::Duplicate]);
}
