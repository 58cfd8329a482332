//! The frame of every answer: a number, one line of log, metrics, headers that keep browsers
//! careful, problems in the language of the request and for who reads them.

use std::time::Instant;

use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Method, header},
    middleware::Next,
    response::Response,
};

use crate::{app::App, intake::Intake, lang, page, problem::Problem};

/// The number of a request: 128 bits from the system. What a client sends as such is not taken,
/// since it would get into the logs.
#[derive(Debug, Clone)]
pub(crate) struct RequestId(pub(crate) String);

impl RequestId {
    fn new() -> Self {
        let mut octets = [0_u8; 16];
        // Without randomness requests have no number, and are served all the same.
        let _ = getrandom::fill(&mut octets);
        Self(crate::verify::hex(&octets))
    }
}

static REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// Headers of every answer that does not say otherwise.
const CAREFUL: [(HeaderName, &str); 6] = [
    (header::CACHE_CONTROL, "no-store"),
    (header::CONTENT_SECURITY_POLICY, "default-src 'none'; frame-ancestors 'none'"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::VARY, "Accept-Language"),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::X_FRAME_OPTIONS, "DENY"),
];

pub(crate) async fn frame(State(app): State<App>, mut request: Request, next: Next) -> Response {
    let started = Instant::now();
    let id = RequestId::new();
    let asked = lang::of_request(request.uri(), request.headers(), app.config().server.language);
    let method = request.method().clone();
    // The pattern and never the path: what is in a path may be of a person.
    let route = request.extensions().get::<MatchedPath>().cloned();
    let is_for_people = page::is_for_people(request.uri(), request.headers());
    request.extensions_mut().insert(lang::Asked(asked));
    request.extensions_mut().insert(id.clone());
    let (intake, request) = Intake::of(&app, request);
    let mut answer = intake.around(next.run(request)).await;
    let problem = answer.extensions_mut().remove::<Problem>();
    if let Some(problem) = &problem {
        let mut rendered = match is_for_people {
            true => page::problem(problem, asked, &id.0),
            false => problem.render(asked, &id.0),
        };
        // What was said of it on the way, as Allow, or whose pages may read it.
        for (name, value) in answer.headers() {
            let is_of_origins = name.as_str().starts_with("access-control-");
            if *name == header::ALLOW || *name == header::VARY || is_of_origins {
                rendered.headers_mut().insert(name, value.clone());
            }
        }
        answer = rendered;
    }
    be_careful(answer.headers_mut(), &id);
    let took = started.elapsed();
    let route = route.as_ref().map_or("-", MatchedPath::as_str);
    let status = answer.status().as_u16();
    app.metrics().answered(known(&method), route, status, took);
    tracing::info!(
        request = id.0,
        method = known(&method),
        route,
        status,
        problem = problem.map(|problem| problem.code.name()),
        micros = u64::try_from(took.as_micros()).unwrap_or(u64::MAX),
        "answered"
    );
    answer
}

/// A method by its name; what a client makes up gets into no log.
fn known(method: &Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "HEAD" => "HEAD",
        "POST" => "POST",
        "PUT" => "PUT",
        "PATCH" => "PATCH",
        "DELETE" => "DELETE",
        "OPTIONS" => "OPTIONS",
        _ => "other",
    }
}

fn be_careful(headers: &mut HeaderMap, id: &RequestId) {
    for (name, value) in CAREFUL {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    if let Ok(id) = HeaderValue::from_str(&id.0) {
        headers.insert(REQUEST_ID.clone(), id);
    }
}
