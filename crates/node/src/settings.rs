//! What is equal on every node, as the core takes it.

use baton_customer::Settings;
use baton_model::span::Span;
use baton_storage::records::ClusterRecord;
use jiff::SignedDuration;

use crate::config::ClusterConfig;

/// The settings of decisions; the defaults while the cluster is not known.
pub(crate) fn decision_settings(cluster: Option<&ClusterRecord>) -> Settings {
    let Some(cluster) = cluster else { return Settings::default() };
    let days = |days: u32| SignedDuration::from_hours(24 * i64::from(days));
    let zone = baton_model::time::zone(&cluster.fallback_zone);
    let default = Settings::default();
    // The zone was checked when the cluster was founded; a later time zone database may still have lost it.
    let (fallback_zone, fallback_zone_name) =
        zone.map_or((default.fallback_zone, default.fallback_zone_name), |zone| (zone, cluster.fallback_zone.clone()));
    Settings {
        fallback_zone,
        fallback_zone_name,
        trigger_max_age: SignedDuration::from_hours(i64::from(cluster.trigger_max_age_hours)),
        dedup_retention: days(cluster.dedup_days),
        history_retention: days(cluster.history_days),
        records_retention: days(cluster.records_days),
        ..Settings::default()
    }
}

/// How long events are kept, for the rules of documents.
pub(crate) fn history(cluster: Option<&ClusterRecord>) -> Span {
    let days = cluster.map_or_else(|| ClusterConfig::default().history_days, |cluster| cluster.history_days);
    format!("{days}d").parse().expect("a number of days is a span")
}
