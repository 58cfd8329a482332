//! The style sheet, the script and the icon: out of this binary, under their digests, so that a
//! browser may keep them for good and never has those of another version.

use std::sync::LazyLock;

use axum::{
    Router,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse as _, Response},
    routing::get,
};
use sha2::{Digest as _, Sha256};

use crate::{app::App, verify::hex};

/// Something that a page needs.
pub(super) struct Asset {
    pub(super) path: String,
    etag: String,
    kind: &'static str,
    body: &'static str,
}

pub(super) static STYLE: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("page.css", "text/css; charset=utf-8", include_str!("page.css")));
pub(super) static SCRIPT: LazyLock<Asset> = LazyLock::new(|| {
    Asset::new("page.js", "text/javascript; charset=utf-8", include_str!("page.js"))
});
pub(super) static ICON: LazyLock<Asset> =
    LazyLock::new(|| Asset::new("icon.svg", "image/svg+xml", include_str!("icon.svg")));

pub(super) fn routes() -> Router<App> {
    let all: [&'static Asset; 3] = [&STYLE, &SCRIPT, &ICON];
    all.into_iter().fold(Router::new(), |router, asset| {
        router.route(&asset.path, get(async move |headers: HeaderMap| asset.answer(&headers)))
    })
}

impl Asset {
    fn new(name: &str, kind: &'static str, body: &'static str) -> Self {
        let digest = hex(&Sha256::digest(body));
        let digest = digest.get(..20).unwrap_or_default();
        Self { path: format!("/assets/{digest}/{name}"), etag: format!("\"{digest}\""), kind, body }
    }

    fn answer(&self, headers: &HeaderMap) -> Response {
        let known = headers.get(header::IF_NONE_MATCH).and_then(|value| value.to_str().ok());
        let mut answer = match known {
            Some(known) if known.contains(&self.etag) => StatusCode::NOT_MODIFIED.into_response(),
            _ => ([(header::CONTENT_TYPE, self.kind)], self.body).into_response(),
        };
        let headers = answer.headers_mut();
        let keep = HeaderValue::from_static("public, max-age=31536000, immutable");
        headers.insert(header::CACHE_CONTROL, keep);
        if let Ok(etag) = HeaderValue::from_str(&self.etag) {
            headers.insert(header::ETAG, etag);
        }
        answer
    }
}
