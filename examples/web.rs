//! Check a signed request inside a web handler: a bad signature is an answer, not an error.

use std::sync::Arc;

use axum::{
    Json, Router,
    body::Bytes,
    extract::State,
    http::StatusCode,
    response::{IntoResponse, Response},
    routing::post,
};
use qoltanba::{Instant, Lang, Question, Verifier, identity::Role};
use qoltanba_examples::{Outcome, Setting};
use serde_json::json;

/// What the handler needs: the verifier, and a clock that tests can hold still.
pub struct Desk {
    /// Judges every request.
    pub verifier: Verifier,
    /// The moment of check.
    pub clock: fn() -> Instant,
}

/// The router of the example.
pub fn app(desk: Desk) -> Router {
    Router::new().route("/verify", post(verify)).with_state(Arc::new(desk))
}

async fn verify(State(desk): State<Arc<Desk>>, file: Bytes) -> Response {
    // GOST signatures take a millisecond each; a busy service moves this to a blocking thread.
    match desk.verifier.verify(&file, &Question::at((desk.clock)())) {
        Ok(report) => Json(report.to_json(Lang::Kk)).into_response(),
        Err(error) => {
            let problem = json!({ "title": error.text(Lang::Kk) });
            (StatusCode::UNPROCESSABLE_ENTITY, Json(problem)).into_response()
        }
    }
}

/// The desk of the test authority.
pub fn desk() -> Result<(Desk, Vec<u8>), Box<dyn std::error::Error>> {
    let setting = Setting::new(Role::Individual)?;
    let verifier = Verifier::new(setting.trust()?)
        .with_certificates([setting.authority.clone()])
        .with_crls(setting.lists.clone());
    let request = setting.message(b"request")?;
    Ok((Desk { verifier, clock: || Instant::from_unix(1_795_608_000) }, request))
}

#[allow(dead_code, reason = "the tests call `app`")]
fn main() -> Outcome {
    let (desk, request) = desk()?;
    let _router = app(desk);
    println!("POST /verify with a body like these {} bytes", request.len());
    Ok(())
}
