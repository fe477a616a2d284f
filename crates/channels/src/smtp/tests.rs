//! The relay against the real mail catcher, and against a relay that breaks off where a script says.

use std::net::{Ipv4Addr, SocketAddr};

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::TcpListener;

use super::*;
use crate::sink::MailSink;
use crate::testing;

const LOOPBACK: SocketAddr = SocketAddr::new(std::net::IpAddr::V4(Ipv4Addr::LOCALHOST), 0);

fn config(address: SocketAddr) -> SmtpConfig {
    SmtpConfig {
        name: "relay".to_owned(),
        host: address.ip().to_string(),
        port: address.port(),
        security: Security::Plaintext,
        credentials: None,
        from: "Shop <shop@shop.example>".to_owned(),
        hello_name: "node-1.shop.example".to_owned(),
        connect_timeout: Duration::from_secs(2),
        timeout: Duration::from_secs(2),
    }
}

fn provider(address: SocketAddr) -> SmtpProvider {
    SmtpProvider::new(config(address)).unwrap()
}

#[tokio::test]
async fn a_repeated_attempt_is_the_same_mail() {
    let sink = MailSink::start(LOOPBACK).await.unwrap();
    let provider = provider(sink.address());
    for delivery in [testing::email(1, 1), testing::email(1, 2), testing::email(2, 1)] {
        assert_eq!(provider.deliver(delivery).await, Outcome::Accepted { provider_message_id: Some("OK".to_owned()) });
    }
    let receipts = sink.receipts();
    assert_eq!((receipts.sends(), receipts.attempts(), receipts.rejected()), (2, 3, 0));
    let receipt = receipts.get(testing::email(1, 1).send_id).unwrap();
    assert_eq!((receipt.attempts, receipt.newest.0.0, receipt.newest.1), (2, 7, 2));
    let mail = String::from_utf8(receipt.body.unwrap().to_vec()).unwrap();
    for line in [
        "Message-ID: <00000000000000000000000000000001@node-1.shop.example>",
        "To: ada@example.org",
        "X-Baton-Send-Id: 00000000000000000000000000000001",
        "\r\n.\r\n..\r\n.leading dot\r\nthe end",
    ] {
        assert!(mail.contains(line), "{line} is not in\n{mail}");
    }
}

#[tokio::test]
async fn many_attempts_at_once_all_arrive() {
    let sink = MailSink::start(LOOPBACK).await.unwrap();
    let provider = provider(sink.address());
    let attempts = (0..64).map(|send| provider.deliver(testing::email(send, 1)));
    let accepted =
        futures::future::join_all(attempts).await.iter().filter(|outcome| outcome.name() == "accepted").count();
    assert_eq!((accepted, sink.receipts().sends()), (64, 64));
}

#[tokio::test]
async fn what_cannot_be_a_mail_fails_for_good() {
    let sink = MailSink::start(LOOPBACK).await.unwrap();
    let provider = provider(sink.address());
    let change = |change: fn(&mut baton_ports::channel::Email)| {
        let mut delivery = testing::email(1, 1);
        if let Rendered::Email(email) = &mut delivery.message {
            change(email);
        }
        delivery
    };
    let table = [
        (testing::note(1, 1), "a mail relay carries mails only"),
        (change(|email| email.to = "nobody".to_owned()), "to `nobody` is not a mailbox"),
        (change(|email| email.to = "a@b.example\r\nBcc: c@d.example".to_owned()), "is not a mailbox"),
        (change(|email| email.from = Some("@".to_owned())), "from `@` is not a mailbox"),
        (change(|email| (email.text, email.html) = (None, None)), "the mail has neither text nor html"),
        (change(|email| email.text = Some("x".repeat(2_000_000))), "answered 552"),
        (change(|email| email.to = "žofie@example.org".to_owned()), "SMTPUTF8"),
    ];
    for (delivery, expected) in table {
        let Outcome::FailedForGood { reason } = provider.deliver(delivery).await else { panic!("{expected}") };
        assert!(reason.contains(expected), "{reason}");
    }
    assert_eq!((sink.receipts().sends(), sink.receipts().rejected()), (0, 1));
}

#[tokio::test]
async fn a_header_cannot_be_smuggled_in_by_the_subject() {
    let sink = MailSink::start(LOOPBACK).await.unwrap();
    let mut delivery = testing::email(1, 1);
    let Rendered::Email(email) = &mut delivery.message else { unreachable!() };
    email.subject = "hello\r\nX-Baton-Send-Id: 00000000000000000000000000000009".to_owned();
    assert_eq!(provider(sink.address()).deliver(delivery).await.name(), "accepted");
    assert_eq!(sink.receipts().send_ids(), [testing::email(1, 1).send_id]);
}

/// Answers each line of a transaction from `script`; an empty answer closes the connection, `-` is silence.
async fn relay(script: &'static [&'static str]) -> SocketAddr {
    let listener = TcpListener::bind(LOOPBACK).await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        loop {
            let (stream, _) = listener.accept().await.unwrap();
            tokio::spawn(converse(BufReader::new(stream), script));
        }
    });
    address
}

async fn converse(mut stream: BufReader<tokio::net::TcpStream>, script: &[&str]) -> std::io::Result<()> {
    let mut in_message = false;
    for answer in script {
        match *answer {
            "" => return Ok(()),
            "-" => std::future::pending().await,
            answer => stream.write_all(format!("{answer}\r\n").as_bytes()).await?,
        }
        let mut line = String::new();
        while stream.read_line(&mut line).await? > 0 && in_message && line != ".\r\n" {
            line.clear();
        }
        in_message = line == "DATA\r\n";
    }
    Ok(())
}

const HELLO: &str = "250 relay";

#[tokio::test]
async fn where_a_relay_breaks_off_decides_the_outcome() {
    let table: [(&'static [&'static str], &str, &str); 13] = [
        (&[""], "retry", ""),
        (&["-"], "retry", ""),
        (&["554 not you"], "retry", "answered 554"),
        (&["220 hi", HELLO, ""], "retry", ""),
        (&["220 hi", HELLO, "451 later"], "retry", "answered 451"),
        (&["220 hi", HELLO, "250 ok", "550 no such user"], "failed", "no such user"),
        (&["220 hi", HELLO, "250 ok", "450 greylisted"], "retry", "greylisted"),
        (&["220 hi", HELLO, "250 ok", "250 ok", "-"], "retry", "envelope"),
        (&["220 hi", HELLO, "250 ok", "250 ok", "354 go", ""], "unknown", ""),
        (&["220 hi", HELLO, "250 ok", "250 ok", "354 go", "-"], "unknown", "no answer to the message"),
        (&["220 hi", HELLO, "250 ok", "250 ok", "354 go", "452 full"], "retry", "full"),
        (&["220 hi", HELLO, "250 ok", "250 ok", "354 go", "554 spam"], "failed", "spam"),
        (&["220 hi", HELLO, "250 ok", "250 ok", "354 go", "250 queued as 7"], "accepted", "queued as 7"),
    ];
    // At once, because the silent ones take their time.
    let rows = table.map(|(script, name, text)| async move {
        let outcome = provider(relay(script).await).deliver(testing::email(1, 1)).await;
        assert_eq!(outcome.name(), name, "{script:?}: {outcome:?}");
        assert!(format!("{outcome:?}").contains(text), "{script:?}: {outcome:?}");
    });
    futures::future::join_all(rows).await;
}

#[tokio::test]
async fn a_refused_login_is_a_retry_because_it_is_not_the_message_that_is_refused() {
    let accepts = relay(&["220 hi", LOGIN, "235 ok", "250 ok", "250 ok", "354 go", "250 done"]);
    let refuses = relay(&["220 hi", LOGIN, "535 who?"]);
    let offers_none = relay(&["220 hi", HELLO]);
    for (address, expected) in [(accepts.await, "accepted"), (refuses.await, "retry"), (offers_none.await, "retry")] {
        let credentials = Some(("user".to_owned(), Secret::new("hunter2!")));
        let config = SmtpConfig { credentials, ..config(address) };
        let outcome = SmtpProvider::new(config).unwrap().deliver(testing::email(1, 1)).await;
        assert_eq!(outcome.name(), expected, "{outcome:?}");
        assert!(!format!("{outcome:?}").contains("hunter2"), "{outcome:?}");
    }
}

const LOGIN: &str = "250-relay\r\n250 AUTH PLAIN LOGIN";

#[tokio::test]
async fn an_idle_connection_that_the_relay_closed_costs_nothing() {
    // Each connection carries one transaction and is closed by the relay afterwards.
    let provider = provider(relay(&["220 hi", HELLO, "250 ok", "250 ok", "354 go", "250 done"]).await);
    for attempt in 1..=3 {
        let outcome = provider.deliver(testing::email(1, attempt)).await;
        assert_eq!(outcome.name(), "accepted", "{outcome:?}");
    }
}

#[tokio::test]
async fn tls_that_is_asked_for_is_never_given_up() {
    let sink = MailSink::start(LOOPBACK).await.unwrap();
    for security in [Security::StartTls, Security::Tls] {
        let config = SmtpConfig { security, host: "localhost".to_owned(), ..config(sink.address()) };
        let outcome = SmtpProvider::new(config).unwrap().deliver(testing::email(1, 1)).await;
        assert_eq!(outcome.name(), "retry", "{outcome:?}");
    }
    assert_eq!(sink.receipts().sends(), 0);
}

#[test]
fn a_bad_configuration_is_named_without_its_password() {
    let credentials = Some(("user".to_owned(), Secret::new("hunter2!")));
    let config = SmtpConfig { from: "shop".to_owned(), credentials, ..config(LOOPBACK) };
    assert!(!format!("{config:?}").contains("hunter2"));
    let error = SmtpProvider::new(config).err().unwrap().to_string();
    assert_eq!(error, "from `shop` is not a mailbox: write `Name <user@host>` or `user@host`");
}
