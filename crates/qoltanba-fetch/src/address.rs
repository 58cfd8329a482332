//! Where one may connect to. An address from a certificate is a stranger's wish: it is followed
//! only to allow-listed hosts, on allowed ports, and never into a private network.
//!
//! ```
//! use qoltanba_fetch::AddressPolicy;
//!
//! let policy = AddressPolicy::national();
//! assert!(policy.approve("http://crl.pki.gov.kz/nca_gost_2022.crl").is_ok());
//! assert!(policy.approve("http://crl.pki.gov.kz.example/nca_gost_2022.crl").is_err());
//! assert!(policy.approve("http://169.254.169.254/latest/meta-data/").is_err());
//! ```

mod public;

use std::fmt;

use ureq::http::Uri;

pub use public::is_public;

use crate::national;

/// Why an address is not connected to.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum AddressFault {
    /// It is no absolute `http` address.
    Malformed,
    /// It is of another scheme. TLS is not spoken: what the authority serves is signed.
    Scheme(String),
    /// It carries a user's name or a password.
    UserInfo,
    /// Its path climbs (`..`), which would leave the folder that a mirror was given for.
    Climbs,
    /// The host is not on the allow-list.
    Host(String),
    /// The port is not allowed.
    Port(u16),
    /// The name leads to an address that is not public.
    NotPublic(String),
    /// Addresses from certificates are not followed by this policy.
    ConfiguredOnly,
}

/// An `http` address in its plain form: lower-case host, no default port, no fragment.
#[derive(Clone, PartialEq, Eq, Hash)]
pub(crate) struct Address {
    text: String,
    pub(crate) host: String,
    pub(crate) port: u16,
}

impl Address {
    pub(crate) fn parse(text: &str) -> Result<Self, AddressFault> {
        // The parser of the client itself: two parsers could mean two hosts.
        let uri: Uri = text.trim().parse().map_err(|_| AddressFault::Malformed)?;
        let scheme = uri.scheme_str().ok_or(AddressFault::Malformed)?.to_ascii_lowercase();
        if scheme != "http" {
            return Err(AddressFault::Scheme(scheme));
        }
        let authority = uri.authority().ok_or(AddressFault::Malformed)?;
        if authority.as_str().contains('@') {
            return Err(AddressFault::UserInfo);
        }
        let host = authority.host().trim_end_matches('.').to_ascii_lowercase();
        let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_');
        let literal = host.strip_prefix('[').and_then(|h| h.strip_suffix(']'));
        let known = match literal {
            Some(inside) => inside.parse::<std::net::Ipv6Addr>().is_ok(),
            None => !host.is_empty() && host.len() <= 253 && host.chars().all(plain),
        };
        // `http` lets a port be text that is no number.
        let behind = authority.as_str().get(authority.host().len()..).unwrap_or_default();
        let port = match behind {
            "" | ":" => Some(80),
            _ => behind.strip_prefix(':').and_then(|p| p.parse().ok()).filter(|p| *p != 0),
        };
        let (true, Some(port)) = (known, port) else { return Err(AddressFault::Malformed) };
        let path = uri.path_and_query().map_or("/", |p| p.as_str());
        if climbs(uri.path()) {
            return Err(AddressFault::Climbs);
        }
        let slash = if path.starts_with('/') { "" } else { "/" };
        let text = match port {
            80 => format!("http://{host}{slash}{path}"),
            _ => format!("http://{host}:{port}{slash}{path}"),
        };
        Ok(Self { text, host, port })
    }

    pub(crate) fn as_str(&self) -> &str {
        &self.text
    }

    pub(crate) fn is(&self, host: &str, port: u16) -> bool {
        self.host.eq_ignore_ascii_case(host) && self.port == port
    }
}

/// Whether a segment of the path is `.` or `..`, plain or encoded (RFC 3986 §5.2.4, §2.1).
fn climbs(path: &str) -> bool {
    path.split(['/', '\\'])
        .map(|segment| segment.to_ascii_lowercase().replace("%2e", "."))
        .any(|segment| segment == "." || segment == ".." || segment.contains("%2f"))
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text)
    }
}

/// How far an approved address may lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Reach {
    /// To public addresses only: a certificate named it.
    Public,
    /// Anywhere: the operator named it.
    Any,
}

/// An address that may be connected to. Made only by an [`AddressPolicy`] or by the operator.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Approved {
    address: Address,
    reach: Reach,
}

impl Approved {
    /// An address that the operator configured; it may be private.
    ///
    /// # Errors
    /// When it is no plain `http` address.
    pub fn by_operator(address: &str) -> Result<Self, AddressFault> {
        Ok(Self { address: Address::parse(address)?, reach: Reach::Any })
    }

    /// The address as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        self.address.as_str()
    }

    pub(crate) fn host_and_port(&self) -> String {
        format!("{}:{}", self.address.host, self.address.port)
    }

    pub(crate) fn reach(&self) -> Reach {
        self.reach
    }
}

/// A host, or every host below one: `pki.gov.kz`, `*.pki.gov.kz`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HostRule {
    below: bool,
    host: String,
}

impl HostRule {
    /// Reads a rule.
    ///
    /// # Errors
    /// When it is no host name: `*` alone would allow everything, and a port or a path would not
    /// be held to ([`AddressPolicy::allow_port`] allows ports).
    pub fn parse(text: &str) -> Result<Self, AddressFault> {
        let (below, host) = match text.strip_prefix("*.") {
            Some(host) => (true, host),
            None => (false, text),
        };
        let address = Address::parse(&format!("http://{host}/"))?;
        let bare = address.text == format!("http://{}/", address.host);
        let single = below && !address.host.contains('.');
        if !bare || single {
            return Err(AddressFault::Malformed);
        }
        Ok(Self { below, host: address.host })
    }

    fn allows(&self, host: &str) -> bool {
        match host.strip_suffix(self.host.as_str()) {
            Some(front) if self.below => front.len() > 1 && front.ends_with('.'),
            Some(front) => front.is_empty(),
            None => false,
        }
    }
}

/// Which addresses from certificates are followed, and where operators lead them instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AddressPolicy {
    hosts: Vec<HostRule>,
    ports: Vec<u16>,
    mirrors: Vec<(Address, Address)>,
    configured_only: bool,
}

impl AddressPolicy {
    /// Follows nothing.
    #[must_use]
    pub const fn none() -> Self {
        Self { hosts: Vec::new(), ports: Vec::new(), mirrors: Vec::new(), configured_only: false }
    }

    /// Follows addresses on the hosts of Kazakhstan's national authority, on port 80.
    #[must_use]
    pub fn national() -> Self {
        let hosts = national::HOSTS.iter().filter_map(|host| HostRule::parse(host).ok()).collect();
        Self { hosts, ports: vec![80], ..Self::none() }
    }

    /// Allows a host, or those below one.
    #[must_use]
    pub fn allow(mut self, rule: HostRule) -> Self {
        self.hosts.push(rule);
        if self.ports.is_empty() {
            self.ports.push(80);
        }
        self
    }

    /// Allows a port other than 80.
    #[must_use]
    pub fn allow_port(mut self, port: u16) -> Self {
        self.ports.push(port);
        self
    }

    /// Asks `instead` wherever a certificate names an address that begins with `prefix`; the rest
    /// of the address is kept. The mirror may be private.
    ///
    /// # Errors
    /// When one of them is no plain `http` address that ends with a slash.
    pub fn mirror(mut self, prefix: &str, instead: &str) -> Result<Self, AddressFault> {
        let (prefix, instead) = (Address::parse(prefix)?, Address::parse(instead)?);
        // Without the slash `http://crl.pki.gov.kz` would be a prefix of another host.
        if !prefix.as_str().ends_with('/') || !instead.as_str().ends_with('/') {
            return Err(AddressFault::Malformed);
        }
        self.mirrors.push((prefix, instead));
        Ok(self)
    }

    /// Follows no address from a certificate but those with a mirror.
    #[must_use]
    pub const fn configured_only(mut self) -> Self {
        self.configured_only = true;
        self
    }

    /// Decides on an address from a certificate. The name is not resolved yet: that it leads to
    /// public addresses only is checked when connecting, on the very address connected to.
    ///
    /// # Errors
    /// When the address may not be followed.
    pub fn approve(&self, address: &str) -> Result<Approved, AddressFault> {
        let address = Address::parse(address)?;
        for (prefix, instead) in &self.mirrors {
            if let Some(rest) = address.as_str().strip_prefix(prefix.as_str()) {
                let text = format!("{}{rest}", instead.as_str());
                return Ok(Approved { address: Address::parse(&text)?, reach: Reach::Any });
            }
        }
        if self.configured_only {
            return Err(AddressFault::ConfiguredOnly);
        }
        if !self.hosts.iter().any(|rule| rule.allows(&address.host)) {
            return Err(AddressFault::Host(address.host));
        }
        if !self.ports.contains(&address.port) {
            return Err(AddressFault::Port(address.port));
        }
        Ok(Approved { address, reach: Reach::Public })
    }
}

impl Default for AddressPolicy {
    fn default() -> Self {
        Self::national()
    }
}

#[cfg(test)]
mod tests;
