//! One value out of range, and what is said about it.

use std::io::Write;

use crate::config::{Config, LoadedConfig};

fn load(toml: &str) -> Result<Config, String> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(toml.as_bytes()).unwrap();
    LoadedConfig::load(Some(file.path()), &[]).map(|loaded| loaded.config).map_err(|error| error.to_string())
}

const SMTP: &str = "[delivery.providers.relay]\ntype = \"smtp\"\nhost = \"h\"\nfrom = \"a@b.c\"\n";

#[test]
fn what_is_out_of_range_is_refused_by_name_with_what_to_write() {
    let table = [
        ("[cluster]\nshard_count = 0", "cluster.shard_count is 0: write 1 to 4096"),
        ("[cluster]\nfallback_zone = \"Mars/Base\"", "write an IANA zone"),
        ("[cluster]\nid = \"x\"", "32 hexadecimal digits"),
        ("[cluster]\ntrigger_max_age_hours = 0", "cluster.trigger_max_age_hours is 0: write 1 to"),
        ("[cluster]\nhistory_days = 0", "cluster.history_days is 0: write 1 to 3660"),
        ("[cluster]\nhistory_days = 4000000000", "cluster.history_days is 4000000000: write 1 to 3660"),
        ("[cluster]\nrecords_days = 0", "cluster.records_days is 0"),
        ("[cluster]\ndedup_days = 0", "cluster.dedup_days is 0: write 1 to 400"),
        ("[cluster]\nhistory_days = 30\ndedup_days = 31", "cluster.dedup_days is 31: write 1 to 30"),
        ("[raft]\nheartbeat_ms = 0", "raft.heartbeat_ms is 0"),
        ("[raft]\nheartbeat_ms = 500", "election_min_ms at least three times that"),
        ("[raft]\nheartbeat_ms = 9223372036854775807", "raft.heartbeat_ms is 9223372036854775807"),
        ("[raft]\nelection_max_ms = 900000", "raft.election_max_ms is 900000"),
        ("[storage]\ndir = \"\"", "storage.dir is empty"),
        ("[storage]\nfree_min_mib = 0", "storage.free_min_mib is 0"),
        ("[storage]\nfree_min_mib = 17592186044416", "storage.free_min_mib is 17592186044416"),
        ("[storage]\ncheckpoint_seconds = 0", "storage.checkpoint_seconds is 0: write 1 to 3600"),
        ("[actors]\nthreads = 100000", "actors.threads is 100000: write 0 to 1024"),
        ("[actors]\ncustomer_queue_max = 0", "actors.customer_queue_max is 0"),
        ("[actors]\nshard_queue_max = 0", "actors.shard_queue_max is 0"),
        ("[actors]\nactive_customers_max = 0", "actors.active_customers_max is 0"),
        ("[actors]\nidle_seconds = 0", "actors.idle_seconds is 0"),
        ("[clock]\ntime_scale = 0", "clock.time_scale is 0: write 1 to 1000000"),
        ("[clock]\ntime_scale = 1000001", "clock.time_scale is 1000001: write 1 to 1000000"),
        ("[clock]\ntime_scale = 2\ntest_start = \"2024-01-01T00:00:00Z\"", "write one of the two"),
        (
            "[clock]\ntest_offset_file = \"offset\"\ntest_start = \"2024-01-01T00:00:00Z\"",
            "clock.test_offset_file is offset: clock.test_start makes",
        ),
        ("[delivery]\nretry_wait_ms = 0", "delivery.retry_wait_ms is 0: write 1 to 86400000"),
        ("[delivery]\nretry_wait_ms = 10\nretry_wait_max_ms = 9", "delivery.retry_wait_max_ms is 9: write 10 to"),
        ("[delivery]\nattempts_max = 0", "delivery.attempts_max is 0: write 1 to 1000"),
        (&format!("{SMTP}port = 0"), "delivery.providers.relay.port is 0"),
        (&format!("{SMTP}port = 25\nin_flight_max = 0"), "delivery.providers.relay.in_flight_max is 0"),
        (
            &format!("{SMTP}port = 25\nper_second = 0.0"),
            "delivery.providers.relay.per_second is 0: write 0.001 to 1000000",
        ),
        (&format!("{SMTP}port = 25\nper_second = nan"), "delivery.providers.relay.per_second is NaN"),
        (&format!("{SMTP}port = 25\ntimeout_seconds = 0"), "delivery.providers.relay.timeout_seconds is 0"),
        ("[delivery.channels.email]\nproviders = []", "delivery.channels.email.providers is []"),
        ("[delivery.channels.email]\nproviders = [\"relay\"]", "name a provider of delivery.providers"),
        ("[node]\ngrpc = \"0.0.0.0:7400\"", "node.insecure_plaintext"),
    ];
    for (toml, said) in table {
        let error = load(toml).unwrap_err();
        assert!(error.contains(said), "{toml}: {error}");
    }
}

#[test]
fn defaults_and_the_ends_of_ranges_are_fine() {
    let table = [
        "",
        "[clock]\ntime_scale = 1000000",
        "[clock]\ntest_start = \"2024-01-01T00:00:00Z\"",
        "[clock]\ntest_offset_file = \"offset\"",
        "[delivery]\nretry_wait_ms = 1\nretry_wait_max_ms = 1\nattempts_max = 1",
        "[actors]\nthreads = 0\ncustomer_queue_max = 1\nidle_seconds = 1",
        &format!("{SMTP}port = 25\nin_flight_max = 1\nper_second = 0.001\ntimeout_seconds = 1"),
    ];
    for toml in table {
        load(toml).unwrap();
    }
}

#[test]
fn what_the_configuration_says_reaches_the_actors() {
    let config =
        load("[delivery]\nretry_wait_ms = 7\nretry_wait_max_ms = 70\nattempts_max = 3\n[clock]\ntime_scale = 60");
    let actors = config.unwrap().actors();
    assert_eq!((actors.retry_wait.as_millis(), actors.retry_wait_max.as_millis(), actors.attempts_max), (7, 70, 3));
    assert_eq!(actors.near_window.as_secs(), 60 * 600, "timers are read ahead as far as before, in machine time");
    let (actors, default) = (Config::default().actors(), baton_actors::ActorsConfig::default());
    assert_eq!(actors, default);
}
