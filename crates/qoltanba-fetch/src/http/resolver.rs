//! Resolving names and looking at what they lead to. The client connects to the addresses that
//! come out of here and to no others, so no second look-up can lead elsewhere (DNS rebinding).

use std::{error, fmt, net::IpAddr};

use ureq::{
    Error,
    config::Config,
    http::Uri,
    unversioned::{
        resolver::{DefaultResolver, ResolvedSocketAddrs, Resolver},
        transport::NextTimeout,
    },
};

use crate::address::{Address, Reach, is_public};

/// A name led to an address that is not public.
#[derive(Debug)]
pub(super) struct NotPublic(pub(super) IpAddr);

impl fmt::Display for NotPublic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the name leads to {}, which is not public", self.0)
    }
}

impl error::Error for NotPublic {}

#[derive(Debug)]
pub(super) struct CheckedResolver {
    inner: DefaultResolver,
    reach: Reach,
    /// The operator's proxy, which may be private.
    proxy: Option<Address>,
}

impl CheckedResolver {
    pub(super) fn new(reach: Reach, proxy: Option<Address>) -> Self {
        Self { inner: DefaultResolver::default(), reach, proxy }
    }

    fn is_proxy(&self, uri: &Uri) -> bool {
        let port = uri.port_u16().unwrap_or(80);
        self.proxy.as_ref().is_some_and(|proxy| proxy.is(uri.host().unwrap_or_default(), port))
    }
}

impl Resolver for CheckedResolver {
    fn resolve(
        &self,
        uri: &Uri,
        config: &Config,
        timeout: NextTimeout,
    ) -> Result<ResolvedSocketAddrs, Error> {
        let found = self.inner.resolve(uri, config, timeout).map_err(|error| match error {
            // The standard library has no kind for a name that is not known.
            Error::Io(_) => Error::HostNotFound,
            other => other,
        })?;
        if self.reach == Reach::Public && !self.is_proxy(uri) {
            // One bad address among good ones is a trick, not a spare.
            let bad = found.iter().find(|address| !is_public(address.ip()));
            if let Some(address) = bad {
                return Err(Error::Other(Box::new(NotPublic(address.ip()))));
            }
        }
        Ok(found)
    }
}
