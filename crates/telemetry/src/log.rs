//! Log lines, from `tracing`, to the standard error: standard output belongs to what a command prints.

use tracing::Subscriber;
use tracing_subscriber::EnvFilter;
use tracing_subscriber::fmt::MakeWriter;

/// What is logged, and how it looks.
#[derive(Debug, Clone, PartialEq, Eq, serde::Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LogConfig {
    /// Which lines, as in `info,openraft=warn`: a level, or a module and a level, separated by commas.
    pub filter: String,
    /// How a line looks.
    pub format: LogFormat,
    /// Whether lines for people are coloured.
    pub colour: bool,
}

/// How a line looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum LogFormat {
    /// For people.
    #[default]
    Text,
    /// One JSON object per line, for log stores.
    Json,
}

impl Default for LogConfig {
    fn default() -> Self {
        Self { filter: "info".to_owned(), format: LogFormat::Text, colour: false }
    }
}

/// Why logging cannot start.
#[derive(Debug, thiserror::Error)]
pub enum LogError {
    /// The filter cannot be read.
    #[error("telemetry.log.filter `{filter}` cannot be read: write a level, or `module=level`, separated by commas")]
    Filter {
        /// As configured.
        filter: String,
        /// What is wrong.
        #[source]
        source: tracing_subscriber::filter::ParseError,
    },
    /// This process logs already.
    #[error("logging has already been started in this process")]
    Started,
}

/// Starts logging for the whole process. Call it once, from the program.
pub fn start(config: &LogConfig) -> Result<(), LogError> {
    let subscriber = subscriber(config, std::io::stderr)?;
    tracing::subscriber::set_global_default(subscriber).map_err(|_| LogError::Started)
}

/// What [`start`] installs, writing to `writer`.
fn subscriber<W>(config: &LogConfig, writer: W) -> Result<Box<dyn Subscriber + Send + Sync>, LogError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    let filter = EnvFilter::builder()
        .parse(&config.filter)
        .map_err(|source| LogError::Filter { filter: config.filter.clone(), source })?;
    let builder = tracing_subscriber::fmt().with_env_filter(filter).with_writer(writer);
    // A line that cannot be written is lost. Telling that on standard error panics where that is what is full: an actor
    // or a task would die of its own log line.
    let builder = builder.log_internal_errors(false);
    Ok(match config.format {
        LogFormat::Text => Box::new(builder.with_ansi(config.colour).finish()),
        LogFormat::Json => {
            Box::new(builder.json().flatten_event(true).with_current_span(true).with_span_list(false).finish())
        }
    })
}

#[cfg(test)]
mod tests;
