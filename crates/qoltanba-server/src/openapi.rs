//! The description of the API (OpenAPI 3.1), made from the handlers, and a page to read it.

use axum::{
    Router,
    http::header,
    response::{Html, IntoResponse},
    routing::get,
};
use maud::{DOCTYPE, Markup, html};
use qoltanba::Lang;
use utoipa::openapi::{
    ComponentsBuilder, Info, License, ObjectBuilder, OpenApi, OpenApiBuilder, RefOr, Required,
    Response,
    path::{Operation, Parameter, ParameterBuilder, ParameterIn},
    schema::Type,
    security::{HttpAuthScheme, HttpBuilder, SecurityScheme},
};
use utoipa_axum::router::OpenApiRouter;

use crate::{app::App, problem::Code};

/// An empty description with what is said of the whole.
pub(crate) fn begin() -> OpenApiRouter<App> {
    let mut info = Info::new("Qoltanba", env!("CARGO_PKG_VERSION"));
    info.description = Some(
        "Verifies the electronic documents of Kazakhstan's national PKI. A bad signature is an \
         answer: a report whose verdict is `failed`, with status 200. Statuses of 400 and above \
         mean that the request was not processed, and come as `application/problem+json`. Texts \
         are in Kazakh, Russian or English, by `lang` or Accept-Language."
            .into(),
    );
    info.license = Some(License::new("MIT OR Apache-2.0"));
    let key = HttpBuilder::new().scheme(HttpAuthScheme::Bearer);
    let key = key.description(Some("The key of a provider, with the scopes that are named."));
    let components =
        ComponentsBuilder::new().security_scheme("key", SecurityScheme::Http(key.build()));
    let document = OpenApiBuilder::new().info(info).components(Some(components.build()));
    OpenApiRouter::with_openapi(document.build())
}

/// The language, which every operation takes.
fn language() -> Parameter {
    ParameterBuilder::new()
        .name("lang")
        .parameter_in(ParameterIn::Query)
        .required(Required::False)
        .description(Some("The language of texts: kk, ru or en; else by Accept-Language."))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String)))
        .build()
}

fn describe_language(document: &mut OpenApi) {
    for item in document.paths.paths.values_mut() {
        let all = [&mut item.get, &mut item.post, &mut item.put, &mut item.delete];
        for operation in all.into_iter().flatten() {
            let parameters = operation.parameters.get_or_insert_default();
            if !parameters.iter().filter_map(given).any(|known| known.name == "lang") {
                parameters.push(RefOr::T(language()));
            }
        }
    }
}

/// The document and its page.
pub(crate) fn routes(mut document: OpenApi) -> Router<App> {
    describe_language(&mut document);
    let json = document.to_json().unwrap_or_default();
    let page = page(&document).into_string();
    Router::new()
        .route(
            "/api/v1/openapi.json",
            get(async move || ([(header::CONTENT_TYPE, "application/json")], json).into_response()),
        )
        .route(
            "/api/v1/docs",
            get(async move || {
                let policy = "default-src 'none'; style-src 'unsafe-inline'";
                ([(header::CONTENT_SECURITY_POLICY, policy)], Html(page)).into_response()
            }),
        )
}

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
    padding:0 1rem}table{border-collapse:collapse;width:100%}td,th{border:1px solid #999;\
    padding:.3rem .5rem;text-align:left;vertical-align:top}code{background:#eee;padding:0 .2rem}\
    h2{margin-top:2.5rem}";

fn page(document: &OpenApi) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { "Qoltanba API" }
                style { (maud::PreEscaped(STYLE)) }
            }
            body {
                main {
                    h1 { "Qoltanba API " (document.info.version) }
                    p { (document.info.description.as_deref().unwrap_or_default()) }
                    p { a href="/api/v1/openapi.json" { "openapi.json" } " (OpenAPI 3.1)" }
                    @for (path, item) in &document.paths.paths {
                        @for (method, operation) in [("GET", &item.get), ("POST", &item.post),
                            ("PUT", &item.put), ("DELETE", &item.delete)] {
                            @if let Some(operation) = operation { (one(path, method, operation)) }
                        }
                    }
                    (problems())
                }
            }
        }
    }
}

fn one(path: &str, method: &str, operation: &Operation) -> Markup {
    html! {
        h2 { code { (method) " " (path) } }
        p { strong { (operation.summary.as_deref().unwrap_or_default()) } }
        @for part in operation.description.as_deref().unwrap_or_default().split("\n\n") {
            p { (part) }
        }
        @if let Some(parameters) = operation.parameters.as_ref().filter(|all| !all.is_empty()) {
            table {
                tr { th { "In the address" } th { "Meaning" } }
                @for parameter in parameters.iter().filter_map(given) {
                    tr {
                        td { code { (parameter.name) } }
                        td { (parameter.description.as_deref().unwrap_or_default()) }
                    }
                }
            }
        }
        table {
            tr { th { "Status" } th { "Meaning" } }
            @for (status, response) in &operation.responses.responses {
                tr { td { (status) } td { (meaning(response)) } }
            }
        }
    }
}

fn given(parameter: &RefOr<Parameter>) -> Option<&Parameter> {
    match parameter {
        RefOr::T(parameter) => Some(parameter),
        RefOr::Ref(_) => None,
    }
}

fn meaning(response: &RefOr<Response>) -> &str {
    match response {
        RefOr::T(response) => &response.description,
        RefOr::Ref(reference) => &reference.ref_location,
    }
}

fn problems() -> Markup {
    html! {
        h2 { "Problems" }
        table {
            tr { th { "code" } th { "Status" } th { "Қазақша" } th { "Русский" } th { "English" } }
            @for code in Code::ALL {
                tr id={ "problem-" (code.name()) } {
                    td { code { (code.name()) } }
                    td { (code.status().as_u16()) }
                    @for (lang, tag) in [(Lang::Kk, "kk"), (Lang::Ru, "ru"), (Lang::En, "en")] {
                        td lang=(tag) { (code.title(lang)) }
                    }
                }
            }
        }
    }
}
