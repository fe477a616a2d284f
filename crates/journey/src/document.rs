//! Documents as their authors write them: one file per kind, each with exactly the fields that this version understands.

use std::fmt;

use baton_governance::PolicyDocument;

use crate::source::Source;
use crate::source::node::Node;

pub mod binding;
pub mod channel;
pub mod clock_time;
pub mod instant;
pub mod journey;
pub mod purpose;
pub mod segment;
pub mod step;
pub mod template;
pub mod topic;
pub mod unsupported;

use channel::ChannelDocument;
use journey::JourneyDocument;
use purpose::PurposeDocument;
use segment::SegmentDocument;
use template::TemplateDocument;
use topic::TopicDocument;

/// The schema that documents of this release follow. It is kept with their text, and every later release reads it.
pub const SCHEMA_VERSION: u32 = 1;

/// One document that has the right form. What it names is checked when its set is published.
#[derive(Debug, Clone)]
pub struct Document {
    /// Its own text, and where it came from.
    pub source: Source,
    /// The kind.
    pub kind: Kind,
    /// The id, unique among its kind.
    pub id: String,
    pub(crate) tree: Node,
    pub(crate) body: Body,
}

/// What a document is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A journey.
    Journey,
    /// A segment.
    Segment,
    /// A governance policy.
    Policy,
    /// A message template.
    Template,
    /// A subscription topic.
    Topic,
    /// A consent purpose.
    Purpose,
    /// A channel.
    Channel,
}

impl Kind {
    /// Every kind.
    pub const ALL: [Self; 7] =
        [Self::Journey, Self::Segment, Self::Policy, Self::Template, Self::Topic, Self::Purpose, Self::Channel];

    /// What stands behind `kind:`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Journey => "Journey",
            Self::Segment => "Segment",
            Self::Policy => "Policy",
            Self::Template => "Template",
            Self::Topic => "Topic",
            Self::Purpose => "Purpose",
            Self::Channel => "Channel",
        }
    }

    /// The kind of that name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a document says.
#[derive(Debug, Clone)]
pub(crate) enum Body {
    Journey(Box<JourneyDocument>),
    Segment(SegmentDocument),
    Policy(Box<PolicyDocument>),
    Template(TemplateDocument),
    Topic(TopicDocument),
    Purpose(PurposeDocument),
    Channel(ChannelDocument),
}

/// Lays changes over a set: each document takes the place of the one of its kind and id. What the changes do not name
/// stays; what they name twice stays twice, and the publish says so.
pub fn overlay(base: Vec<Document>, changes: Vec<Document>) -> Vec<Document> {
    let replaced =
        |document: &Document| changes.iter().any(|change| change.kind == document.kind && change.id == document.id);
    let mut documents: Vec<_> = base.into_iter().filter(|document| !replaced(document)).collect();
    documents.extend(changes);
    documents
}
