//! HTTP as the authority's hosts need it: short tries, no redirects, a User-Agent always, and
//! nothing believed of what they say about what they send.
//!
//! ```
//! use qoltanba_fetch::{AddressPolicy, Http, Patience, Quantity};
//!
//! let http = Http::new(Patience::WHILE_A_USER_WAITS);
//! let address = AddressPolicy::national().approve("http://crl.pki.gov.kz/nca_gost_2022.crl")?;
//! # if false {
//! let list = http.get(&address, Quantity::List)?;
//! # }
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod resolver;

use std::{
    fmt,
    io::{self, Read as _},
    thread,
    time::Duration,
};

use ureq::{
    Agent, Body,
    config::{AutoHeaderValue, Config},
    http::{Response, StatusCode, header},
    unversioned::transport::{ConnectProxyConnector, Connector as _, TcpConnector},
};

use self::resolver::{CheckedResolver, NotPublic};
use crate::address::{Address, AddressFault, Approved, Reach};

/// Without it the authority's hosts redirect to the portal of a filter (nuc-in-practice).
const USER_AGENT: &str = concat!("qoltanba/", env!("CARGO_PKG_VERSION"));

/// Why nothing came, or nothing that can be used.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum HttpError {
    /// The address may not be connected to.
    Refused(AddressFault),
    /// The name is not known.
    UnknownHost,
    /// No connection could be made, or it broke off.
    Connection(io::ErrorKind),
    /// The host was silent, or too slow.
    Timeout,
    /// The host answered with this status.
    Status(u16),
    /// The host sends elsewhere; that is never followed.
    Redirect {
        /// Where to, as it says.
        to: Option<String>,
    },
    /// There is more than the limit.
    TooLarge {
        /// The limit, in bytes.
        limit: u64,
    },
    /// The body ended before what was announced.
    CutShort,
    /// There is no body.
    Empty,
    /// The body is a page for people.
    Html,
    /// The host does not speak HTTP/1.1.
    Protocol,
    /// The proxy does not let through.
    Proxy,
}

impl HttpError {
    /// Whether another try may bring more.
    const fn is_passing(&self) -> bool {
        match self {
            Self::UnknownHost
            | Self::Connection(_)
            | Self::Timeout
            | Self::CutShort
            | Self::Empty => true,
            Self::Status(status) => matches!(status, 429 | 500 | 502 | 503 | 504),
            _ => false,
        }
    }
}

/// How long a host is waited for, and how often it is asked. The authority's hosts stay silent
/// for longer than any sensible limit while the next try is answered in milliseconds, so several
/// short tries beat one long one (nuc-in-practice).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Patience {
    /// Tries of one address.
    pub tries: u32,
    /// Rest between two tries.
    pub rest: Duration,
    /// For the name to be resolved, and again for the connection.
    pub connect: Duration,
    /// Until the answer begins.
    pub answer: Duration,
    /// For everything of one try, with the body.
    pub whole: Duration,
}

impl Patience {
    /// One try: somebody waits for the verdict.
    pub const WHILE_A_USER_WAITS: Self = Self {
        tries: 1,
        rest: Duration::ZERO,
        connect: Duration::from_secs(2),
        answer: Duration::from_secs(4),
        whole: Duration::from_secs(20),
    };

    /// Several tries: the list is fetched ahead of need.
    pub const SCHEDULED: Self = Self {
        tries: 4,
        rest: Duration::from_millis(500),
        connect: Duration::from_secs(3),
        answer: Duration::from_secs(6),
        whole: Duration::from_secs(120),
    };
}

/// How much a body may be, by what it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Quantity {
    /// A revocation list: 64 MB. The largest of the authority has 21 MB.
    List,
    /// A certificate, a bundle of them, an OCSP answer or a time stamp: 1 MB.
    Small,
}

impl Quantity {
    const fn limit(self) -> u64 {
        match self {
            Self::List => 64 << 20,
            Self::Small => 1 << 20,
        }
    }
}

/// A proxy, as the operator configures it. The environment is not looked at.
///
/// Plain `http` goes through it by CONNECT, also to port 80, which the proxy must allow.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Proxy {
    address: Address,
    resolves: bool,
}

impl Proxy {
    /// A proxy that is told which address to connect to: names are resolved here and what they
    /// lead to is checked, as without a proxy.
    ///
    /// # Errors
    /// When it is no plain `http` address.
    pub fn new(address: &str) -> Result<Self, AddressFault> {
        Ok(Self { address: Address::parse(address)?, resolves: false })
    }

    /// A proxy that is told the name and resolves it itself, for networks where nobody else can.
    /// The allow-list of hosts still holds; that a name leads to no private address is then for
    /// the proxy to see to.
    ///
    /// # Errors
    /// When it is no plain `http` address.
    pub fn that_resolves(address: &str) -> Result<Self, AddressFault> {
        Ok(Self { resolves: true, ..Self::new(address)? })
    }
}

/// The content types of requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Posted {
    /// RFC 6960 §A.1.
    OcspRequest,
    /// RFC 3161 §3.4.
    TimeStampQuery,
}

impl Posted {
    const fn content_type(self) -> &'static str {
        match self {
            Self::OcspRequest => "application/ocsp-request",
            Self::TimeStampQuery => "application/timestamp-query",
        }
    }
}

/// A client. It reads nothing from the environment and holds no connection open.
#[derive(Clone)]
pub struct Http {
    patience: Patience,
    /// For addresses from certificates.
    public: Agent,
    /// For addresses of the operator.
    any: Agent,
}

impl Http {
    /// A client that connects directly.
    #[must_use]
    pub fn new(patience: Patience) -> Self {
        Self {
            patience,
            public: agent(&patience, Reach::Public, None),
            any: agent(&patience, Reach::Any, None),
        }
    }

    /// A client that connects through a proxy.
    #[must_use]
    pub fn through(patience: Patience, proxy: &Proxy) -> Self {
        Self {
            patience,
            public: agent(&patience, Reach::Public, Some(proxy)),
            any: agent(&patience, Reach::Any, Some(proxy)),
        }
    }

    /// Gets what is there.
    ///
    /// # Errors
    /// When nothing comes that could be DER or PEM.
    pub fn get(&self, address: &Approved, quantity: Quantity) -> Result<Vec<u8>, HttpError> {
        self.tries(|| {
            let request = self.agent(address).get(address.as_str());
            body_of(request.call().map_err(|e| error(&e))?, quantity)
        })
    }

    /// Sends a request and gets the answer to it.
    pub(crate) fn post(
        &self,
        address: &Approved,
        what: Posted,
        request: &[u8],
    ) -> Result<Vec<u8>, HttpError> {
        self.tries(|| {
            let sent = self
                .agent(address)
                .post(address.as_str())
                .header(header::CONTENT_TYPE, what.content_type())
                .send(request);
            body_of(sent.map_err(|e| error(&e))?, Quantity::Small)
        })
    }

    fn agent(&self, address: &Approved) -> &Agent {
        match address.reach() {
            Reach::Public => &self.public,
            Reach::Any => &self.any,
        }
    }

    fn tries<T>(&self, mut one: impl FnMut() -> Result<T, HttpError>) -> Result<T, HttpError> {
        let mut left = self.patience.tries;
        loop {
            left = left.saturating_sub(1);
            match one() {
                Err(error) if left > 0 && error.is_passing() => thread::sleep(self.patience.rest),
                outcome => return outcome,
            }
        }
    }
}

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Http").field("patience", &self.patience).finish_non_exhaustive()
    }
}

fn agent(patience: &Patience, reach: Reach, proxy: Option<&Proxy>) -> Agent {
    let proxied = proxy.and_then(|proxy| {
        let built = ureq::Proxy::builder(ureq::ProxyProtocol::Http)
            .host(&proxy.address.host)
            .port(proxy.address.port)
            .resolve_target(!proxy.resolves);
        built.build().ok()
    });
    let config: Config = Config::builder()
        .proxy(proxied)
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .user_agent(AutoHeaderValue::Provided(USER_AGENT.to_owned().into()))
        .max_response_header_size(64 << 10)
        // A held connection could be one that has gone silent.
        .max_idle_connections(0)
        .timeout_resolve(Some(patience.connect))
        .timeout_connect(Some(patience.connect))
        .timeout_send_request(Some(patience.answer))
        .timeout_send_body(Some(patience.answer))
        .timeout_recv_response(Some(patience.answer))
        .timeout_global(Some(patience.whole))
        .build();
    let connector = ().chain(ConnectProxyConnector::default()).chain(TcpConnector::default());
    let resolver = CheckedResolver::new(reach, proxy.map(|proxy| proxy.address.clone()));
    Agent::with_parts(config, connector, resolver)
}

/// Reads a body under its limit and sees that it could be what was asked for. The content type is
/// not looked at: hosts name it as they like.
fn body_of(mut response: Response<Body>, quantity: Quantity) -> Result<Vec<u8>, HttpError> {
    let status = response.status();
    if status.is_redirection() {
        let to = response.headers().get(header::LOCATION);
        let to = to.map(|to| String::from_utf8_lossy(to.as_bytes()).into_owned());
        return Err(HttpError::Redirect { to });
    }
    if status != StatusCode::OK {
        return Err(HttpError::Status(status.as_u16()));
    }
    let limit = quantity.limit();
    let too_large = HttpError::TooLarge { limit };
    let announced = response.body().content_length();
    if announced.is_some_and(|length| length > limit) {
        return Err(too_large);
    }
    let mut body = Vec::new();
    let read = response.body_mut().as_reader().take(limit + 1).read_to_end(&mut body);
    read.map_err(|e| error(&ureq::Error::from(e)))?;
    if body.len() as u64 > limit {
        return Err(too_large);
    }
    if announced.is_some_and(|length| length != body.len() as u64) {
        return Err(HttpError::CutShort);
    }
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&body).trim_ascii_start();
    match text.first() {
        None => Err(HttpError::Empty),
        Some(b'<') => Err(HttpError::Html),
        Some(_) => Ok(body),
    }
}

fn error(error: &ureq::Error) -> HttpError {
    use io::ErrorKind;
    match error {
        ureq::Error::Timeout(_) => HttpError::Timeout,
        ureq::Error::HostNotFound => HttpError::UnknownHost,
        ureq::Error::Other(inner) => match inner.downcast_ref::<NotPublic>() {
            Some(NotPublic(address)) => {
                HttpError::Refused(AddressFault::NotPublic(address.to_string()))
            }
            None => HttpError::Protocol,
        },
        ureq::Error::Io(e) => match e.kind() {
            ErrorKind::UnexpectedEof => HttpError::CutShort,
            ErrorKind::TimedOut | ErrorKind::WouldBlock => HttpError::Timeout,
            kind => HttpError::Connection(kind),
        },
        ureq::Error::ConnectionFailed => HttpError::Connection(ErrorKind::ConnectionRefused),
        ureq::Error::ConnectProxyFailed(_) | ureq::Error::InvalidProxyUrl => HttpError::Proxy,
        ureq::Error::BodyExceedsLimit(limit) => HttpError::TooLarge { limit: *limit },
        _ => HttpError::Protocol,
    }
}
