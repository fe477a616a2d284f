//! The documents in `journeys/`, as a newcomer applies them.

use super::publish_texts;

/// The files of the folder, compiled in so that the test reads nothing else.
pub(super) const FILES: &[(&str, &str)] = &[
    ("catalogue.yaml", include_str!("../../../../../journeys/catalogue.yaml")),
    ("policies.yaml", include_str!("../../../../../journeys/policies.yaml")),
    ("segments.yaml", include_str!("../../../../../journeys/segments.yaml")),
    ("welcome.yaml", include_str!("../../../../../journeys/welcome.yaml")),
    ("post-purchase.yaml", include_str!("../../../../../journeys/post-purchase.yaml")),
    ("win-back.yaml", include_str!("../../../../../journeys/win-back.yaml")),
    ("cart-recovery.yaml", include_str!("../../../../../journeys/cart-recovery.yaml")),
    ("promo.yaml", include_str!("../../../../../journeys/promo.yaml")),
];

#[test]
fn the_examples_are_published() {
    let definitions = match publish_texts(FILES) {
        Ok(definitions) => definitions,
        Err(errors) => panic!("{}", errors.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")),
    };
    assert_eq!(definitions.journeys.len(), 5);
    let order = "Order Completed".parse().unwrap();
    let entered: Vec<_> = definitions.entered_by(&order).iter().map(|journey| journey.id.as_str()).collect();
    assert_eq!(entered, ["welcome", "post-purchase", "win-back"]);
    let segments: Vec<_> = definitions.segments.iter().map(|segment| segment.id.as_str()).collect();
    assert_eq!(segments, ["customers", "big-spenders", "regulars"]);
}

#[test]
fn no_example_is_forgotten() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../journeys");
    let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut documents: Vec<_> = names.filter(|name| name.ends_with(".yaml")).collect();
    documents.sort();
    let mut known: Vec<_> = FILES.iter().map(|(name, _)| *name).collect();
    known.sort_unstable();
    assert_eq!(documents, known);
}
