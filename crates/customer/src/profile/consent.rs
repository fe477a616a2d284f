//! `Consent Changed {purpose, status: granted|denied, source}`.

use baton_model::profile::{Consent, Profile, Stated};
use baton_model::text_id::PurposeId;
use baton_model::value::Fields;
use jiff::Timestamp;

use super::{invalid, text};
use crate::Rejection;

/// The event's name.
pub(super) const CHANGED: &str = "Consent Changed";

/// Takes over what the customer stated.
pub(super) fn change(profile: &mut Profile, properties: &Fields, at: Timestamp) -> Result<(), Rejection> {
    let purpose = text(properties, "purpose", "the id of a purpose")?;
    let purpose = PurposeId::new(purpose).map_err(|error| invalid("purpose", error.to_string()))?;
    let value = match text(properties, "status", "`granted` or `denied`")? {
        "granted" => Consent::Granted,
        "denied" => Consent::Denied,
        other => return Err(invalid("status", format!("is `{other}`: write `granted` or `denied`"))),
    };
    let source = super::source(properties);
    profile.consents.insert(purpose, Stated { value, at, source });
    Ok(())
}
