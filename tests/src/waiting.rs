//! Waiting for what a node does in its own time.

use std::time::Duration;

/// Longer than anything takes on a busy machine. What has not happened by then will not.
const WAIT_MAX: Duration = Duration::from_secs(30);

/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(20);

/// Looks until there is something to see.
pub async fn eventually<T>(what: &str, mut look: impl AsyncFnMut() -> Option<T>) -> T {
    let looking = async {
        loop {
            if let Some(seen) = look().await {
                return seen;
            }
            tokio::time::sleep(LOOK_EVERY).await;
        }
    };
    let seen = tokio::time::timeout(WAIT_MAX, looking).await;
    seen.unwrap_or_else(|_| panic!("not within {WAIT_MAX:?}: {what}"))
}
