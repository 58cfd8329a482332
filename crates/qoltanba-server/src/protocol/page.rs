//! The page of a protocol for people. It needs no script, and nothing of another host.

use axum::{
    Extension,
    extract::{Path, Request, State},
    http::{HeaderName, HeaderValue, StatusCode, header},
    response::{Html, IntoResponse as _, Response},
};
use base64::{Engine as _, engine::general_purpose::STANDARD};
use maud::{DOCTYPE, Markup, PreEscaped, html};
use qoltanba::{Instant, Lang, identity::Role, paper::document::LocalTime, verdict::Standing};
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{
    Made, ProtocolId,
    answers::{Compared, compared, statement},
};
use crate::{
    app::App,
    frame::RequestId,
    lang::{Asked, Words, tag},
    problem::Problem,
};

pub(super) async fn show(
    State(app): State<App>,
    Path(id): Path<String>,
    Extension(Asked(lang)): Extension<Asked>,
    Extension(request): Extension<RequestId>,
) -> Response {
    let said = async { statement(&app.protocol(ProtocolId::parse(&id)?).await?) };
    match said.await {
        Ok(said) => answer(StatusCode::OK, &protocol(&said, None, lang), lang),
        Err(problem) => refusal(&problem, lang, &request),
    }
}

pub(super) async fn compare(
    State(app): State<App>,
    Path(id): Path<String>,
    Extension(Asked(lang)): Extension<Asked>,
    Extension(number): Extension<RequestId>,
    request: Request,
) -> Response {
    match compared(&app, &id, request).await {
        Ok((said, told)) => answer(StatusCode::OK, &protocol(&said, Some(&told), lang), lang),
        Err(problem) => refusal(&problem, lang, &number),
    }
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;color:#1a1d21;background:#fff;\
    max-width:46rem;margin:0 auto;padding:1rem}h1{font-size:1.4rem}h2{font-size:1.1rem;\
    margin-top:2rem}nav a{margin-right:1rem}.verdict{border-left:.4rem solid #5b636d;\
    background:#eef2f6;padding:.6rem 1rem}.good,.good_with_remarks{border-color:#1b6e3c}.not_good{border-color:#a3201d}\
    .verdict strong{display:block;font-size:1.25rem}dl{display:grid;grid-template-columns:\
    minmax(8rem,1fr) 2fr;gap:.3rem 1rem}dt{color:#4a525b}dd{margin:0;overflow-wrap:anywhere}\
    li{overflow-wrap:anywhere;margin-bottom:.6rem}code{font-size:.85em}input,button{font:inherit;\
    padding:.4rem;margin:.3rem .6rem .3rem 0;max-width:100%}a{color:#123a63}";

fn answer(status: StatusCode, body: &Markup, lang: Lang) -> Response {
    let style = STANDARD.encode(Sha256::digest(STYLE));
    let policy = format!(
        "default-src 'none'; style-src 'sha256-{style}'; form-action 'self'; base-uri 'none'; \
         frame-ancestors 'none'"
    );
    let mut answer = (status, Html(body.clone().into_string())).into_response();
    let headers = answer.headers_mut();
    if let Ok(policy) = HeaderValue::from_str(&policy) {
        headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    }
    headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(tag(lang)));
    // Whoever was handed the link is not found by a search.
    let robots = HeaderName::from_static("x-robots-tag");
    headers.insert(robots, HeaderValue::from_static("noindex, nofollow"));
    answer
}

fn refusal(problem: &Problem, lang: Lang, request: &RequestId) -> Response {
    let rendered = problem.render(lang, &request.0);
    let body = sheet(
        lang,
        html! {
            h1 { (problem.code.title(lang)) }
            @let detail = problem.detail_text(lang);
            @if detail != problem.code.title(lang) { p { (detail) } }
        },
    );
    let mut answer = answer(problem.code.status(), &body, lang);
    if let Some(wait) = rendered.headers().get(header::RETRY_AFTER) {
        answer.headers_mut().insert(header::RETRY_AFTER, wait.clone());
    }
    answer
}

fn sheet(lang: Lang, inside: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang=(tag(lang)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (TITLE.pick(lang)) }
                style { (PreEscaped(STYLE)) }
            }
            body {
                nav aria-label=(LANGUAGES.pick(lang)) {
                    @for (code, name) in [("kk", "Қазақша"), ("ru", "Русский"), ("en", "English")] {
                        @if code == tag(lang) {
                            a href={ "?lang=" (code) } lang=(code) aria-current="true" { (name) }
                        } @else {
                            a href={ "?lang=" (code) } lang=(code) { (name) }
                        }
                    }
                }
                main { (inside) }
            }
        }
    }
}

fn protocol(said: &Value, compared: Option<&Compared>, lang: Lang) -> Markup {
    let id = text(&said["id"]);
    let state = text(at(said, "/verdict/state"));
    let standing = Standing::ALL.into_iter().find(|standing| standing.code() == state);
    let name = at(said, "/service/name");
    let name = if lang == Lang::Kk { text(&name["kk"]) } else { text(&name["ru"]) };
    let asked = at(said, "/report/asked");
    sheet(
        lang,
        html! {
            h1 { (TITLE.pick(lang)) }
            @if let Some(compared) = compared { (result(compared, lang)) }
            div class={ "verdict " (state) } {
                strong { (standing.map_or("", |standing| standing.text(lang))) }
                // Of what passed there is no more to say.
                @if at(said, "/verdict/reason").is_string() {
                    (text(at(said, &format!("/verdict/sentence/{}", tag(lang)))))
                }
            }
            dl {
                dt { (CHECKED.pick(lang)) } dd { (moment(&asked["now"])) }
                dt { (JUDGED.pick(lang)) } dd { (moment(&asked["at"])) }
                dt { (SERVICE.pick(lang)) } dd { (name) ", " (BIN.pick(lang)) " " (text(at(said, "/service/bin"))) }
                dt { (EXPIRES.pick(lang)) } dd { (moment(&said["expires"])) }
            }
            h2 { (FILES.pick(lang)) }
            ul {
                @for file in items(&said["files"]) {
                    li {
                        (file["name"].as_str().unwrap_or("—")) ", "
                        (file["bytes"].as_u64().unwrap_or_default()) " " (BYTES.pick(lang))
                        br; code { "SHA-256: " (text(&file["sha256"])) }
                    }
                }
            }
            h2 { (SIGNATURES.pick(lang)) }
            ul { @for signature in items(at(said, "/report/signatures")) { li { (signer(signature, lang)) } } }
            h2 { (COMPARE.pick(lang)) }
            form method="post" enctype="multipart/form-data" action={ "/p/" (id) "?lang=" (tag(lang)) } {
                label for="file" { (CHOOSE.pick(lang)) } br;
                input id="file" type="file" name="file" required;
                button type="submit" { (BUTTON.pick(lang)) }
                p { (NOT_KEPT.pick(lang)) }
            }
            h2 { (SIGNED.pick(lang)) }
            ul {
                li { a href={ "/api/v1/protocols/" (id) ".pdf" } { "PDF" } }
                li { a href={ "/api/v1/protocols/" (id) ".cms" } { "CMS" } }
                li { a href={ "/api/v1/protocols/" (id) } { "JSON" } }
            }
        },
    )
}

/// Nobody is named but by a signature that passed: the report has no other signer.
fn signer(signature: &Value, lang: Lang) -> Markup {
    let signer = &signature["signer"];
    let role = signer["role"].as_str().and_then(|role| role.parse::<Role>().ok());
    html! {
        @if signer.is_object() {
            strong { (text(&signer["name"])) " " (text(&signer["patronymic"])) }
            @if let Some(iin) = signer["iin"].as_str() { ", " (IIN.pick(lang)) " " (iin) }
            @if let Some(organisation) = signer["organisation"].as_str() { br; (organisation) }
            @if let Some(bin) = signer["bin"].as_str() { ", " (BIN.pick(lang)) " " (bin) }
            @if let Some(role) = role { br; (role.text(lang)) }
            br;
        }
        // The report is in the language in which it was asked for.
        span { (word(text(&signature["verdict"])).pick(lang)) }
    }
}

fn result(compared: &Compared, lang: Lang) -> Markup {
    let (class, words) = if compared.same { ("good", SAME) } else { ("not_good", OTHER) };
    html! {
        div class={ "verdict " (class) } role="status" {
            strong { (words.pick(lang)) }
            code { "SHA-256: " (compared.sha256) }
        }
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

/// Beside a verdict on the page: the link of its protocol.
pub(super) fn link(made: &Made, lang: Lang) -> Markup {
    html! {
        p { a href=(made.url) { (made.url) } }
        p { (EXPIRES.pick(lang)) ": " (moment(&Value::String(made.expires.clone()))) }
    }
}

/// Beside a verdict on the page: how to get a protocol. The file was not kept, and is to be chosen
/// again.
pub(super) fn offer(lang: Lang) -> Markup {
    html! {
        form method="post" enctype="multipart/form-data" action={ "/" (tag(lang)) "/check" } {
            p { (OFFER.pick(lang)) }
            input type="hidden" name="protocol" value="true";
            p {
                label for="again" { (AGAIN.pick(lang)) } " "
                input id="again" type="file" name="file" multiple required;
            }
            button.second type="submit" { (MAKE.pick(lang)) }
        }
    }
}

/// On the clocks of the country.
fn moment(value: &Value) -> String {
    let at: Option<Instant> = text(value).parse().ok();
    at.map(|at| LocalTime(at).to_string()).unwrap_or_default()
}

const fn words(kk: &'static str, ru: &'static str, en: &'static str) -> Words {
    Words { kk, ru, en }
}

/// What the verdict on a signature is called.
fn word(state: &str) -> Words {
    match state {
        "passed" => words("Жарамды", "Действительна", "Valid"),
        "failed" => words("Жарамсыз", "Недействительна", "Not valid"),
        _ => words("Анықталмады", "Не установлено", "Not established"),
    }
}

const TITLE: Words = words(
    "Электрондық құжатты тексеру хаттамасы",
    "Протокол проверки электронного документа",
    "Protocol of the check of an electronic document",
);
const LANGUAGES: Words = words("Тіл", "Язык", "Language");
const CHECKED: Words = words("Тексерілген уақыты", "Время проверки", "Checked");
const JUDGED: Words =
    words("Қай сәтке бағаланды", "Момент, на который дана оценка", "Judged as of");
const SERVICE: Words = words("Тексерген қызмет", "Кто проверил", "Checked by");
const EXPIRES: Words = words("Сілтеменің мерзімі", "Ссылка действует до", "The link works until");
const FILES: Words = words("Тексерілген файлдар", "Проверенные файлы", "Files that were checked");
const BYTES: Words = words("байт", "байт", "bytes");
const SIGNATURES: Words = words("Қолтаңбалар", "Подписи", "Signatures");
const IIN: Words = words("ЖСН", "ИИН", "IIN");
const BIN: Words = words("БСН", "БИН", "BIN");
const OFFER: Words = words(
    "Қызмет тексеру хаттамасын жасап, оған қол қояды. Хаттамада файлдың хеші, қол қоюшылардың аты-жөні және тексеру нәтижесі болады; ЖСН жасырылады. Оны сілтемені білетін адам ғана ашады.",
    "Сервис составит протокол проверки и подпишет его. В протоколе будут хеш файла, имена подписавших и результат; ИИН скрываются. Открыть его сможет только тот, у кого есть ссылка.",
    "The service makes a protocol of the check and signs it. It has the digest of the file, the names of the signers and the result; IINs are masked. Only who has the link can open it.",
);
const AGAIN: Words = words(
    "Файлды қайта таңдаңыз: ол сақталмаған",
    "Выберите файл ещё раз: он не сохранён",
    "Choose the file again: it was not kept",
);
const MAKE: Words = words("Хаттама жасау", "Составить протокол", "Make the protocol");
const COMPARE: Words = words("Файлды салыстыру", "Сравнить файл", "Compare a file");
const CHOOSE: Words = words(
    "Қолыңыздағы файлды таңдаңыз: ол тексерілген файл ма, соны көресіз",
    "Выберите свой файл: увидите, тот ли это файл, который проверялся",
    "Choose your file to see whether it is the one that was checked",
);
const BUTTON: Words = words("Салыстыру", "Сравнить", "Compare");
const NOT_KEPT: Words = words("Файл сақталмайды.", "Файл не сохраняется.", "The file is not kept.");
const SAME: Words = words(
    "Бұл — тексерілген файлдың өзі",
    "Это тот самый файл, который проверялся",
    "This is the very file that was checked",
);
const OTHER: Words = words(
    "Бұл файл тексерілген жоқ: ол басқа немесе өзгертілген",
    "Этот файл не проверялся: он другой или изменён",
    "This file was not checked: it is another one, or was altered",
);
const SIGNED: Words = words(
    "Қызмет қол қойған хаттама",
    "Протокол с подписью сервиса",
    "The protocol as the service signed it",
);
