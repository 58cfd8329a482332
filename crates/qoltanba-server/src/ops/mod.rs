//! For whoever runs the service: health, readiness, metrics, logs.

mod health;
mod logs;
mod metrics;

use axum::{Router, routing::get};
use utoipa_axum::{router::OpenApiRouter, routes};

pub use self::logs::log_into;
pub(crate) use self::{logs::start_logs, metrics::Metrics};
use crate::app::App;

/// What a balancer in front asks.
pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(health::healthz)).routes(routes!(health::readyz))
}

/// What is served on a port of its own, which is not for the public.
pub(crate) fn private(app: App) -> Router {
    Router::new()
        .route("/metrics", get(metrics::metrics))
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .with_state(app)
}
