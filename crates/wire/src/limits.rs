//! The bounds of the API. What exceeds one is refused with a message that names the bound.

use crate::pb::v1::Event;

/// The most events of one batch: as many as one proposal to a shard carries, and few enough that all can be answered
/// within one deadline. A larger batch is refused as a whole, before any event is tried.
pub const BATCH_EVENTS_MAX: usize = 1_000;

/// The most bytes of one request: the default of gRPC, which every client and proxy lets through. A larger request is
/// refused by the transport.
pub const REQUEST_BYTES_MAX: usize = 4 * 1024 * 1024;

/// The most bytes of one response. Reads are paged, so only a page of long histories comes near; the client takes the
/// same bound when it is one of ours.
pub const RESPONSE_BYTES_MAX: usize = 16 * 1024 * 1024;

/// How deep objects and lists may be nested in the fields of an event. Deeper values cost stack in whatever walks them;
/// no event of the Segment specification is deeper than 5. A deeper event is rejected.
pub const FIELDS_DEPTH_MAX: usize = 32;

/// The most bytes of a timestamp's text: a zone annotation fits, a text that is no timestamp is not kept. A longer one is
/// rejected.
pub const TIMESTAMP_BYTES_MAX: usize = 64;

/// The entries of a page when the request does not say.
pub const PAGE_SIZE_DEFAULT: usize = 100;

/// The most entries of a page: a page is one response and one walk over rows. A larger size is refused.
pub const PAGE_SIZE_MAX: usize = 1_000;

/// The most bytes of a text that a person writes about an action, such as why a customer is held. A longer one is refused.
pub const NOTE_BYTES_MAX: usize = 1_024;

/// How many of a request's bytes an event takes as one of [`IngestRequest::events`](crate::pb::v1::IngestRequest::events).
/// A request takes no others.
pub fn bytes_in_request(event: &Event) -> usize {
    prost::encoding::message::encoded_len(2, event)
}

#[cfg(test)]
mod tests {
    use prost::Message;

    use super::*;
    use crate::pb::v1::IngestRequest;

    #[test]
    fn a_request_is_as_long_as_its_events() {
        let event = |id: &str| Event { customer_id: id.repeat(200), message_id: id.to_owned(), ..Event::default() };
        let events = vec![event("a"), event(""), event("c")];
        let sum: usize = events.iter().map(bytes_in_request).sum();
        assert_eq!(IngestRequest { workspace: 0, events }.encoded_len(), sum);
    }
}
