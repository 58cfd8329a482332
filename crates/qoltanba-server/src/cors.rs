//! Whose pages may use the API from the browsers of their visitors (Fetch standard §3.2).

use axum::http::{HeaderName, HeaderValue, Method, header};
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::{
    address,
    config::{Config, ConfigError},
};

/// What allows the origins of the settings; none where there are none. Only the API is theirs, and
/// never with a key of a provider or a cookie.
pub(crate) fn layer(config: &Config) -> Option<CorsLayer> {
    let known: Vec<HeaderValue> =
        config.server.cors_origins.iter().filter_map(|origin| origin.parse().ok()).collect();
    if known.is_empty() {
        return None;
    }
    let is_allowed = AllowOrigin::predicate(move |origin, request| {
        request.uri.path().starts_with("/api/") && known.contains(origin)
    });
    let layer = CorsLayer::new()
        .allow_origin(is_allowed)
        .allow_methods([Method::GET, Method::POST])
        .allow_headers([header::ACCEPT_LANGUAGE, header::CONTENT_TYPE])
        .expose_headers([HeaderName::from_static("x-request-id"), header::RETRY_AFTER])
        .vary([header::ACCEPT_LANGUAGE, header::ORIGIN]);
    Some(layer)
}

/// An origin is a scheme, a host and perhaps a port; a slash or `*` at its end would match none.
pub(crate) fn check(origins: &[String]) -> Result<(), ConfigError> {
    match origins.iter().find(|origin| !address::is_origin(origin)) {
        Some(wrong) => Err(ConfigError::value("server.cors_origins", wrong)),
        None => Ok(()),
    }
}
