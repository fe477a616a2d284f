//! The paths and their answers.

use std::sync::Arc;

use axum::Router;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use baton_ports::readiness::{Obstacle, Readiness};
use baton_telemetry::{METRICS_CONTENT_TYPE, Metrics};
use serde_json::json;

/// What the paths ask.
#[derive(Clone)]
struct Sources {
    readiness: Arc<dyn Readiness>,
    metrics: Arc<Metrics>,
}

pub(crate) fn router(readiness: Arc<dyn Readiness>, metrics: Arc<Metrics>) -> Router {
    Router::new()
        .route("/livez", get(livez))
        .route("/readyz", get(readyz))
        .route("/metrics", get(encode_metrics))
        .with_state(Sources { readiness, metrics })
}

async fn livez() -> &'static str {
    "alive\n"
}

async fn readyz(State(sources): State<Sources>) -> Response {
    let obstacles = sources.readiness.obstacles();
    let status = if obstacles.is_empty() { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    let reasons: Vec<_> =
        obstacles.iter().map(|Obstacle { reason, detail }| json!({"reason": reason, "detail": detail})).collect();
    let body = format!("{}\n", json!({"ready": reasons.is_empty(), "reasons": reasons}));
    (status, [(CONTENT_TYPE, "application/json")], body).into_response()
}

async fn encode_metrics(State(sources): State<Sources>) -> Response {
    ([(CONTENT_TYPE, METRICS_CONTENT_TYPE)], sources.metrics.encode()).into_response()
}
