//! What becomes of a proposal.

use std::sync::Arc;

use baton_model::ids::Seq;
use baton_ports::replica::{self, Replica, read_rows};
use baton_shard::entry::{Applied, Entry, RowWrite};
use baton_storage::engine::Engine;
use bytes::Bytes;
use futures::StreamExt;

use super::node::{Disks, Led, activate, batch, leads, rows};
use crate::group::error::ProposeError;
use crate::group::leadership::Leadership;

#[tokio::test]
async fn a_proposal_is_applied_and_answered() {
    let disks = Disks::new(Engine::Fjall);
    let node = disks.start();
    let mut led = Led::of(node.group(1).await).await;
    led.put("a", "1").await;
    led.put("b", "2").await;
    led.put("a", "3").await;
    assert_eq!(rows(&led.group).await, "a=3 b=2");
    led.group.linearizable().await.unwrap();
    assert_eq!(*led.group.applied().borrow(), led.group.status().last_log_index);
    node.shutdown().await;
}

#[tokio::test]
async fn proposals_handed_over_without_waiting_keep_their_order() {
    let disks = Disks::new(Engine::Fjall);
    let node = disks.start();
    let mut led = Led::of(node.group(1).await).await;
    let mut answers = Vec::new();
    for number in 0..500 {
        let entry = led.next("last", &number.to_string());
        answers.push(led.group.submit(&entry).unwrap());
    }
    for answer in answers {
        assert_eq!(answer.await, Ok(Applied::Taken), "the gate takes dense seqs only, so each came in its turn");
    }
    assert_eq!(rows(&led.group).await, "last=499");
    node.shutdown().await;
}

#[tokio::test]
async fn a_batch_of_an_older_epoch_is_refused() {
    let disks = Disks::new(Engine::Fjall);
    let node = disks.start();
    let mut led = Led::of(node.group(1).await).await;
    led.put("a", "old").await;
    let late = led.next("a", "late");
    let epoch = led.group.activate(&activate()).await.unwrap();
    assert!(epoch > led.epoch, "an epoch is named once");
    assert_eq!(led.group.propose(&late).await, Ok(Applied::Refused));
    assert_eq!(led.group.propose(&batch(epoch, 2, &[("a", Some("gap"))])).await, Ok(Applied::Refused));
    assert_eq!(rows(&led.group).await, "a=old");
    assert_eq!(led.group.propose(&batch(epoch, 1, &[("a", None), ("b", Some("new"))])).await, Ok(Applied::Taken));
    assert_eq!(rows(&led.group).await, "b=new");
    node.shutdown().await;
}

#[tokio::test]
async fn a_row_of_consensus_is_refused_before_it_is_appended() {
    let disks = Disks::new(Engine::Fjall);
    let node = disks.start();
    let mut led = Led::of(node.group(1).await).await;
    let before = led.group.status().last_log_index;
    for key in [&b""[..], b"\0", b"\0\x01"] {
        let Entry::Batch(mut batch) = led.next("a", "1") else { panic!("next makes a batch") };
        batch.writes.push(RowWrite { key: Bytes::copy_from_slice(key), value: None });
        let refused = led.group.propose(&Entry::Batch(batch)).await.unwrap_err();
        assert_eq!(refused, ProposeError::ReservedKey { key: Bytes::copy_from_slice(key) });
        assert!(refused.is_certainly_not_applied());
    }
    assert_eq!(led.group.status().last_log_index, before);
    node.shutdown().await;
}

#[tokio::test]
async fn a_stopped_group_says_so() {
    let disks = Disks::new(Engine::Fjall);
    let node = disks.start();
    let mut led = Led::of(node.group(1).await).await;
    let group = led.group.clone();
    let entry = led.next("a", "1");
    drop(led);
    node.shutdown().await;
    assert!(matches!(group.propose(&entry).await, Err(ProposeError::Stopped { .. })));
    assert_eq!(*group.leadership().borrow(), Leadership::Stopped);
    assert!(group.linearizable().await.is_err());
    assert!(group.read(|_| Ok(())).await.is_err());
}

#[tokio::test]
async fn groups_of_a_node_do_not_see_each_other() {
    let disks = Disks::new(Engine::Fjall);
    let node = disks.start();
    let mut one = Led::of(node.group(1).await).await;
    let mut two = Led::of(node.group(2).await).await;
    one.put("a", "1").await;
    two.put("a", "2").await;
    assert_eq!((rows(&one.group).await, rows(&two.group).await), ("a=1".to_owned(), "a=2".to_owned()));
    assert_eq!(node.groups.all().iter().map(|group| group.id().0).collect::<Vec<_>>(), [1, 2]);
    let again = node.try_group(1).await.err().unwrap();
    assert_eq!(again.to_string(), "group 1 runs on this node already");
    node.shutdown().await;
}

#[tokio::test]
async fn a_term_names_one_leadership() {
    let disks = Disks::new(Engine::Fjall);
    let node = disks.start();
    let first = leads(&node.group(1).await).await;
    node.shutdown().await;
    let node = disks.start();
    let second = leads(&node.group(1).await).await;
    assert!(second > first, "a restarted leader is elected anew");
    node.shutdown().await;
}

/// Through the port the order of calls counts, not the order in which the answers are awaited.
#[tokio::test]
async fn the_port_keeps_the_order_of_calls() {
    let disks = Disks::new(Engine::Fjall);
    let node = disks.start();
    let mut led = Led::of(node.group(1).await).await;
    let port: Arc<dyn Replica> = Arc::new(led.group.clone());
    let mut answers: Vec<_> = (0..50).map(|number| port.propose(led.next("last", &number.to_string()))).collect();
    answers.reverse();
    for answer in answers {
        assert_eq!(answer.await, Ok(Applied::Taken));
    }
    port.confirm_leadership().await.unwrap();
    let found = read_rows(port.clone(), |records| records.get(b"last").unwrap()).await.unwrap();
    assert_eq!(found.as_deref(), Some(&b"49"[..]));
    assert_eq!((port.gate().epoch, port.gate().seq), (led.epoch, Seq(50)));
    let mut leadership = port.leadership();
    assert!(matches!(leadership.next().await, Some(replica::Leadership::Leading { .. })));
    node.shutdown().await;
    let last = leadership.collect::<Vec<_>>().await.pop();
    assert_eq!(last, Some(replica::Leadership::Following { leader: None }), "and then it ends");
    let refused = port.propose(led.next("late", "x")).await;
    assert!(matches!(refused, Err(replica::ProposeError::Stopped { .. })));
}
