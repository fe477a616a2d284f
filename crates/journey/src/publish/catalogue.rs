//! Topics, purposes and channels.

use baton_model::catalogue::{Catalogue, Channel, Purpose, Topic};
use baton_model::text_id::ChannelId;

use crate::document::channel::ChannelDocument;
use crate::document::{Body, Document};
use crate::error::Faults;
use crate::publish::known::absent;
use crate::publish::reporter;
use crate::source::path::Path;

/// The catalogue of a set.
pub(crate) fn compile(documents: &[Document], faults: &mut Faults) -> Catalogue {
    let mut catalogue = Catalogue::default();
    for document in documents {
        match &document.body {
            Body::Topic(topic) => {
                let (id, default, channels) = (topic.id.clone(), topic.default.into(), topic.channels.clone());
                catalogue.topics.insert(topic.id.clone(), Topic { id, default, channels });
            }
            Body::Purpose(purpose) => {
                let (id, legal_basis) = (purpose.id.clone(), purpose.legal_basis.clone());
                catalogue.purposes.insert(purpose.id.clone(), Purpose { id, legal_basis });
            }
            Body::Channel(channel) => {
                catalogue.channels.insert(channel.id.clone(), compile_channel(channel));
            }
            Body::Journey(_) | Body::Segment(_) | Body::Policy(_) | Body::Template(_) => (),
        }
    }
    check_topics(documents, &catalogue, faults);
    catalogue
}

/// One channel.
fn compile_channel(channel: &ChannelDocument) -> Channel {
    let ChannelDocument { id, address, roles, providers, at_most_once } = channel.clone();
    Channel { id, kind: address, roles, providers, at_most_once }
}

/// Topics name channels that exist.
fn check_topics(documents: &[Document], catalogue: &Catalogue, faults: &mut Faults) {
    for document in documents {
        let Body::Topic(topic) = &document.body else {
            continue;
        };
        for (index, channel) in topic.channels.iter().enumerate() {
            if !catalogue.channels.contains_key(channel) {
                let message = absent("channel", channel.as_str(), catalogue.channels.keys().map(ChannelId::as_str));
                reporter(document, faults).add(&Path::root().field("channels").item(index), message);
            }
        }
    }
}
