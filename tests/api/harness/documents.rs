//! Publishing documents.

use baton_wire::pb::v1 as pb;

use super::Node;

/// One file of documents.
pub(crate) fn files(text: &str) -> Vec<pb::DocumentFile> {
    vec![pb::DocumentFile { name: "test.yaml".to_owned(), text: text.to_owned() }]
}

/// Publishes them and waits until every shard decides under them; returns their version.
pub(crate) async fn apply(node: &Node, text: &str) -> u64 {
    let request = pb::ApplyRequest { files: files(text), ..Default::default() };
    let applied = node.connection().definitions().apply(request).await.unwrap().into_inner();
    assert!(applied.pending_shards.is_empty(), "every shard adopts");
    applied.version
}
