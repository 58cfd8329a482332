//! Addresses of services, as settings and browsers write them.

use axum::http::Uri;

/// Whether it is a scheme, a host and perhaps a port, as browsers write an origin (RFC 6454 §6.2),
/// and nothing else.
pub(crate) fn is_origin(text: &str) -> bool {
    let Ok(uri) = text.parse::<Uri>() else { return false };
    let (Some(scheme), Some(authority)) = (uri.scheme_str(), uri.authority()) else { return false };
    let host = authority.host();
    let is_port = |port: &str| port.parse().is_ok_and(|port: u16| port > 0);
    let end = authority.as_str().strip_prefix(host);
    matches!(scheme, "http" | "https")
        && !host.is_empty()
        && !host.contains('*')
        // Before a host may stand a user, whom no origin has.
        && end.is_some_and(|end| end.is_empty() || end.strip_prefix(':').is_some_and(is_port))
        && text == format!("{scheme}://{authority}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_scheme_host_and_port() {
        for good in [
            "https://check.example.kz",
            "http://127.0.0.1:8080",
            "http://localhost:3000",
            "https://[2001:db8::1]:8443",
        ] {
            assert!(is_origin(good), "{good}");
        }
        for bad in [
            "",
            "check.example.kz",
            "check.example.kz:443",
            "ftp://check.example.kz",
            "https://",
            "https:///p",
            "https://:8080",
            "https://check.example.kz/",
            "https://check.example.kz/p",
            "https://check.example.kz?a",
            "https://check.example.kz#a",
            "https://me@check.example.kz",
            "https://me:secret@check.example.kz",
            "https://check.example.kz:0",
            "https://check.example.kz:99999",
            "https://check.example.kz:",
            "https://*.example.kz",
            "https://check example.kz",
            " https://check.example.kz",
            "HTTPS://check.example.kz",
            "//check.example.kz",
            "null",
            "*",
        ] {
            assert!(!is_origin(bad), "{bad}");
        }
    }
}
