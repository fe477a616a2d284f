//! The other ends of the network: a webhook receiver and a mail catcher.

use std::net::SocketAddr;

use baton_channels::Secret;
use baton_channels::sink::{HttpSink, MailSink};

/// What nodes sign with.
const SECRET: &str = "whsec_YmF0b24gdGVzdHMsIG5vdCBhIHNlY3JldCBhdCBhbGw=";

/// Both sinks, running in the test itself: they outlive every node.
pub(crate) struct Sinks {
    pub(crate) hook: HttpSink,
    pub(crate) mail: MailSink,
}

impl Sinks {
    pub(crate) async fn start() -> Self {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let hook = HttpSink::start(address, &Secret::new(SECRET)).await.unwrap();
        Self { hook, mail: MailSink::start(address).await.unwrap() }
    }

    /// Has a node deliver the channel `hook_channel` to the webhook receiver and the channel `email` to the mail catcher.
    pub(crate) fn sections(&self, hook_channel: &str) -> String {
        format!(
            "
[delivery.providers.hook]
type = \"webhook\"
url = \"{}\"
secret = \"{SECRET}\"
[delivery.providers.relay]
type = \"smtp\"
host = \"127.0.0.1\"
port = {}
security = \"plaintext\"
from = \"shop@shop.example\"
[delivery.channels.{hook_channel}]
providers = [\"hook\"]
[delivery.channels.email]
providers = [\"relay\"]
",
            self.hook.url(),
            self.mail.address().port()
        )
    }
}
