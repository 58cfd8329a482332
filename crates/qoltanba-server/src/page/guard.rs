//! Requests that another site makes its visitors send.

use axum::http::{HeaderMap, header};

use super::words;
use crate::{
    config::Config,
    problem::{Code, Problem},
};

/// Refuses what a browser says another site had sent. Browsers that say nothing (and programs,
/// which nobody can ride on) are served. `Origin: null` is one of them: our own referrer policy
/// makes older browsers send it from our own forms.
pub(super) fn same_site(config: &Config, headers: &HeaderMap) -> Result<(), Problem> {
    let told = |name| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let is_ours = match (told("sec-fetch-site"), told(header::ORIGIN.as_str())) {
        // `none`: typed or reloaded by the person himself.
        (Some(site), _) => matches!(site, "same-origin" | "none"),
        (None, None | Some("null")) => true,
        (None, Some(origin)) => {
            let host = origin.split_once("://").map(|(_, host)| host);
            let asked = told(header::HOST.as_str()).filter(|asked| !asked.is_empty());
            host.is_some() && host == asked || origin == public(config)
        }
    };
    if is_ours { Ok(()) } else { Err(Problem::new(Code::Forbidden).with_words(words::CROSS_SITE)) }
}

fn public(config: &Config) -> &str {
    config.server.public_url.trim_end_matches('/')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_another_site_is_refused() {
        let config = "server.public_url = \"https://check.example.kz/\"";
        let config = Config::read(config, std::iter::empty()).unwrap();
        let is_served = |told: &[(&'static str, &str)]| {
            let told = [&[("host", "127.0.0.1:8080")], told].concat();
            let mut headers = HeaderMap::new();
            for (name, value) in told {
                headers.insert(name, value.parse().unwrap());
            }
            same_site(&config, &headers).is_ok()
        };
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
    }
}
