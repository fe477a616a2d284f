//! `kind: Purpose`.

use baton_model::text_id::PurposeId;

/// What customers consent to.
#[derive(Debug, Clone, serde::Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PurposeDocument {
    /// Its id.
    pub id: PurposeId,
    /// Such as `consent` or `legitimate_interest`; for reading.
    pub legal_basis: String,
}
