//! Name constraints (RFC 5280 §4.2.1.10, §6.1.3 (b) and (c), §6.1.4 (g)).
//!
//! The intersection of permitted subtrees and the union of excluded ones are not computed: a name
//! is within an intersection when it is within each part, so each constraint is asked in turn.

use crate::{
    budget::Budget,
    certificate::{Certificate, GeneralName, NameConstraints, NameForm, Subtree},
    error::Result,
    oid,
};

/// The constraints of the authorities above.
#[derive(Default)]
pub(super) struct NameLimits<'a>(Vec<&'a NameConstraints>);

/// A name that the constraints do not let through.
pub(super) enum NameFault {
    /// It is outside the permitted subtrees or inside an excluded one.
    Outside(GeneralName),
    /// It has a form that is constrained, and cannot be compared.
    NotComparable(GeneralName),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Side {
    Permitted,
    Excluded,
}

impl<'a> NameLimits<'a> {
    /// §6.1.4 (g).
    pub(super) fn add(&mut self, constraints: &'a NameConstraints) {
        self.0.push(constraints);
    }

    /// §6.1.3 (b) and (c): the first name of the certificate that is not let through.
    pub(super) fn fault(
        &self,
        certificate: &Certificate,
        work: &mut Budget,
    ) -> Result<Option<NameFault>> {
        if self.0.is_empty() {
            return Ok(None);
        }
        for name in names_of(certificate) {
            for constraints in &self.0 {
                work.spend_many(1 + constraints.permitted.len() + constraints.excluded.len())?;
                if let Some(fault) = check(constraints, &name) {
                    return Ok(Some(fault));
                }
            }
        }
        Ok(None)
    }
}

/// The subject unless it is empty, the alternative names, and, where there are none of those, the
/// mailboxes in the subject.
fn names_of(certificate: &Certificate) -> Vec<GeneralName> {
    let subject = certificate.claimed_subject();
    let mut names = Vec::new();
    if !subject.is_empty() {
        names.push(GeneralName::Directory(subject.clone()));
    }
    match &certificate.extensions().subject_alt_name {
        Some(alternatives) => names.extend(alternatives.iter().cloned()),
        None => names.extend(subject.values(oid::AT_EMAIL).map(|attribute| {
            // What is no string is no mailbox that could be compared.
            GeneralName::Mailbox(attribute.text().unwrap_or_default().to_owned())
        })),
    }
    names
}

fn check(constraints: &NameConstraints, name: &GeneralName) -> Option<NameFault> {
    let concerned = |all: &'_ [Subtree], side| -> Vec<Option<bool>> {
        all.iter().filter(|s| concerns(s, name)).map(|s| is_within(s, name, side)).collect()
    };
    let excluded = concerned(&constraints.excluded, Side::Excluded);
    if excluded.contains(&Some(true)) {
        return Some(NameFault::Outside(name.clone()));
    }
    if excluded.contains(&None) {
        return Some(NameFault::NotComparable(name.clone()));
    }
    let permitted = concerned(&constraints.permitted, Side::Permitted);
    if permitted.is_empty() || permitted.contains(&Some(true)) {
        return None;
    }
    Some(if permitted.contains(&None) {
        NameFault::NotComparable(name.clone())
    } else {
        NameFault::Outside(name.clone())
    })
}

/// Whether the subtree speaks of names of this form.
fn concerns(subtree: &Subtree, name: &GeneralName) -> bool {
    let form = name.form();
    // RFC 9598 §6: mailboxes with a local part in UTF-8 are mailboxes too.
    let is_mailbox = form == NameForm::Other(oid::SMTP_UTF8_MAILBOX);
    subtree.base.form() == form || (is_mailbox && subtree.base.form() == NameForm::Mailbox)
}

/// Whether the name is within the subtree; `None` when that cannot be told.
fn is_within(subtree: &Subtree, name: &GeneralName, side: Side) -> Option<bool> {
    if subtree.has_bounds {
        return None;
    }
    match (&subtree.base, name) {
        (GeneralName::Directory(base), GeneralName::Directory(name)) => Some(name.is_within(base)),
        (GeneralName::Mailbox(base), GeneralName::Mailbox(name)) => mailbox_within(base, name),
        (GeneralName::Dns(base), GeneralName::Dns(name)) => dns_within(base, name, side),
        (GeneralName::Uri(base), GeneralName::Uri(name)) => {
            let host = host_of(name)?;
            // An address has no place in a tree of domains.
            if host.parse::<std::net::Ipv4Addr>().is_ok() {
                return None;
            }
            host_within(base, host)
        }
        (GeneralName::Ip(base), GeneralName::Ip(name)) => ip_within(base, name),
        _ => None,
    }
}

/// A mailbox, a host, or with a period in front the hosts below a domain.
fn mailbox_within(base: &str, name: &str) -> Option<bool> {
    let (local, host) = mailbox(name)?;
    if base.contains('@') {
        let (base_local, base_host) = mailbox(base)?;
        // §7.5: the local part as it is written, the host without regard to case.
        return Some(local == base_local && host.eq_ignore_ascii_case(base_host));
    }
    host_within(base, host)
}

fn mailbox(text: &str) -> Option<(&str, &str)> {
    text.rsplit_once('@').filter(|(local, host)| !local.is_empty() && is_host(host))
}

/// A host, or with a period in front the hosts below a domain.
fn host_within(base: &str, host: &str) -> Option<bool> {
    if !is_host(host) {
        return None;
    }
    match base.strip_prefix('.') {
        Some(domain) => is_host(domain).then(|| is_below(host, domain)),
        None => is_host(base).then(|| host.eq_ignore_ascii_case(base)),
    }
}

/// A name, and every name made by putting labels in front of it.
fn dns_within(base: &str, name: &str, side: Side) -> Option<bool> {
    let (is_wildcard, host) = match name.strip_prefix("*.") {
        Some(rest) => (true, rest),
        None => (false, name),
    };
    if !is_host(host) {
        return None;
    }
    if base.is_empty() {
        return Some(true);
    }
    if !is_host(base) {
        return None;
    }
    let within = |host: &str, base: &str| host.eq_ignore_ascii_case(base) || is_below(host, base);
    // A wildcard is excluded when any name that it stands for is.
    let covers = is_wildcard && side == Side::Excluded && is_below(base, host);
    Some(within(host, base) || covers)
}

/// Whether the host has labels in front of the domain.
fn is_below(host: &str, domain: &str) -> bool {
    let Some(start) = host.len().checked_sub(domain.len()) else { return false };
    match (host.get(..start), host.get(start..)) {
        (Some(front), Some(end)) => {
            front.len() > 1 && front.ends_with('.') && end.eq_ignore_ascii_case(domain)
        }
        _ => false,
    }
}

/// Whether this is a host in preferred name syntax (RFC 1034 §3.5), with the underscore that is in
/// use.
fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'))
    };
    text.len() <= 253 && text.split('.').all(is_label)
}

/// The host of a URI with an authority (RFC 3986 §3.2).
fn host_of(uri: &str) -> Option<&str> {
    let (scheme, rest) = uri.split_once("://")?;
    if scheme.is_empty()
        || !scheme.bytes().all(|b| b.is_ascii_alphanumeric() || b"+-.".contains(&b))
    {
        return None;
    }
    let authority = rest.split(['/', '?', '#']).next()?;
    let place = authority.rsplit_once('@').map_or(authority, |(_, place)| place);
    match place.split_once(':') {
        Some((host, port)) => port.bytes().all(|b| b.is_ascii_digit()).then_some(host),
        None => Some(place),
    }
}

/// An address and a mask; an address of the other kind is outside.
fn ip_within(base: &[u8], name: &[u8]) -> Option<bool> {
    if !matches!(name.len(), 4 | 16) || !matches!(base.len(), 8 | 32) {
        return None;
    }
    let (network, mask) = base.split_at(base.len() / 2);
    // RFC 4632 §3.1: ones and then zeros.
    let bits = || mask.iter().flat_map(|octet| (0..8).rev().map(move |bit| octet >> bit & 1 == 1));
    if bits().skip_while(|set| *set).any(|set| set) {
        return None;
    }
    let masked = |address: &[u8]| -> Vec<u8> {
        address.iter().zip(mask).map(|(octet, mask)| octet & mask).collect()
    };
    Some(network.len() == name.len() && masked(network) == masked(name))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dns(base: &str, name: &str, side: Side) -> Option<bool> {
        dns_within(base, name, side)
    }

    #[test]
    fn names_of_hosts_are_compared_by_labels() {
        use Side::{Excluded, Permitted};
        assert_eq!(dns("example.kz", "example.kz", Permitted), Some(true));
        assert_eq!(dns("example.kz", "a.B.Example.KZ", Permitted), Some(true));
        assert_eq!(dns("example.kz", "badexample.kz", Permitted), Some(false));
        assert_eq!(dns("a.example.kz", "example.kz", Permitted), Some(false));
        assert_eq!(dns("", "example.kz", Excluded), Some(true));
        assert_eq!(dns(".example.kz", "a.example.kz", Permitted), None);
        for odd in ["", ".", "a..kz", "a.kz.", "a b.kz", "*", "a.*.kz", "\0a.kz"] {
            assert_eq!(dns("example.kz", odd, Excluded), None, "{odd:?}");
        }
    }

    #[test]
    fn a_wildcard_is_excluded_with_any_name_it_stands_for() {
        assert_eq!(dns("secret.example.kz", "*.example.kz", Side::Excluded), Some(true));
        assert_eq!(dns("secret.example.kz", "*.example.kz", Side::Permitted), Some(false));
        assert_eq!(dns("example.kz", "*.example.kz", Side::Permitted), Some(true));
        assert_eq!(dns("other.kz", "*.example.kz", Side::Excluded), Some(false));
    }

    #[test]
    fn mailboxes_are_compared_whole_by_host_or_by_domain() {
        assert_eq!(mailbox_within("a@example.kz", "a@EXAMPLE.kz"), Some(true));
        assert_eq!(mailbox_within("a@example.kz", "A@example.kz"), Some(false));
        assert_eq!(mailbox_within("example.kz", "a@example.kz"), Some(true));
        assert_eq!(mailbox_within("example.kz", "a@b.example.kz"), Some(false));
        assert_eq!(mailbox_within(".example.kz", "a@b.example.kz"), Some(true));
        assert_eq!(mailbox_within(".example.kz", "a@example.kz"), Some(false));
        assert_eq!(mailbox_within("example.kz", "\"x@evil.kz\"@example.kz"), Some(true));
        for odd in ["", "a", "@example.kz", "a@", "a@[192.0.2.1]"] {
            assert_eq!(mailbox_within("example.kz", odd), None, "{odd:?}");
        }
    }

    #[test]
    fn the_host_of_an_address_is_what_constraints_are_about() {
        assert_eq!(host_of("http://a@evil.kz@example.kz:80/x?y#z"), Some("example.kz"));
        assert_eq!(host_of("ldap://example.kz"), Some("example.kz"));
        let within = |uri: &str| {
            let base = GeneralName::Uri(".example.kz".to_owned());
            let subtree = Subtree { base, has_bounds: false };
            is_within(&subtree, &GeneralName::Uri(uri.to_owned()), Side::Permitted)
        };
        assert_eq!(within("http://a.example.kz/"), Some(true));
        assert_eq!(within("http://example.kz/"), Some(false));
        assert_eq!(within("http://evil.kz?a.example.kz"), Some(false));
        for odd in
            ["urn:x", "http:///x", "http://192.0.2.1/", "http://[::1]/", "http://a\\.example.kz"]
        {
            assert_eq!(within(odd), None, "{odd}");
        }
    }

    #[test]
    fn addresses_are_compared_under_their_mask() {
        let base = [192, 0, 2, 0, 255, 255, 254, 0];
        assert_eq!(ip_within(&base, &[192, 0, 3, 9]), Some(true));
        assert_eq!(ip_within(&base, &[192, 0, 4, 9]), Some(false));
        assert_eq!(ip_within(&base, &[0; 16]), Some(false));
        assert_eq!(ip_within(&[192, 0, 2, 0, 255, 0, 255, 0], &[192, 0, 2, 1]), None);
        assert_eq!(ip_within(&[192, 0, 2, 0, 255, 127, 0, 0], &[192, 0, 2, 1]), None);
        assert_eq!(ip_within(&base, &[192, 0, 2]), None);
    }

    #[test]
    fn what_cannot_be_compared_is_let_through_by_nobody() {
        let of = |base| Subtree { base, has_bounds: false };
        let other = GeneralName::Other(oid::SMTP_UTF8_MAILBOX);
        let mailboxes = of(GeneralName::Mailbox("example.kz".to_owned()));
        let bounded = Subtree { base: GeneralName::Dns("a.kz".to_owned()), has_bounds: true };
        for (subtree, name) in [
            (mailboxes, other.clone()),
            (of(other.clone()), other),
            (of(GeneralName::Unread(8)), GeneralName::Unread(8)),
            (bounded, GeneralName::Dns("b.kz".to_owned())),
        ] {
            let permitted =
                NameConstraints { permitted: vec![subtree.clone()], excluded: Vec::new() };
            let excluded = NameConstraints { permitted: Vec::new(), excluded: vec![subtree] };
            for constraints in [permitted, excluded] {
                assert!(matches!(check(&constraints, &name), Some(NameFault::NotComparable(_))));
                // A name of another form is none of its business.
                assert!(check(&constraints, &GeneralName::Ip(vec![1, 2, 3, 4])).is_none());
            }
        }
    }
}
