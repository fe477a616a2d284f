//! Frames go through a transport and a peer port to the inbox, and its answers come back.

use std::collections::BTreeMap;
use std::time::Duration;

use baton_consensus::network::transport::{Frames, Transport};
use baton_model::ids::NodeId;
use baton_wire::pb::peer::v1::raft_message::Body;
use baton_wire::pb::peer::v1::snapshot_answer::Result as SnapshotResult;
use baton_wire::pb::peer::v1::{RaftFrame, RaftMessage, SnapshotPart};
use bytes::Bytes;
use futures::StreamExt;
use tokio::io::copy_bidirectional;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout};

use super::{CLUSTER, PeerPort, channels, member};
use crate::peer::{Caller, PeerChannels, PeerTransport};
use crate::tests::scripted_cluster::ScriptedRouting;

/// Longer than anything here takes.
const SOON: Duration = Duration::from_secs(10);

fn frame(id: u64, bytes: usize) -> RaftFrame {
    let body = Some(Body::Append(Bytes::from(vec![7; bytes])));
    RaftFrame { messages: vec![RaftMessage { group: 3, from: 1, to: 2, id, lane: 4, body }] }
}

async fn answer(frames: &mut Frames) -> RaftFrame {
    timeout(SOON, frames.incoming.next()).await.expect("soon").expect("the stream goes on").unwrap()
}

#[tokio::test]
async fn frames_go_out_in_order_and_answers_come_back() {
    let port = PeerPort::start();
    let transport = PeerTransport::new(channels(CLUSTER));
    let mut frames = transport.open(&port.member()).await.unwrap();
    // Larger than the bound that gRPC has by itself, and than what a stream has on its way by default.
    let sizes = [1, 5 << 20, 10, 8 << 20];
    for (id, size) in (1..).zip(sizes) {
        frames.outgoing.send(frame(id, size)).await.unwrap();
    }
    for (id, size) in (1..).zip(sizes) {
        let [message] = answer(&mut frames).await.messages.try_into().unwrap();
        assert_eq!((message.id, message.from, message.to, message.group, message.lane), (id, 2, 1, 3, 4));
        assert!(matches!(message.body, Some(Body::Append(bytes)) if bytes.len() == size), "frame {id}");
    }
}

#[tokio::test]
async fn parts_of_snapshots_are_handed_over() {
    let port = PeerPort::start();
    let transport = PeerTransport::new(channels(CLUSTER));
    let part = SnapshotPart { group: 1, number: 6, chunk: Bytes::from(vec![1; 65 << 20]), ..SnapshotPart::default() };
    let answer = transport.put_snapshot(&port.member(), part.clone()).await.unwrap();
    assert_eq!(answer.result, Some(SnapshotResult::Next(7)));
    assert_eq!(*port.inbox.parts.lock().unwrap(), [part]);
}

#[tokio::test]
async fn an_address_is_dialled_where_the_map_says() {
    let port = PeerPort::start();
    let dial = BTreeMap::from([("node-2.example:7401".to_owned(), port.address.to_string())]);
    let peers = PeerChannels::new(Caller { cluster: CLUSTER, node: NodeId(1) }, dial);
    let mut frames = PeerTransport::new(peers).open(&member("node-2.example:7401")).await.unwrap();
    frames.outgoing.send(frame(1, 1)).await.unwrap();
    assert_eq!(answer(&mut frames).await.messages[0].id, 1);
}

#[tokio::test]
async fn a_peer_that_is_gone_is_told_with_its_name_and_found_again_when_it_is_back() {
    let port = PeerPort::start();
    let (address, member) = (port.address, port.member());
    let transport = PeerTransport::new(channels(CLUSTER));
    let mut frames = transport.open(&member).await.unwrap();

    port.shutdown.send(()).unwrap();
    timeout(SOON, port.server).await.expect("streams do not hold the server").unwrap().unwrap();
    let end = timeout(SOON, frames.incoming.next()).await.expect("a stream ends with its server");
    assert!(!matches!(end, Some(Ok(_))), "{end:?}");
    let error = transport.open(&member).await.err().expect("nobody listens");
    assert!(error.reason.starts_with(&format!("node 2 at {address}: ")), "{error}");

    let _back = PeerPort::bound(address, ScriptedRouting::alone());
    let mut frames = transport.open(&member).await.unwrap();
    frames.outgoing.send(frame(1, 1)).await.unwrap();
    assert_eq!(answer(&mut frames).await.messages[0].id, 1);
}

#[tokio::test]
async fn a_peer_that_never_speaks_is_given_up_at_once() {
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = silent.local_addr().unwrap().to_string();
    let began = Instant::now();
    let error = PeerTransport::new(channels(CLUSTER)).open(&member(&address)).await.err().expect("nobody answers");
    assert!(began.elapsed() < Duration::from_secs(2), "{error} after {:?}", began.elapsed());
}

#[tokio::test]
async fn a_connection_over_which_nothing_comes_any_more_is_given_up_within_seconds() {
    let port = PeerPort::start();
    let (freeze, frozen) = oneshot::channel::<()>();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap().to_string();
    let behind = port.address;
    tokio::spawn(async move {
        let mut near = listener.accept().await.unwrap().0;
        let mut far = TcpStream::connect(behind).await.unwrap();
        tokio::select! {
            _ = copy_bidirectional(&mut near, &mut far) => {}
            _ = frozen => std::future::pending().await,
        }
    });
    let mut frames = PeerTransport::new(channels(CLUSTER)).open(&member(&address)).await.unwrap();
    frames.outgoing.send(frame(1, 1)).await.unwrap();
    assert_eq!(answer(&mut frames).await.messages[0].id, 1);

    freeze.send(()).unwrap();
    let end = timeout(Duration::from_secs(6), frames.incoming.next()).await.expect("3 s and what the machine needs");
    assert!(!matches!(end, Some(Ok(_))), "{end:?}");
}
