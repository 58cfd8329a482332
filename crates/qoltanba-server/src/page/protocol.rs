//! The page of a protocol. Only who has its link finds it.

use axum::{
    Extension,
    extract::{Path, Request, State, rejection::PathRejection},
    http::{HeaderName, HeaderValue},
    response::Response,
};
use maud::{Markup, html};
use qoltanba::{Instant, Lang, identity::Role, verdict::Standing};
use serde_json::Value;

use super::{
    answer, guard,
    layout::{self, facts, foreign, icon, plain, sentence},
    words,
};
use crate::{
    app::App,
    lang::{Asked, Words, tag},
    problem::Problem,
    protocol::{self, Compared, Made},
};

pub(super) async fn show(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    Extension(Asked(lang)): Extension<Asked>,
) -> Result<Response, Problem> {
    let said = protocol::statement(&app, &protocol::text(id)).await?;
    Ok(unlisted(page(&said, None, lang), lang))
}

pub(super) async fn compare(
    State(app): State<App>,
    id: Result<Path<String>, PathRejection>,
    Extension(Asked(lang)): Extension<Asked>,
    request: Request,
) -> Result<Response, Problem> {
    guard::same_site(app.config(), request.headers())?;
    let (said, compared) = protocol::compared(&app, &protocol::text(id), request).await?;
    Ok(unlisted(page(&said, Some(&compared), lang), lang))
}

/// Whoever was handed the link is not found by a search.
fn unlisted(page: Markup, lang: Lang) -> Response {
    let mut answer = answer(page, lang);
    let robots = HeaderName::from_static("x-robots-tag");
    answer.headers_mut().insert(robots, HeaderValue::from_static("noindex, nofollow"));
    answer
}

fn page(said: &Value, compared: Option<&Compared>, lang: Lang) -> Markup {
    let id = text(&said["id"]);
    let address = |lang| format!("/p/{id}?lang={}", tag(lang));
    let title = words::PROTOCOL_TITLE.pick(lang);
    let main = html! {
        h1 { (title) }
        @if let Some(compared) = compared { (outcome(compared, lang)) }
        (verdict(said, lang))
        (about(said, lang))
        (files(said, lang))
        (signatures(said, lang))
        section.card.no-print aria-labelledby="compare" {
            h2 #compare { (words::COMPARE_TITLE.pick(lang)) }
            form method="post" enctype="multipart/form-data" action=(address(lang)) {
                label for="file" { (words::COMPARE_FILE.pick(lang)) }
                input #file type="file" name="file" required;
                button type="submit" { (words::COMPARE_BUTTON.pick(lang)) }
            }
        }
        section.card.no-print aria-labelledby="signed" {
            h2 #signed { (words::SIGNED_PROTOCOL.pick(lang)) }
            ul {
                li { a href={ "/api/v1/protocols/" (id) ".pdf" } { "PDF" } }
                li { a href={ "/api/v1/protocols/" (id) ".cms" } { "CMS" } }
                li { a href={ "/api/v1/protocols/" (id) } { "JSON" } }
            }
        }
        p { button.second type="button" data-print hidden { (words::PRINT.pick(lang)) } }
    };
    layout::page_at(address, lang, title, &main)
}

/// What was found then; it is not judged anew.
fn verdict(said: &Value, lang: Lang) -> Markup {
    let state = text(at(said, "/verdict/state"));
    let standing = Standing::ALL.into_iter().find(|standing| standing.code() == state);
    let standing = standing.unwrap_or(Standing::CouldNotCheck);
    let told = |what: &str| at(said, &format!("/verdict/{what}/{}", tag(lang)));
    let remarks = items(told("remarks"));
    html! {
        section class={ "verdict " (standing.code()) } data-standing=(standing.code())
            aria-labelledby="verdict" {
            (icon(standing))
            div {
                h2 #verdict { (text(told("title"))) }
                p { (foreign(&plain(text(told("sentence"))))) }
            }
        }
        @if !remarks.is_empty() {
            section.card aria-labelledby="remarks" {
                h2 #remarks { (words::REMARKS.pick(lang)) }
                ul { @for remark in remarks { li { (foreign(&sentence(text(remark)))) } } }
            }
        }
    }
}

fn outcome(compared: &Compared, lang: Lang) -> Markup {
    let (words, next) = match compared.same {
        true => (words::SAME_FILE, words::SAME_FILE_NEXT),
        false => (words::OTHER_FILE, words::OTHER_FILE_NEXT),
    };
    // What was found of the file is said below, and nothing here looks like it.
    html! {
        section.card data-compared=(compared.same) role="status" {
            div {
                h2 { (words.pick(lang)) }
                p { (next.pick(lang)) }
                p { code { "SHA-256: " (compared.sha256) } }
            }
        }
    }
}

fn about(said: &Value, lang: Lang) -> Markup {
    let asked = at(said, "/report/asked");
    let name = at(said, "/service/name");
    let name = if lang == Lang::Kk { text(&name["kk"]) } else { text(&name["ru"]) };
    let kind = text(at(said, &format!("/verdict/kind/{}", tag(lang))));
    let rows = [
        (words::CHECKED_KIND, html! { (sentence(kind)) }),
        (words::CHECKED_AT, moment(&asked["now"], lang)),
        (words::JUDGED_AS_OF, moment(&asked["at"], lang)),
        (
            words::CHECKED_BY,
            html! {
                (foreign(name)) br;
                (words::BIN.pick(lang)) " " span.digits { (text(at(said, "/service/bin"))) }
            },
        ),
        (words::LINK_UNTIL, moment(&said["expires"], lang)),
    ];
    let rows = rows.map(|(name, value)| (name.pick(lang), value));
    html! {
        section.card aria-labelledby="about" {
            h2 #about { (words::ABOUT.pick(lang)) }
            (facts(&rows))
        }
    }
}

fn files(said: &Value, lang: Lang) -> Markup {
    html! {
        section.card aria-labelledby="files" {
            h2 #files { (words::CHECKED_FILES.pick(lang)) }
            ul {
                @for file in items(&said["files"]) {
                    li {
                        @match file["name"].as_str() {
                            Some(name) => (foreign(name)),
                            None => (words::NAMELESS.pick(lang)),
                        }
                        ", " (file["bytes"].as_u64().unwrap_or_default()) " " (words::OF_BYTES.pick(lang))
                        br; code { "SHA-256: " (text(&file["sha256"])) }
                    }
                }
                @for digest in items(&said["digests"]) {
                    li {
                        (words::DIGEST_ONLY.pick(lang))
                        br; code { (text(&digest["algorithm"])) ": " (text(&digest["value"])) }
                    }
                }
            }
        }
    }
}

fn signatures(said: &Value, lang: Lang) -> Markup {
    let all = items(at(said, "/report/signatures"));
    // What is no signature, as a certificate, has nobody who signed.
    let of = |kind: &str| all.iter().filter(|one| one["kind"] == *kind).collect::<Vec<_>>();
    let (signatures, holders) = (of("signature"), of("certificate"));
    html! {
        @if !signatures.is_empty() {
            section.card aria-labelledby="signatures" {
                h2 #signatures { (words::SIGNATURES.pick(lang)) }
                ul {
                    @for one in signatures {
                        li {
                            (person(&one["signer"], lang))
                            (of_verdict(text(&one["verdict"])).pick(lang))
                        }
                    }
                }
            }
        }
        @for one in holders.into_iter().filter(|one| one["signer"].is_object()) {
            section.card aria-labelledby="holder" {
                h2 #holder { (words::WHOSE.pick(lang)) }
                (person(&one["signer"], lang))
            }
        }
    }
}

/// Nobody is named but by what passed: the report has no other signer.
fn person(signer: &Value, lang: Lang) -> Markup {
    let role = signer["role"].as_str().and_then(|role| role.parse::<Role>().ok());
    html! {
        @if signer.is_object() {
            strong { (foreign(text(&signer["name"]))) " " (foreign(text(&signer["patronymic"]))) }
            // It was masked before the protocol was signed.
            @if let Some(iin) = signer["iin"].as_str() { ", " (words::IIN.pick(lang)) " " span.digits { (iin) } }
            @if let Some(organisation) = signer["organisation"].as_str() { br; (foreign(organisation)) }
            @if let Some(bin) = signer["bin"].as_str() { ", " (words::BIN.pick(lang)) " " span.digits { (bin) } }
            @if let Some(role) = role { br; (role.text(lang)) }
            br;
        }
    }
}

/// The report has its words in the language in which it was asked for; this page has its own.
fn of_verdict(verdict: &str) -> Words {
    match verdict {
        "passed" => words::VALID,
        "failed" => words::NOT_VALID,
        _ => words::NOT_ESTABLISHED,
    }
}

fn at<'a>(value: &'a Value, pointer: &str) -> &'a Value {
    value.pointer(pointer).unwrap_or(&Value::Null)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn moment(value: &Value, lang: Lang) -> Markup {
    let at: Option<Instant> = text(value).parse().ok();
    html! { @if let Some(at) = at { (layout::moment(at, lang)) } }
}

/// Beside a verdict: the link of its protocol.
pub(super) fn link(made: &Made, lang: Lang) -> Markup {
    html! {
        p { a href=(made.url) { (made.url) } }
        p {
            (words::LINK_UNTIL.pick(lang)) ": "
            (moment(&Value::String(made.expires.clone()), lang))
        }
    }
}

/// Beside a verdict: why there is no protocol of it.
pub(super) fn trouble(problem: &Problem, lang: Lang) -> Markup {
    html! {
        p { (sentence(&problem.detail_text(lang))) }
        (layout::when(problem, lang).unwrap_or_default())
        p.soft { (words::CODE.pick(lang)) ": " code { (problem.code.name()) } }
    }
}

/// Beside a verdict: how to get a protocol. The file was not kept, and is to be chosen again.
pub(super) fn offer(is_scan: bool, lang: Lang) -> Markup {
    html! {
        form method="post" enctype="multipart/form-data" action={ "/" (tag(lang)) "/check" } {
            p { (words::PROTOCOL_OFFER.pick(lang)) }
            input type="hidden" name="protocol" value="true";
            @if is_scan { input type="hidden" name="scan" value="true"; }
            p {
                label for="again" { (words::CHOOSE_AGAIN.pick(lang)) } " "
                input id="again" type="file" name="file" multiple required;
            }
            button.second type="submit" { (words::MAKE_PROTOCOL.pick(lang)) }
        }
    }
}
