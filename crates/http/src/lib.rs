//! What a node says over plain HTTP, to load balancers, orchestrators and Prometheus.
//!
//! | path | answer |
//! |---|---|
//! | `/livez` | 200 as long as the process can answer at all; restart it otherwise |
//! | `/readyz` | 200, or 503 with every reason as JSON; send traffic elsewhere meanwhile |
//! | `/metrics` | every metric, in the `OpenMetrics` text format |

mod connections;
mod routes;
mod server;

pub use server::{BindError, HttpServer};
