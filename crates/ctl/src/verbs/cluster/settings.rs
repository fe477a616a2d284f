//! `baton cluster settings`

use baton_wire::json;
use baton_wire::pb::admin::v1 as admin;
use serde_json::Value;

use crate::{Answer, Connection, Failure, table};

pub(super) async fn run(connection: &Connection) -> Result<Answer, Failure> {
    let settings = connection
        .client()
        .ask(admin::GetSettingsRequest {}, async |node, request| node.cluster().get_settings(request).await)
        .await?;
    let value = json::from_pb(&settings);
    let rows = value.as_object().into_iter().flatten().map(|(name, value)| [name.clone(), plain(value)]);
    let text = table(["SETTING", "VALUE"], rows);
    Ok(Answer::new(value.clone(), text))
}

fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
