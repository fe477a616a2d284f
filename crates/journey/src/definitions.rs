//! The documents of one version, compiled together: everything that a journey names is in the same set.

use std::collections::BTreeMap;
use std::sync::Arc;

use baton_governance::Policies;
use baton_model::catalogue::Catalogue;
use baton_model::ids::DefinitionsVersion;
use baton_model::text_id::{EventName, JourneyId, TemplateId};

use crate::digest::Digest;
use crate::journey::Journey;
use crate::segment::Segment;
use crate::source::Source;
use crate::template::Template;

/// One published set.
#[derive(Debug, Clone)]
pub struct Definitions {
    /// Its number.
    pub version: DefinitionsVersion,
    /// What the set says, apart from how it is written.
    pub digest: Digest,
    /// The text it was published as; parsed again by every later release.
    pub sources: Vec<Source>,
    /// Journeys by id.
    pub journeys: BTreeMap<JourneyId, Arc<Journey>>,
    /// Segments in the order in which they are computed: each after those its rule names.
    pub segments: Vec<Segment>,
    /// Policies by id.
    pub policies: Policies,
    /// Templates by id.
    pub templates: BTreeMap<TemplateId, Template>,
    /// Topics, purposes and channels.
    pub catalogue: Catalogue,
    /// Journeys by the event that lets customers in.
    pub(crate) entered_by: BTreeMap<EventName, Vec<Arc<Journey>>>,
}

impl Definitions {
    /// The set before the first publish: version 0, with nothing in it.
    pub fn empty() -> Self {
        Self {
            version: DefinitionsVersion(0),
            digest: Digest::default(),
            sources: Vec::new(),
            journeys: BTreeMap::new(),
            segments: Vec::new(),
            policies: Policies::new(),
            templates: BTreeMap::new(),
            catalogue: Catalogue::default(),
            entered_by: BTreeMap::new(),
        }
    }

    /// The journeys that an event of that name may enter, highest priority first, then by id.
    pub fn entered_by(&self, event: &EventName) -> &[Arc<Journey>] {
        self.entered_by.get(event).map_or(&[], Vec::as_slice)
    }
}
