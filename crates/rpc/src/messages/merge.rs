//! One page out of the pages of several nodes.
//!
//! Each node gives what follows the same place among the shards that it leads, in order, up to where its own page ends. So
//! what is known without a gap reaches to the first of these ends.

use baton_model::ids::ShardId;
use baton_model::text_id::CustomerId;
use baton_ports::gateway::AskError;
use baton_wire::pb::v1 as pb;

use super::{Place, parse_place, place_text};
use crate::page;
use crate::status::Failure;

/// The first `limit` sends of all pages, and where the next page begins.
pub(super) fn pages(
    list: &str,
    limit: usize,
    pages: Vec<pb::ListMessagesResponse>,
) -> Result<pb::ListMessagesResponse, Failure> {
    let mut sends = Vec::new();
    let mut end: Option<Place> = None;
    for pb::ListMessagesResponse { messages, next_page_token } in pages {
        for message in messages {
            sends.push((place_of(&message)?, message));
        }
        let next = page::place(list, &next_page_token)?.map(|text| parse_place(&text).ok_or_else(unreadable));
        end = end.into_iter().chain(next.transpose()?).min();
    }
    sends.sort_by(|(one, _), (other, _)| one.cmp(other));
    // A shard whose leadership moves while its leaders are asked may be told by both.
    sends.dedup_by(|(one, _), (other, _)| one == other);
    sends.retain(|(place, _)| end.as_ref().is_none_or(|end| place <= end));
    if sends.len() > limit {
        sends.truncate(limit);
        end = sends.last().map(|(place, _)| place.clone());
    }
    let next_page_token = end.map(|end| page::token(list, &place_text(&end))).unwrap_or_default();
    Ok(pb::ListMessagesResponse { messages: sends.into_iter().map(|(_, message)| message).collect(), next_page_token })
}

fn place_of(message: &pb::Message) -> Result<Place, Failure> {
    let shard = ShardId(message.shard.ok_or_else(unreadable)?);
    let customer = CustomerId::new(&message.customer_id).map_err(|_| unreadable())?;
    Ok((shard, customer, message.id.parse().map_err(|_| unreadable())?))
}

fn unreadable() -> Failure {
    AskError::Internal { detail: "another node gave a page of sends that cannot be read".to_owned() }.into()
}

#[cfg(test)]
mod tests;
