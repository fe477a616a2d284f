//! The webhook against the real receiver on loopback.

use std::net::{Ipv4Addr, SocketAddr};

use super::*;
use crate::sink::{Answer, HttpSink};
use crate::testing;

const SECRET: &str = "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD";

async fn sink() -> HttpSink {
    HttpSink::start(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)), &Secret::new(SECRET)).await.unwrap()
}

fn config(url: &str) -> WebhookConfig {
    WebhookConfig {
        name: "push-gateway".to_owned(),
        url: url.to_owned(),
        secret: Secret::new(SECRET),
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(5),
    }
}

fn provider(url: &str) -> WebhookProvider {
    WebhookProvider::new(config(url)).unwrap()
}

const ACCEPTED: Outcome = Outcome::Accepted { provider_message_id: None };

#[tokio::test]
async fn a_repeated_attempt_is_the_same_send_with_the_same_body() {
    let sink = sink().await;
    let provider = provider(&sink.url());
    let later = Delivery { epoch: baton_model::ids::Epoch(9), ..testing::note(1, 2) };
    for delivery in [testing::note(1, 1), later, testing::note(2, 1)] {
        assert_eq!(provider.deliver(delivery).await, ACCEPTED);
    }
    let receipts = sink.receipts();
    assert_eq!((receipts.sends(), receipts.attempts(), receipts.rejected()), (2, 3, 0));
    let receipt = receipts.get(testing::note(1, 1).send_id).unwrap();
    assert_eq!((receipt.attempts, receipt.newest.0.0, receipt.newest.1), (2, 9, 2));
    let body: serde_json::Value = serde_json::from_slice(&receipt.body.unwrap()).unwrap();
    assert_eq!(body["type"], "message.send");
    assert_eq!(body["data"]["message"]["body"], "waits");
    assert_eq!(payload::send(&testing::note(1, 1)), payload::send(&testing::note(1, 2)));
}

#[tokio::test]
async fn a_wrong_secret_is_turned_away_and_retried() {
    let sink = sink().await;
    let wrong = WebhookConfig { secret: Secret::new("whsec_AAAAsBQIhrscChlQIMV+b5sSYspob7oD"), ..config(&sink.url()) };
    let outcome = WebhookProvider::new(wrong).unwrap().deliver(testing::note(1, 1)).await;
    assert_eq!(outcome, Outcome::RetryLater { reason: "answered 401".to_owned(), after: None });
    assert_eq!((sink.receipts().sends(), sink.receipts().rejected()), (0, 1));
}

#[tokio::test]
async fn an_old_signature_is_turned_away() {
    let sink = sink().await;
    let mut replayed = testing::note(1, 1);
    replayed.attempted_at -= jiff::SignedDuration::from_mins(6);
    assert_eq!(provider(&sink.url()).deliver(replayed).await.name(), "retry");
    assert_eq!((sink.receipts().sends(), sink.receipts().rejected()), (0, 1));
}

#[tokio::test]
async fn a_receiver_in_trouble_is_understood() {
    let sink = sink().await;
    let provider =
        WebhookProvider::new(WebhookConfig { timeout: Duration::from_secs(1), ..config(&sink.url()) }).unwrap();
    let table = [
        (Answer::Refuse(429, Some(3)), "retry", 0),
        (Answer::Refuse(503, None), "retry", 0),
        (Answer::Refuse(410, None), "failed", 0),
        (Answer::Refuse(307, None), "failed", 0),
        (Answer::TakeAndHangUp, "unknown", 1),
        (Answer::TakeAndStall(Duration::from_secs(5)), "unknown", 2),
    ];
    for (send, (answer, outcome, sends)) in table.into_iter().enumerate() {
        sink.script([answer]);
        let got = provider.deliver(testing::note(send as u128, 1)).await;
        assert_eq!((got.name(), sink.receipts().sends()), (outcome, sends), "{answer:?}: {got:?}");
    }
    assert_eq!(provider.deliver(testing::note(4, 2)).await, ACCEPTED);
    assert_eq!(sink.receipts().get(testing::note(4, 1).send_id).unwrap().attempts, 2);
}

#[tokio::test]
async fn a_body_beyond_the_receivers_bound_is_turned_away() {
    let sink = sink().await;
    let mut delivery = testing::note(1, 1);
    let baton_ports::channel::Rendered::Note(note) = &mut delivery.message else { unreachable!() };
    note.body = "x".repeat(2 * 1024 * 1024);
    let outcome = provider(&sink.url()).deliver(delivery).await;
    // The receiver answers without reading to the end; whether that answer arrives before the connection breaks is open.
    assert!(matches!(outcome, Outcome::FailedForGood { .. } | Outcome::Unknown { .. }), "{outcome:?}");
    assert_eq!((sink.receipts().sends(), sink.receipts().rejected()), (0, 1));
}

#[tokio::test]
async fn a_receiver_that_is_not_there_is_retried() {
    let closed = {
        let listener = std::net::TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
        format!("http://{}/", listener.local_addr().unwrap())
    };
    let Outcome::RetryLater { reason, after: None } = provider(&closed).deliver(testing::note(1, 1)).await else {
        panic!("nothing was sent, so it is a retry");
    };
    assert!(reason.starts_with("no connection: "), "{reason}");
}

#[tokio::test]
async fn plain_text_where_tls_is_expected_is_a_retry() {
    let sink = sink().await;
    let outcome = provider(&sink.url().replace("http:", "https:")).deliver(testing::note(1, 1)).await;
    assert_eq!(outcome.name(), "retry", "{outcome:?}");
}

#[test]
fn a_bad_configuration_is_named_without_its_secret() {
    let table = [
        (WebhookConfig { url: "shop".to_owned(), ..config("") }, "url `shop` is not an http:// or https:// URL"),
        (
            WebhookConfig { url: "ftp://x/".to_owned(), ..config("") },
            "url `ftp://x/` is not an http:// or https:// URL",
        ),
        (
            WebhookConfig { secret: Secret::new("hunter2!"), ..config("http://x/") },
            "secret is not `whsec_` followed by base64",
        ),
    ];
    for (config, expected) in table {
        let printed = format!("{config:?}");
        assert!(!printed.contains("hunter2") && !printed.contains("C2FVs"), "{printed}");
        assert_eq!(WebhookProvider::new(config).err().unwrap().to_string(), expected);
    }
}
