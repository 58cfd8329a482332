//! Requests that another site makes its visitors send.

use axum::{
    extract::{Request, State},
    http::{HeaderMap, header},
    middleware::Next,
    response::Response,
};

use crate::{
    app::App,
    config::Config,
    lang::Words,
    problem::{Code, Problem},
};

/// Where a browser says that a request comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum From<'a> {
    /// Our pages, a person, or a program, on which nobody can ride.
    Ours,
    /// A page of which nothing is told.
    Nobody,
    /// Another site, and its origin if the browser names it.
    Another(Option<&'a str>),
}

impl<'a> From<'a> {
    fn of(config: &Config, headers: &'a HeaderMap) -> Self {
        let told = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let origin = told(header::ORIGIN.as_str());
        match (told("sec-fetch-site"), origin) {
            // `none`: typed or reloaded by the person himself.
            (Some("same-origin" | "none"), _) | (None, None) => Self::Ours,
            (Some(_), _) => Self::Another(origin),
            (None, Some("null")) => Self::Nobody,
            (None, Some(origin)) => {
                let host = origin.split_once("://").map(|(_, host)| host);
                let asked = told(header::HOST.as_str()).filter(|asked| !asked.is_empty());
                let is_ours = host.is_some() && host == asked || origin == public(config);
                if is_ours { Self::Ours } else { Self::Another(Some(origin)) }
            }
        }
    }
}

/// Refuses for the pages what a browser says another site had sent. `Origin: null` is served: our
/// own referrer policy makes older browsers send it from our own forms.
pub(crate) fn same_site(config: &Config, headers: &HeaderMap) -> Result<(), Problem> {
    match From::of(config, headers) {
        From::Ours | From::Nobody => Ok(()),
        From::Another(_) => Err(Problem::new(Code::OtherSite).with_words(OF_PAGE)),
    }
}

/// Refuses for the API what a browser says another site had sent, unless that may use it (`cors`):
/// that it cannot read the answer keeps no site from spending the share of its visitors, or the
/// checks that a number has for a day.
pub(crate) async fn api(
    State(app): State<App>,
    request: Request,
    next: Next,
) -> Result<Response, Problem> {
    let is_asked = request.uri().path().starts_with("/api/") && !request.method().is_safe();
    if is_asked {
        allowed_site(app.config(), request.headers())?;
    }
    Ok(next.run(request).await)
}

fn allowed_site(config: &Config, headers: &HeaderMap) -> Result<(), Problem> {
    let known = &config.server.cors_origins;
    match From::of(config, headers) {
        From::Ours => Ok(()),
        From::Another(Some(origin)) if known.iter().any(|known| known == origin) => Ok(()),
        From::Nobody | From::Another(_) => Err(Problem::new(Code::OtherSite).with_words(OF_API)),
    }
}

fn public(config: &Config) -> &str {
    config.server.public_url.trim_end_matches('/')
}

const OF_PAGE: Words = Words {
    kk: "сұрау басқа сайттан жіберілген: құжатты осы беттің өзінен тексеріңіз",
    ru: "запрос отправлен с другого сайта: проверьте документ с этой страницы",
    en: "the request came from another site: check the document from this page itself",
};
const OF_API: Words = Words {
    kk: "сұрауды браузер басқа сайттың бетінен жіберген, ал қызмет ол сайтқа рұқсат бермеген",
    ru: "запрос отправлен браузером со страницы другого сайта, которому сервис этого не разрешил",
    en: "a browser sent the request from a page of another site, which the service does not allow",
};

#[cfg(test)]
mod tests {
    use super::*;

    type Guard = fn(&Config, &HeaderMap) -> Result<(), Problem>;

    fn is_served(guard: Guard, told: &[(&'static str, &str)]) -> bool {
        let config = "server.public_url = \"https://check.example.kz/\"\n\
                      server.cors_origins = [\"https://portal.example.kz\"]";
        let config = Config::read(config, std::iter::empty()).unwrap();
        let told = [&[("host", "127.0.0.1:8080")], told].concat();
        let mut headers = HeaderMap::new();
        for (name, value) in told {
            headers.insert(name, value.parse().unwrap());
        }
        guard(&config, &headers).is_ok()
    }

    #[test]
    fn the_api_is_for_programs_and_for_allowed_sites() {
        let is_served = |told: &[(&'static str, &str)]| is_served(allowed_site, told);
        const PORTAL: (&str, &str) = ("origin", "https://portal.example.kz");
        assert!(is_served(&[]));
        assert!(is_served(&[("sec-fetch-site", "same-origin")]));
        assert!(is_served(&[("sec-fetch-site", "none")]));
        assert!(is_served(&[("origin", "https://check.example.kz")]));
        assert!(is_served(&[("sec-fetch-site", "cross-site"), PORTAL]));
        assert!(is_served(&[("sec-fetch-site", "same-site"), PORTAL]));
        assert!(is_served(&[PORTAL]));
        assert!(!is_served(&[("sec-fetch-site", "cross-site")]));
        assert!(!is_served(&[("sec-fetch-site", "cross-site"), ("origin", "null")]));
        assert!(!is_served(&[
            ("sec-fetch-site", "cross-site"),
            ("origin", "https://evil.example")
        ]));
        assert!(!is_served(&[("origin", "https://evil.example")]));
        assert!(!is_served(&[("origin", "https://portal.example.kz.evil.example")]));
        assert!(!is_served(&[("origin", "null")]));
    }

    #[test]
    fn only_another_site_is_refused() {
        let is_served = |told: &[(&'static str, &str)]| is_served(same_site, told);
        assert!(is_served(&[]));
        assert!(is_served(&[("sec-fetch-site", "same-origin"), ("origin", "null")]));
        assert!(is_served(&[("sec-fetch-site", "none")]));
        assert!(is_served(&[("origin", "null")]));
        assert!(is_served(&[("origin", "http://127.0.0.1:8080")]));
        assert!(is_served(&[("origin", "https://check.example.kz")]));
        assert!(!is_served(&[("sec-fetch-site", "cross-site")]));
        assert!(!is_served(&[("sec-fetch-site", "same-site")]));
        assert!(!is_served(&[("sec-fetch-site", "")]));
        assert!(!is_served(&[("origin", "https://evil.example")]));
        assert!(!is_served(&[("origin", "https://check.example.kz.evil.example")]));
        assert!(!is_served(&[("origin", "127.0.0.1:8080")]));
        // It may use the API, and has nothing to send to the pages.
        assert!(!is_served(&[("origin", "https://portal.example.kz")]));
    }
}
