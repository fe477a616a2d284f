//! Pages of several nodes become one without gaps, read through to the end.

use super::*;

fn message(shard: u32, customer: &str, id: u128) -> pb::Message {
    let (customer_id, id) = (customer.to_owned(), format!("{id:032x}"));
    pb::Message { shard: Some(shard), customer_id, id, ..pb::Message::default() }
}

/// The page of one node: of its sends, in order, at most `limit` after the place of `token`.
fn node_page(sends: &[pb::Message], token: &str, limit: usize) -> pb::ListMessagesResponse {
    let after = page::place("all", token).unwrap().map(|text| parse_place(&text).unwrap());
    let rest = sends.iter().filter(|send| after.as_ref().is_none_or(|after| place_of(send).unwrap() > *after));
    let mut messages: Vec<_> = rest.take(limit + 1).cloned().collect();
    let more = messages.len() > limit;
    messages.truncate(limit);
    let last = messages.last().filter(|_| more).map(|last| place_of(last).unwrap());
    let next_page_token = last.map(|last| page::token("all", &place_text(&last))).unwrap_or_default();
    pb::ListMessagesResponse { messages, next_page_token }
}

#[test]
fn reading_page_by_page_gives_every_send_once_in_order() {
    let one = [message(0, "a", 1), message(0, "a", 2), message(0, "b", 1), message(3, "z", 9)];
    let other = [message(1, "a b", 1), message(1, "c", 1), message(2, "d", 1)];
    let expected: Vec<_> = [&one[..3], &other[..], &one[3..]].concat();
    for limit in 1..=8 {
        let (mut token, mut read, mut count) = (String::new(), Vec::new(), 0);
        loop {
            let parts = [&one[..], &other[..]].map(|sends| node_page(sends, &token, limit));
            let page = pages("all", limit, parts.into()).unwrap();
            assert!(page.messages.len() <= limit);
            read.extend(page.messages);
            token = page.next_page_token;
            count += 1;
            assert!(count <= 8, "the pages end");
            if token.is_empty() {
                break;
            }
        }
        assert_eq!(read, expected, "pages of {limit}");
    }
}

#[test]
fn a_node_that_stops_early_holds_the_page_back() {
    let early = pb::ListMessagesResponse {
        messages: vec![message(0, "a", 1)],
        next_page_token: page::token("all", &place_text(&place_of(&message(0, "a", 1)).unwrap())),
    };
    let whole = pb::ListMessagesResponse { messages: vec![message(1, "b", 1)], next_page_token: String::new() };
    let merged = pages("all", 10, vec![whole, early.clone()]).unwrap();
    assert_eq!(merged, early, "between what one node told and what the other did, sends may be missing");
}

#[test]
fn a_page_that_cannot_be_read_is_a_fault_and_not_an_empty_list() {
    for broken in
        [pb::Message { shard: None, ..message(0, "a", 1) }, pb::Message { id: "x".to_owned(), ..message(0, "a", 1) }]
    {
        let page = pb::ListMessagesResponse { messages: vec![broken], next_page_token: String::new() };
        assert!(pages("all", 10, vec![page]).is_err());
    }
}

#[test]
fn a_send_that_two_nodes_tell_while_leadership_moves_is_shown_once() {
    let told = || pb::ListMessagesResponse {
        messages: vec![message(0, "a", 1), message(0, "b", 2)],
        next_page_token: String::new(),
    };
    assert_eq!(pages("all", 10, vec![told(), told()]).unwrap(), told());
}
