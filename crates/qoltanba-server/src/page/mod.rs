//! The page for people: rendered here, with no script needed and nothing from other hosts.

use axum::Router;

use crate::app::App;

pub(crate) fn routes() -> Router<App> {
    Router::new()
}
