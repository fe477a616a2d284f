//! Lines as they come out.

use std::io::Write;
use std::sync::{Arc, Mutex};

use super::*;

#[derive(Clone, Default)]
struct Lines(Arc<Mutex<Vec<u8>>>);

impl Write for Lines {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn logged(filter: &str, format: LogFormat) -> String {
    let lines = Lines::default();
    let writer = lines.clone();
    let config = LogConfig { filter: filter.to_owned(), format, colour: false };
    let subscriber = subscriber(&config, move || writer.clone()).unwrap();
    tracing::subscriber::with_default(subscriber, || {
        tracing::warn!(target: "shard", shard = 3, "lost leadership");
        tracing::info!(target: "shard", "quiet");
        tracing::info!(target: "node", "started");
    });
    let bytes = lines.0.lock().unwrap().clone();
    String::from_utf8(bytes).unwrap()
}

#[test]
fn the_filter_chooses_by_module_and_level() {
    let text = logged("info,shard=warn", LogFormat::Text);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 2, "{text}");
    assert!(lines[0].ends_with(" WARN shard: lost leadership shard=3"), "{text}");
    assert!(lines[1].ends_with(" INFO node: started"), "{text}");
    assert_eq!(logged("off", LogFormat::Text), "");
}

#[test]
fn json_lines_are_flat() {
    let text = logged("warn", LogFormat::Json);
    assert_eq!(text.lines().count(), 1, "{text}");
    for part in [r#""level":"WARN""#, r#""message":"lost leadership""#, r#""shard":3"#, r#""target":"shard""#] {
        assert!(text.contains(part), "{part} is not in {text}");
    }
}

#[test]
fn a_filter_that_cannot_be_read_is_named() {
    let config = LogConfig { filter: "shard=loud".to_owned(), ..LogConfig::default() };
    let error = subscriber(&config, std::io::sink).err().unwrap().to_string();
    assert!(error.starts_with("telemetry.log.filter `shard=loud` cannot be read: write a level"), "{error}");
}
