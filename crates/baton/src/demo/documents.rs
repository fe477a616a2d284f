//! The example journeys, inside the binary, so that the demo needs no checkout.

use baton_wire::pb::v1::DocumentFile;

/// Name and text.
const FILES: [(&str, &str); 8] = [
    ("journeys/cart-recovery.yaml", include_str!("../../../../journeys/cart-recovery.yaml")),
    ("journeys/catalogue.yaml", include_str!("../../../../journeys/catalogue.yaml")),
    ("journeys/policies.yaml", include_str!("../../../../journeys/policies.yaml")),
    ("journeys/post-purchase.yaml", include_str!("../../../../journeys/post-purchase.yaml")),
    ("journeys/promo.yaml", include_str!("../../../../journeys/promo.yaml")),
    ("journeys/segments.yaml", include_str!("../../../../journeys/segments.yaml")),
    ("journeys/welcome.yaml", include_str!("../../../../journeys/welcome.yaml")),
    ("journeys/win-back.yaml", include_str!("../../../../journeys/win-back.yaml")),
];

/// The example journeys and everything they name.
pub(super) fn files() -> Vec<DocumentFile> {
    FILES.iter().map(|(name, text)| DocumentFile { name: (*name).to_owned(), text: (*text).to_owned() }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_example_is_left_out() {
        let folder = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../journeys");
        let names = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap());
        let mut there: Vec<String> =
            names.filter(|name| name.ends_with(".yaml")).map(|name| format!("journeys/{name}")).collect();
        there.sort();
        assert_eq!(FILES.map(|(name, _)| name.to_owned()).to_vec(), there);
    }
}
