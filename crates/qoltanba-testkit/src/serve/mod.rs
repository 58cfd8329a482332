//! The services of a test authority on loopback: lists, certificates, OCSP and time stamps.

mod http;
mod services;

use std::{
    io::{self, Read as _},
    net::{SocketAddr, TcpListener, TcpStream},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    thread::{self, JoinHandle},
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use qoltanba::Instant;
use rand_core::CryptoRng;

pub use services::Services;

use self::http::{Request, Response};
use crate::{
    ocsp::{OcspFault, OcspRefusal},
    time_stamp::{FailInfo, TimeStampFault, TimeStampRefusal},
};

/// The services of a test authority on a loopback address, until it is dropped.
///
/// The addresses are those of [`Addresses`](crate::Addresses): `GET /crl/NAME.crl`,
/// `GET /cert/NAME.cer`, `POST /ocsp/` or `GET /ocsp/BASE64`, `POST /tsp/`. Times are real.
///
/// ```
/// use std::net::TcpListener;
/// use qoltanba::algorithm::SignatureAlgorithm;
/// use qoltanba_testkit::{Addresses, Behaviour, DevPki, SeededRng, Server, Service, Services};
///
/// let listener = TcpListener::bind("127.0.0.1:0")?;
/// let base = format!("http://{}", listener.local_addr()?);
/// let at = "2026-11-22T00:00:00Z".parse()?;
/// let mut rng = SeededRng::new(1);
/// let algorithms = [SignatureAlgorithm::Gost2015_512];
/// let pki = DevPki::with_addresses(&algorithms, &Addresses { base }, at, &mut rng)?;
/// let services = Services::of(&pki, &mut rng)?;
/// let server = Server::start(listener, services, Box::new(rng))?;
/// server.behave(Service::Ocsp, Behaviour::TryLater);
/// assert_eq!(server.asked(Service::Ocsp), 0);
/// server.shutdown();
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Server {
    address: SocketAddr,
    shared: Arc<Shared>,
    accepting: Option<JoinHandle<()>>,
}

/// What is served.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Service {
    /// Revocation lists.
    Lists,
    /// Certificates of authorities.
    Certificates,
    /// The status of certificates.
    Ocsp,
    /// Time stamps.
    TimeStamps,
}

/// How a service behaves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub enum Behaviour {
    /// As it should.
    #[default]
    Right,
    /// It asks to come again: tryLater, timeNotAvailable, or status 503.
    TryLater,
    /// It takes the request and never answers.
    Silence,
    /// It answers rightly after this time.
    Slow(Duration),
    /// It answers with octets that mean nothing, under the right type.
    Garbage,
    /// It answers with a page, as a filter or a portal does.
    Html,
    /// It closes the connection in the middle of the right answer.
    Half,
    /// It answers with no octet.
    Empty,
    /// It answers with what is right for another question: another certificate, another digest,
    /// another authority's list.
    Other,
    /// It answers with status 500.
    Broken,
    /// It sends elsewhere.
    Redirect,
    /// An OCSP answer with this defect. Defects of the responder's certificate change nothing.
    Ocsp(OcspFault),
    /// A time stamp with this defect. Defects of the authority's certificate change nothing.
    TimeStamp(TimeStampFault),
    /// A time stamp is refused for this reason.
    Refuse(FailInfo),
}

/// How long silence lasts: longer than any client that is tested waits.
const SILENCE: Duration = Duration::from_secs(120);
/// How many connections are served at once.
const MAX_CONNECTIONS: usize = 64;
const OCSP_REQUEST: &str = "application/ocsp-request";
const OCSP_RESPONSE: &str = "application/ocsp-response";
const TIME_STAMP_QUERY: &str = "application/timestamp-query";
const TIME_STAMP_REPLY: &str = "application/timestamp-reply";

struct Shared {
    services: Services,
    rng: Mutex<Box<dyn CryptoRng + Send>>,
    behaviour: [Mutex<Behaviour>; 4],
    asked: [AtomicU64; 4],
    stamps: AtomicU64,
    connections: AtomicUsize,
    stopped: AtomicBool,
}

impl Server {
    /// Starts to serve. Several threads answer at once.
    ///
    /// # Errors
    /// When the address is not a loopback one: everybody has the keys of a test authority.
    pub fn start(
        listener: TcpListener,
        services: Services,
        rng: Box<dyn CryptoRng + Send>,
    ) -> io::Result<Self> {
        let address = listener.local_addr()?;
        if !address.ip().is_loopback() {
            let why = "a test authority is served on loopback only";
            return Err(io::Error::new(io::ErrorKind::InvalidInput, why));
        }
        let shared = Arc::new(Shared {
            services,
            rng: Mutex::new(rng),
            behaviour: Default::default(),
            asked: Default::default(),
            // A token's number must not come twice, not after a restart either.
            stamps: AtomicU64::new(u64::try_from(now().unix()).unwrap_or_default() << 24),
            connections: AtomicUsize::new(0),
            stopped: AtomicBool::new(false),
        });
        let accepting = thread::spawn({
            let shared = Arc::clone(&shared);
            move || accept(&listener, &shared)
        });
        Ok(Self { address, shared, accepting: Some(accepting) })
    }

    /// Where it is.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// From now on a service behaves like this.
    pub fn behave(&self, service: Service, behaviour: Behaviour) {
        *self.shared.behaviour_of(service) = behaviour;
    }

    /// How often a service was asked.
    #[must_use]
    pub fn asked(&self, service: Service) -> u64 {
        let [lists, certificates, ocsp, time_stamps] = &self.shared.asked;
        match service {
            Service::Lists => lists,
            Service::Certificates => certificates,
            Service::Ocsp => ocsp,
            Service::TimeStamps => time_stamps,
        }
        .load(Ordering::Relaxed)
    }

    /// Waits until it is stopped, which another thread or the end of the process does.
    pub fn wait(mut self) {
        if let Some(accepting) = self.accepting.take() {
            let _ = accepting.join();
        }
    }

    /// Stops: nothing is answered any more, and the address is free.
    pub fn shutdown(self) {}
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shared.stopped.store(true, Ordering::Relaxed);
        // A connection wakes the thread that accepts them.
        let woken = TcpStream::connect_timeout(&self.address, Duration::from_secs(1)).is_ok();
        if let Some(accepting) = self.accepting.take()
            && woken
        {
            let _ = accepting.join();
        }
    }
}

fn accept(listener: &TcpListener, shared: &Arc<Shared>) {
    for stream in listener.incoming() {
        if shared.stopped.load(Ordering::Relaxed) {
            return;
        }
        let Ok(mut stream) = stream else { continue };
        if shared.connections.fetch_add(1, Ordering::Relaxed) >= MAX_CONNECTIONS {
            shared.connections.fetch_sub(1, Ordering::Relaxed);
            let _ = Response::error("503 Service Unavailable").send(&mut stream, "GET", usize::MAX);
            continue;
        }
        let shared = Arc::clone(shared);
        thread::spawn(move || {
            // A client that goes away has had enough.
            let _ = shared.serve(&mut stream);
            shared.connections.fetch_sub(1, Ordering::Relaxed);
        });
    }
}

impl Shared {
    fn behaviour_of(&self, service: Service) -> std::sync::MutexGuard<'_, Behaviour> {
        let [lists, certificates, ocsp, time_stamps] = &self.behaviour;
        match service {
            Service::Lists => lists,
            Service::Certificates => certificates,
            Service::Ocsp => ocsp,
            Service::TimeStamps => time_stamps,
        }
        .lock()
        .unwrap_or_else(PoisonError::into_inner)
    }

    fn count(&self, service: Service) {
        let [lists, certificates, ocsp, time_stamps] = &self.asked;
        match service {
            Service::Lists => lists,
            Service::Certificates => certificates,
            Service::Ocsp => ocsp,
            Service::TimeStamps => time_stamps,
        }
        .fetch_add(1, Ordering::Relaxed);
    }

    fn serve(&self, stream: &mut TcpStream) -> io::Result<()> {
        let request = match http::read(stream) {
            Ok(Some(request)) => request,
            Ok(None) => return Ok(()),
            Err(answer) => return answer.send(stream, "GET", usize::MAX),
        };
        let Some(service) = service(&request.path) else {
            return Response::error("404 Not Found").send(stream, &request.method, usize::MAX);
        };
        self.count(service);
        let behaviour = *self.behaviour_of(service);
        let mut answer = self.answer(service, &request, behaviour);
        let mut sent = usize::MAX;
        match behaviour {
            Behaviour::Silence => return self.keep_silent(stream),
            Behaviour::Slow(time) => thread::sleep(time),
            Behaviour::Garbage => answer.body = vec![0xa5; 700],
            Behaviour::Html => {
                let page = "<!DOCTYPE html><title>Портал</title><p>Қате</p>".as_bytes();
                answer = Response::ok("text/html; charset=utf-8", page.to_vec());
            }
            Behaviour::Half => sent = answer.body.len() / 2,
            Behaviour::Empty => answer.body.clear(),
            Behaviour::Broken => answer = Response::error("500 Internal Server Error"),
            Behaviour::Redirect => {
                let elsewhere = Some("http://elsewhere.invalid/");
                answer = Response { location: elsewhere, ..Response::error("302 Found") };
            }
            _ => {}
        }
        answer.send(stream, &request.method, sent)
    }

    /// Until the client goes, or the server.
    fn keep_silent(&self, stream: &mut TcpStream) -> io::Result<()> {
        let pause = Duration::from_millis(50);
        stream.set_read_timeout(Some(pause))?;
        let mut waited = Duration::ZERO;
        while waited < SILENCE && !self.stopped.load(Ordering::Relaxed) {
            match stream.read(&mut [0; 16]) {
                Ok(0) => return Ok(()),
                Ok(_) => {}
                Err(e)
                    if matches!(e.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::TimedOut) =>
                {
                    waited += pause;
                }
                Err(e) => return Err(e),
            }
        }
        Ok(())
    }

    fn answer(&self, service: Service, request: &Request, behaviour: Behaviour) -> Response {
        match service {
            Service::Lists | Service::Certificates => self.file(service, request, behaviour),
            Service::Ocsp => self.status(request, behaviour),
            Service::TimeStamps => self.stamp(request, behaviour),
        }
    }

    fn file(&self, service: Service, request: &Request, behaviour: Behaviour) -> Response {
        if !matches!(request.method.as_str(), "GET" | "HEAD") {
            return Response::error("405 Method Not Allowed");
        }
        if behaviour == Behaviour::TryLater {
            return Response::error("503 Service Unavailable");
        }
        let (files, content_type) = match service {
            Service::Lists => (&self.services.lists, "application/pkix-crl"),
            _ => (&self.services.certificates, "application/pkix-cert"),
        };
        let name = request.path.rsplit('/').next().unwrap_or_default();
        let other = || files.iter().find(|(other, _)| *other != name).map(|(_, file)| file);
        let file = match behaviour {
            Behaviour::Other => other(),
            _ => files.get(name),
        };
        match file {
            Some(file) => Response::ok(content_type, file.clone()),
            None => Response::error("404 Not Found"),
        }
    }

    fn status(&self, request: &Request, behaviour: Behaviour) -> Response {
        let asked = match request.method.as_str() {
            "POST" if request.content_type == OCSP_REQUEST => request.body.clone(),
            "POST" => return Response::error("415 Unsupported Media Type"),
            // RFC 6960 appendix A.1: base64 with the escapes of an address.
            "GET" => {
                let text = http::unescaped(request.path.trim_start_matches("/ocsp/"));
                STANDARD.decode(text).unwrap_or_default()
            }
            _ => return Response::error("405 Method Not Allowed"),
        };
        let fault = match behaviour {
            Behaviour::TryLater => {
                return Response::ok(OCSP_RESPONSE, OcspRefusal::TryLater.to_der().to_vec());
            }
            Behaviour::Ocsp(fault) => Some(fault),
            Behaviour::Other => Some(OcspFault::WrongSerial),
            _ => None,
        };
        let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
        Response::ok(OCSP_RESPONSE, self.services.status(&asked, now(), fault, &mut **rng))
    }

    fn stamp(&self, request: &Request, behaviour: Behaviour) -> Response {
        if request.method != "POST" {
            return Response::error("405 Method Not Allowed");
        }
        if request.content_type != TIME_STAMP_QUERY {
            return Response::error("415 Unsupported Media Type");
        }
        let refusal = match behaviour {
            Behaviour::TryLater => Some(FailInfo::TimeNotAvailable),
            Behaviour::Refuse(why) => Some(why),
            _ => None,
        };
        let fault = match behaviour {
            Behaviour::TimeStamp(fault) => Some(fault),
            Behaviour::Other => Some(TimeStampFault::ImprintMismatch),
            _ => None,
        };
        let answer = match refusal {
            Some(why) => TimeStampRefusal::because(why).to_der(),
            None => {
                let serial = self.stamps.fetch_add(1, Ordering::Relaxed);
                let mut rng = self.rng.lock().unwrap_or_else(PoisonError::into_inner);
                self.services.stamp(&request.body, now(), serial, fault, &mut **rng)
            }
        };
        match answer {
            Ok(body) => Response::ok(TIME_STAMP_REPLY, body),
            Err(_) => Response::error("500 Internal Server Error"),
        }
    }
}

fn service(path: &str) -> Option<Service> {
    let (first, _) = path.strip_prefix('/')?.split_once('/').unwrap_or((path.get(1..)?, ""));
    Some(match first {
        "crl" => Service::Lists,
        "cert" => Service::Certificates,
        "ocsp" => Service::Ocsp,
        "tsp" => Service::TimeStamps,
        _ => return None,
    })
}

/// Evidence is about real time: those who judge it have no other.
fn now() -> Instant {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |past| past.as_secs());
    Instant::from_unix(i64::try_from(since).unwrap_or(i64::MAX))
}
