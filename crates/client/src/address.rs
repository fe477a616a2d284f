//! Where a node serves clients.

use std::fmt;
use std::sync::Arc;

use tonic::transport::Uri;

/// Scheme, host and port. Two texts that mean the same place in other words are two addresses.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Address(Arc<str>);

/// A text that names no place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the endpoint `{text}` is no URL: write one like `http://127.0.0.1:7400`")]
pub struct InvalidAddress {
    /// What was written.
    pub text: String,
}

impl Address {
    /// Reads `http://host:port` or `host:port`.
    pub fn parse(text: &str) -> Result<Self, InvalidAddress> {
        let url = if text.contains("://") { text.to_owned() } else { format!("http://{text}") };
        let invalid = || InvalidAddress { text: text.to_owned() };
        let uri: Uri = url.parse().map_err(|_| invalid())?;
        match (uri.scheme_str(), uri.authority()) {
            (Some(scheme @ ("http" | "https")), Some(authority)) if !authority.host().is_empty() => {
                Ok(Self(format!("{scheme}://{authority}").into()))
            }
            _ => Err(invalid()),
        }
    }

    /// As a URL.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_with_or_without_a_scheme() {
        let check = |text: &str, expected: Option<&str>| {
            let read = Address::parse(text);
            assert_eq!(read.as_ref().ok().map(Address::as_str), expected, "{text}");
        };
        check("127.0.0.1:7400", Some("http://127.0.0.1:7400"));
        check("http://node-1:7400/", Some("http://node-1:7400"));
        check("https://baton.example", Some("https://baton.example"));
        check("[::1]:7400", Some("http://[::1]:7400"));
        check("", None);
        check("ftp://node-1", None);
        check("two words", None);
    }
}
