//! Joining the `xml:base` values of elements that are left out: Canonical XML 1.1 §2.4.

use crate::error::{Error, Result};

/// Bytes that may be joined for one element. A chain of relative values grows with each join, so
/// that its cost is the square of its length.
const JOINED_BYTES: usize = 16 << 20;

/// Reduces the values on successive elements, innermost first, to one.
pub(super) fn reduce<'v>(
    innermost: &str,
    outwards: impl Iterator<Item = &'v str>,
) -> Result<String> {
    let mut left = JOINED_BYTES;
    let mut value = innermost.to_owned();
    for base in outwards {
        left = left
            .checked_sub(base.len() + value.len() + 1)
            .ok_or(Error::over_budget("joined xml:base", JOINED_BYTES as u64))?;
        value = join(base, &value);
    }
    Ok(value)
}

/// The function join-URI-References: RFC 3986 §5.2, as changed by Canonical XML 1.1 §2.4. The base
/// need not have a scheme, and the fragment of the reference is dropped.
pub(super) fn join(base: &str, reference: &str) -> String {
    let (base, reference) = (Parts::of(base), Parts::of(reference));
    // RFC 3986 §5.2.2.
    let joined = if reference.scheme.is_some() {
        Joined { path: remove_dots(reference.path), ..Joined::like(&reference) }
    } else if reference.authority.is_some() {
        Joined {
            scheme: base.scheme,
            path: remove_dots(reference.path),
            ..Joined::like(&reference)
        }
    } else if reference.path.is_empty() {
        let query = reference.query.or(base.query);
        Joined { query, path: base.path.to_owned(), ..Joined::like(&base) }
    } else {
        let path = if reference.path.starts_with('/') {
            remove_dots(reference.path)
        } else {
            remove_dots(&merge(&base, reference.path))
        };
        Joined { query: reference.query, path, ..Joined::like(&base) }
    };
    joined.compose()
}

/// RFC 3986 §5.2.3, after "append a / to a trailing .. segment" of the base.
fn merge(base: &Parts<'_>, path: &str) -> String {
    if base.authority.is_some() && base.path.is_empty() {
        return format!("/{path}");
    }
    if base.path == ".." || base.path.ends_with("/..") {
        return format!("{}/{path}", base.path);
    }
    let kept = base.path.rfind('/').and_then(|slash| base.path.get(..=slash)).unwrap_or_default();
    format!("{kept}{path}")
}

/// RFC 3986 §5.2.4, changed: leading `..` segments stay, runs of `/` become one, and a trailing
/// `..` gets a `/`.
fn remove_dots(path: &str) -> String {
    let absolute = path.starts_with('/');
    let mut kept: Vec<&str> = Vec::new();
    let mut segments = path.split('/').filter(|segment| !segment.is_empty()).peekable();
    let mut directory = path.ends_with('/');
    while let Some(segment) = segments.next() {
        let last = segments.peek().is_none();
        match segment {
            "." => directory |= last,
            ".." => {
                directory |= last;
                match kept.last() {
                    Some(&"..") | None if !absolute => kept.push(".."),
                    _ => {
                        kept.pop();
                    }
                }
            }
            _ => kept.push(segment),
        }
    }
    let mut joined = String::with_capacity(path.len() + 1);
    if absolute {
        joined.push('/');
    }
    joined.push_str(&kept.join("/"));
    if directory && !kept.is_empty() {
        joined.push('/');
    }
    joined
}

/// RFC 3986 appendix B, the fragment dropped.
struct Parts<'u> {
    scheme: Option<&'u str>,
    authority: Option<&'u str>,
    path: &'u str,
    query: Option<&'u str>,
}

impl<'u> Parts<'u> {
    fn of(uri: &'u str) -> Self {
        let uri = uri.split_once('#').map_or(uri, |(before, _)| before);
        let (uri, query) = match uri.split_once('?') {
            Some((before, query)) => (before, Some(query)),
            None => (uri, None),
        };
        let (scheme, rest) = match uri.split_once(':') {
            Some((scheme, rest)) if !scheme.is_empty() && !scheme.contains('/') => {
                (Some(scheme), rest)
            }
            _ => (None, uri),
        };
        let (authority, path) = match rest.strip_prefix("//") {
            Some(rest) => {
                let end = rest.find('/').unwrap_or(rest.len());
                let (authority, path) = rest.split_at_checked(end).unwrap_or((rest, ""));
                (Some(authority), path)
            }
            None => (None, rest),
        };
        Self { scheme, authority, path, query }
    }
}

struct Joined<'u> {
    scheme: Option<&'u str>,
    authority: Option<&'u str>,
    path: String,
    query: Option<&'u str>,
}

impl<'u> Joined<'u> {
    const fn like(parts: &Parts<'u>) -> Self {
        Self {
            scheme: parts.scheme,
            authority: parts.authority,
            path: String::new(),
            query: parts.query,
        }
    }

    /// RFC 3986 §5.3.
    fn compose(&self) -> String {
        let mut uri = String::new();
        if let Some(scheme) = self.scheme {
            uri.push_str(scheme);
            uri.push(':');
        }
        if let Some(authority) = self.authority {
            uri.push_str("//");
            uri.push_str(authority);
        }
        uri.push_str(&self.path);
        if let Some(query) = self.query {
            uri.push('?');
            uri.push_str(query);
        }
        uri
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Canonical XML 1.1 §2.4, and RFC 3986 §5.4 where the changes do not reach.
    #[test]
    fn joins_as_the_specification_does() {
        for (base, reference, joined) in [
            ("abc/", "../", ""),
            ("../", "../", "../../"),
            ("..", "..", "../../"),
            ("..", "x", "../x"),
            ("..", "../x", "../../x"),
            ("bar/", "foo", "bar/foo"),
            ("something/else", "bar/foo", "something/bar/foo"),
            ("a//b/", "c", "a/b/c"),
            ("http://a/b/c/d;p?q", "g:h", "g:h"),
            ("http://a/b/c/d;p?q", "g", "http://a/b/c/g"),
            ("http://a/b/c/d;p?q", "./g/", "http://a/b/c/g/"),
            ("http://a/b/c/d;p?q", "/g", "http://a/g"),
            ("http://a/b/c/d;p?q", "//g", "http://g"),
            ("http://a/b/c/d;p?q", "?y", "http://a/b/c/d;p?y"),
            ("http://a/b/c/d;p?q", "g?y", "http://a/b/c/g?y"),
            ("http://a/b/c/d;p?q", "g#s", "http://a/b/c/g"),
            ("http://a/b/c/d;p?q", "", "http://a/b/c/d;p?q"),
            ("http://a/b/c/d;p?q", "..", "http://a/b/"),
            ("http://a/b/c/d;p?q", "../../../g", "http://a/g"),
            ("http://a", "g", "http://a/g"),
            ("x", "urn:a:b", "urn:a:b"),
        ] {
            assert_eq!(join(base, reference), joined, "{base} and {reference}");
        }
    }

    /// Canonical XML 1.1, appendix A.
    #[test]
    fn removes_dots_as_the_appendix_does() {
        for (path, clean) in [
            ("no/.././/pseudo-netpath/seg/file.ext", "pseudo-netpath/seg/file.ext"),
            ("no/..//.///pseudo-netpath/seg/file.ext", "pseudo-netpath/seg/file.ext"),
            ("yes/no//..//.///pseudo-netpath/seg/file.ext", "yes/pseudo-netpath/seg/file.ext"),
            ("no/../yes", "yes"),
            ("no/../yes/no/..", "yes/"),
            ("../../no/../..", "../../../"),
            ("no/..", ""),
            ("no/../", ""),
            ("/a/b/c/./../../g", "/a/g"),
            ("mid/content=5/../6", "mid/6"),
            ("../../..", "../../../"),
            ("..yes/..no/..no/..no/../../../..yes", "..yes/..yes"),
            (".", ""),
            ("./.", ""),
            ("//no/..", "/"),
            ("yes/no/no/../..", "yes/"),
            ("/yes/no/no/no/../../..", "/yes/"),
            ("..yes/..no/../..yes/..no/..no/../..", "..yes/..yes/"),
            ("/", "/"),
            ("/././", "/"),
            ("/../../..", "/"),
            ("//..//..", "/"),
            ("..", "../"),
            ("../", "../"),
        ] {
            assert_eq!(remove_dots(path), clean, "{path}");
        }
    }

    #[test]
    fn a_long_chain_of_values_is_capped() {
        let deep = core::iter::repeat_n("a/", 20_000);
        assert!(reduce("x", deep).is_err());
        assert_eq!(reduce("x", ["b/", "a/"].into_iter()).unwrap(), "a/b/x");
    }
}
