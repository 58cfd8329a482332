//! The page for people: rendered here, with no script needed and nothing from other hosts.
//!
//! | address | what |
//! |---|---|
//! | `/` | the start, in the language that the browser asks for |
//! | `/kk/`, `/ru/`, `/en/` | the start in that language |
//! | `/kk/check` and so on | takes files, answers with a verdict |
//! | `/kk/number` and so on | takes a number and a recipient, answers from the registry |
//! | `/p/{id}` | the protocol of a check; takes a file to compare |
//! | `/assets/…` | one style sheet, one script, one icon, each under its digest |
//!
//! There is no other way to a verdict than that of the API: the same intake with its limits, the
//! same turns, the same verification, the same check of a number. What comes of it is shown and not
//! kept. [`result`] makes a page of a finished check, and of nothing else. What was not processed is
//! a page too: the frame of every answer asks [`is_for_people`] and [`problem`].
//!
//! The forms have no state that a foreign site could ride on: no session, no cookie, nothing that
//! is changed. A request that a browser says comes from another site is refused all the same, so
//! that no site can spend its visitors' share of checks here.

mod assets;
mod content;
mod details;
mod home;
mod layout;
mod number;
mod protocol;
mod questions;
mod result;
mod words;

use std::sync::Arc;

use axum::{
    Extension, Router,
    extract::{FromRequest as _, Multipart, Request, State},
    http::{HeaderMap, HeaderName, HeaderValue, Uri, header},
    response::{Html, IntoResponse as _, Redirect, Response},
    routing::get,
};
use maud::Markup;
use qoltanba::Lang;

use crate::{
    api,
    app::App,
    client, guard,
    lang::{Asked, by_address, tag},
    problem::{Code, Problem},
    registry::{self, Checked},
    verify::Subject,
};

use self::result::{Beside, result};

const LANGUAGES: [Lang; 3] = [Lang::Kk, Lang::Ru, Lang::En];

pub(crate) fn routes() -> Router<App> {
    let negotiated =
        async |State(app): State<App>, Extension(Asked(lang)): Extension<Asked>| start(&app, lang);
    let mut router = Router::new()
        .route("/", get(negotiated))
        .route("/p/{id}", get(protocol::show).post(protocol::compare))
        .merge(assets::routes());
    for lang in LANGUAGES {
        let home = format!("/{}/", tag(lang));
        let to_home = {
            let home = home.clone();
            async move || Redirect::to(&home)
        };
        let check = async move |State(app): State<App>, request: Request| {
            check(&app, lang, request).await.map(|page| answer(page, lang))
        };
        let number = async move |State(app): State<App>, request: Request| {
            by_number(&app, lang, request).await.map(|page| answer(page, lang))
        };
        router = router
            .route(&home, get(async move |State(app): State<App>| start(&app, lang)))
            .route(home.trim_end_matches('/'), get(to_home.clone()))
            // A result that is opened again is none: it was not kept.
            .route(&format!("{home}check"), get(to_home.clone()).post(check))
            .route(&format!("{home}number"), get(to_home).post(number));
    }
    router
}

fn start(app: &App, lang: Lang) -> Response {
    let page = home::page(lang, app.config().limits.upload_bytes, app.makes_protocols());
    let mut answer = answer(page, lang);
    answer.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    answer
}

/// Files of a person, judged as those of a program are.
async fn check(app: &App, lang: Lang, request: Request) -> Result<Markup, Problem> {
    guard::same_site(app.config(), request.headers())?;
    let client = client::of(app.config(), request.extensions(), request.headers());
    if let Some(client) = client {
        app.verify_throttle().take(client)?;
    }
    let submission = api::handed(app, request).await?;
    let is_scan = matches!(submission.subject, Subject::Scan(_));
    let may = submission.protocol.then(|| app.may_make_protocol(&submission.wishes));
    let answer = Arc::new(app.verify(submission).await?);
    let made = match may {
        Some(Ok(())) => Some(app.make_protocol(client, answer.clone(), lang).await),
        Some(Err(problem)) => Some(Err(problem)),
        None => None,
    };
    // Trouble with the protocol takes nothing from what was found.
    let protocol = match made {
        Some(Ok(made)) => Some(protocol::link(&made, lang)),
        Some(Err(problem)) => Some(protocol::trouble(&problem, lang)),
        None => app.makes_protocols().then(|| protocol::offer(is_scan, lang)),
    };
    Ok(result(&answer, lang, &Beside { protocol }))
}

/// A number and its recipient, looked up as for a program.
async fn by_number(app: &App, lang: Lang, request: Request) -> Result<Markup, Problem> {
    guard::same_site(app.config(), request.headers())?;
    let client = client::of(app.config(), request.extensions(), request.headers());
    let [number, recipient] = typed(app, request).await?;
    let number = registry::number(&number)?;
    let recipient = registry::recipient(&recipient)?;
    let checked: Checked = app.check_number(number, recipient, client).await?;
    Ok(number::page(&checked, lang, app.now()))
}

/// Both numbers of the form, without the spaces that people put between digits.
async fn typed(app: &App, request: Request) -> Result<[String; 2], Problem> {
    let wrong = || Problem::new(Code::BadRequest);
    let reader = Multipart::from_request(request, app).await;
    let mut reader = reader.map_err(|_| wrong())?;
    let (room, allowance) = (app.room(), app.room().allowance());
    let mut typed = [String::new(), String::new()];
    // Two fields and the end: a longer form is none of ours.
    for _ in 0..3 {
        let next = room.next(&allowance, reader.next_field(), |_| wrong()).await?;
        let Some(mut field) = next else { return Ok(typed) };
        let [number, recipient] = &mut typed;
        let place = match field.name() {
            Some("number") => number,
            Some("recipient") => recipient,
            _ => return Err(wrong()),
        };
        let text = api::text(room, &allowance, &mut field).await?;
        *place = text.chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
    }
    Err(wrong())
}

/// Whether a person reads the answer: who asks for a page of ours, or asks with a browser for what
/// is nothing of the API's.
pub(crate) fn is_for_people(uri: &Uri, headers: &HeaderMap) -> bool {
    let path = uri.path();
    if path.starts_with("/api/") {
        return false;
    }
    let accepts = headers.get(header::ACCEPT).and_then(|accept| accept.to_str().ok());
    let is_page = path == "/" || path.starts_with("/p/") || by_address(uri).is_some();
    is_page || accepts.is_some_and(|accept| accept.contains("text/html"))
}

/// Why there is no answer, as a page.
pub(crate) fn problem(problem: &Problem, lang: Lang, request: &str) -> Response {
    let mut answer = answer(layout::problem(problem, lang, request), lang);
    let vary = HeaderValue::from_static("Accept, Accept-Language");
    answer.headers_mut().insert(header::VARY, vary);
    problem.of_status(answer)
}

const PERMISSIONS: HeaderName = HeaderName::from_static("permissions-policy");

/// A page as an answer. What it may do: nothing but what is served here.
fn answer(page: Markup, lang: Lang) -> Response {
    const POLICY: &str = "default-src 'none'; style-src 'self'; script-src 'self'; \
                          img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; \
                          base-uri 'none'";
    const OPENER: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
    let headers = [
        (header::CONTENT_SECURITY_POLICY, POLICY),
        (header::CONTENT_LANGUAGE, tag(lang)),
        (header::CACHE_CONTROL, "no-store"),
        (header::REFERRER_POLICY, "no-referrer"),
        (OPENER, "same-origin"),
        (PERMISSIONS, "camera=(self), geolocation=(), microphone=(), payment=(), usb=()"),
    ];
    (headers, Html(page.into_string())).into_response()
}
