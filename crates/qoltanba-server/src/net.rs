//! Connections: how many, how slow, and how they end.
//!
//! HTTP/1.1 alone is spoken: TLS and other versions are ended by the proxy in front. A connection is
//! *idle* until the head of a request is there, and again after its answer. Idle ones cost little
//! and are closed after a while; when there are more than allowed, those that idle longest go
//! first, then those whose body began first, so that neither a crowd that says nothing nor one that
//! sends slowly keeps anybody out. One client has only a part of all; beyond it its own go.

mod connections;
mod reading;
mod stall;

use std::{
    fmt, fs, future, io,
    net::{IpAddr, SocketAddr},
    pin::pin,
    sync::Arc,
    time::Duration,
};

use axum::{Router, body::Bytes};
use hyper::{
    body::{Body as _, Incoming},
    server::conn::http1,
    service::service_fn,
};
use hyper_util::rt::{TokioIo, TokioTimer};
use qoltanba::Lang;
use tokio::{
    net::{TcpListener, TcpStream},
    runtime, signal,
    sync::watch,
    task::JoinSet,
    time,
};
use tower::ServiceExt as _;

use self::{
    connections::{Connection, Connections},
    reading::Reading,
    stall::Stalling,
};
use crate::{
    app::{App, app},
    audit,
    client::{self, Peer},
    config::{Config, ConfigError},
    demo::{self, Provider},
    evidence, ops,
    workers::Workers,
};

/// Why the service could not be run.
#[derive(Debug)]
#[non_exhaustive]
pub enum ServeError {
    /// The settings cannot be used.
    Config(ConfigError),
    /// The address cannot be listened on.
    Listen {
        /// The address.
        address: SocketAddr,
        /// How.
        kind: io::ErrorKind,
    },
    /// The system gives no threads or signals.
    System {
        /// How.
        kind: io::ErrorKind,
    },
    /// The notice of a service to show cannot be registered.
    Notice {
        /// The status of the answer.
        status: u16,
    },
}

impl ServeError {
    /// The sentence for people.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let words = crate::lang::Words {
            kk: "тыңдау мүмкін емес",
            ru: "не удаётся слушать",
            en: "cannot listen on",
        };
        match self {
            Self::Config(error) => error.text(lang),
            Self::Listen { address, kind } => format!("{} {address}: {kind}", words.pick(lang)),
            Self::System { kind } => kind.to_string(),
            Self::Notice { status } => {
                let words = crate::lang::Words {
                    kk: "хабарлама тіркелмеді",
                    ru: "уведомление не зарегистрировано",
                    en: "the notice was not registered",
                };
                format!("{}: {status}", words.pick(lang))
            }
        }
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Lang::En))
    }
}

impl std::error::Error for ServeError {}

impl From<ConfigError> for ServeError {
    fn from(error: ConfigError) -> Self {
        Self::Config(error)
    }
}

/// Serves until the process is told to end (SIGTERM, Ctrl-C), with a runtime of its own and logs on
/// standard error. `ready` is told the address once it is listened on.
///
/// # Errors
/// When it could not begin.
pub fn serve(config: Config, ready: impl FnOnce(SocketAddr)) -> Result<(), ServeError> {
    run(config, async |server| Ok(server), ready)
}

/// Serves to show: registers a notice of a provider first, and hands it out at `/demo/notice.pdf`.
///
/// # Errors
/// As [`serve`], and when the notice is not one that can be registered.
pub fn serve_demo(
    config: Config,
    provider: Provider,
    notice: Vec<u8>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let notice = Bytes::from(notice);
    let prepare = async |server: Server| {
        demo::register(&server.app, provider, &notice).await?;
        Ok(Server { exhibit: Some(notice), ..server })
    };
    run(config, prepare, ready)
}

fn run(
    config: Config,
    prepare: impl AsyncFnOnce(Server) -> Result<Server, ServeError>,
    ready: impl FnOnce(SocketAddr),
) -> Result<(), ServeError> {
    let system = |e: io::Error| ServeError::System { kind: e.kind() };
    ops::start_logs(&config.ops.log)?;
    let limits = &config.limits;
    // Besides those that judge, some spill uploads and refresh lists.
    let threads = Workers::threads(limits.workers, limits.queue).saturating_add(32);
    let runtime = runtime::Builder::new_multi_thread()
        .enable_all()
        .max_blocking_threads(threads)
        .build()
        .map_err(system)?;
    let done = runtime.block_on(async {
        // Links have the port that was got, where any would do.
        let listener = listen(config.server.listen).await?;
        let address = listener.local_addr().map_err(system)?;
        let app = App::new(config.listening_on(address))?;
        let server = Server::on(app, listener).await?;
        let server = prepare(server).await?;
        // Who reads that it is ready may tell it to end.
        let end = told_to_end().map_err(system)?;
        ready(server.local_addr());
        server.run(end).await;
        Ok(())
    });
    // What is still fetching or judging would keep the process from ending.
    runtime.shutdown_timeout(Duration::from_secs(1));
    done
}

/// Ends when the process is told to.
#[cfg(unix)]
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    use signal::unix::{SignalKind, signal};
    let mut term = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

#[cfg(not(unix))]
fn told_to_end() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        let _ = signal::ctrl_c().await;
    })
}

/// The service with its sockets.
#[derive(Debug)]
pub struct Server {
    app: App,
    listener: TcpListener,
    address: SocketAddr,
    private: Option<TcpListener>,
    /// The notice of a service to show.
    exhibit: Option<Bytes>,
}

impl Server {
    /// Listens where the settings say.
    ///
    /// # Errors
    /// When that is not possible.
    pub async fn bind(app: App) -> Result<Self, ServeError> {
        let listener = listen(app.config().server.listen).await?;
        Self::on(app, listener).await
    }

    async fn on(app: App, listener: TcpListener) -> Result<Self, ServeError> {
        let address = listener.local_addr().map_err(|e| ServeError::System { kind: e.kind() })?;
        let private = match app.config().ops_address()? {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        Ok(Self { app, listener, address, private, exhibit: None })
    }

    /// Where it listens.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Where metrics are served, if anywhere.
    #[must_use]
    pub fn ops_addr(&self) -> Option<SocketAddr> {
        self.private.as_ref().and_then(|listener| listener.local_addr().ok())
    }

    /// Answers until `end`, a little longer as one that stops, and then what is under way.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let Self { app, listener, address, private, exhibit } = self;
        let public = app.config().public_url();
        tracing::info!(address = %address, public, version = env!("CARGO_PKG_VERSION"), "listening");
        let mut background = JoinSet::new();
        background.spawn(evidence::keep_fresh(app.clone()));
        background.spawn(audit::keep_exported(app.clone()));
        let (stop, stopped) = watch::channel(false);
        let limits = &app.config().server;
        let most = (limits.connections, limits.connections_of_client);
        let router = self::app(app.clone());
        let router = match exhibit {
            Some(notice) => router.merge(demo::route(notice)),
            None => router,
        };
        let public = Front::new(&app, router, most);
        let mut fronts = JoinSet::new();
        fronts.spawn(public.accept(listener, stopped.clone()));
        if let Some(listener) = private {
            let front = Front::new(&app, ops::private(app.clone()), (PRIVATE_CONNECTIONS, 0));
            fronts.spawn(front.accept(listener, stopped));
        }
        end.await;
        tracing::info!("stopping");
        app.stop();
        // A balancer in front sees that it stops before it lets nobody in.
        time::sleep(Duration::from_secs(app.config().server.drain_seconds)).await;
        let _ = stop.send(true);
        let patience = Duration::from_secs(app.config().server.shutdown_seconds);
        let all = async { while fronts.join_next().await.is_some() {} };
        if time::timeout(patience, all).await.is_err() {
            tracing::warn!("requests under way were cut off");
        }
        background.abort_all();
        audit::export(&app).await;
        tracing::info!("stopped");
    }
}

/// Connections of who reads metrics.
const PRIVATE_CONNECTIONS: usize = 64;

async fn listen(address: SocketAddr) -> Result<TcpListener, ServeError> {
    TcpListener::bind(address).await.map_err(|e| ServeError::Listen { address, kind: e.kind() })
}

/// One socket with what answers on it.
struct Front {
    app: App,
    router: Router,
    connections: Arc<Connections>,
    head: Duration,
    stall: Duration,
}

/// Files that the process needs besides connections and spilled uploads: lists, the database, hosts
/// that are asked.
const OTHER_FILES: usize = 256;
/// How long to wait when the system has no more sockets to give.
const NO_SOCKETS: Duration = Duration::from_millis(20);
/// How long who is sent away has for what he was answered.
const LAST_WORDS: Duration = Duration::from_millis(250);
/// Octets of the head of a request.
const MAX_HEAD: usize = 32 << 10;

impl Front {
    /// With so many connections in all, and of one client.
    fn new(app: &App, router: Router, (connections, of_client): (usize, usize)) -> Arc<Self> {
        let others = OTHER_FILES.saturating_add(app.config().limits.spool_files);
        let files = open_files().unwrap_or(usize::MAX).saturating_sub(others);
        // Those who were sent away have their sockets until they are closed.
        let limit = connections.min(files - Connections::leeway(files).min(files)).max(16);
        let server = &app.config().server;
        Arc::new(Self {
            router,
            connections: Connections::new(limit, of_client),
            head: Duration::from_secs(server.head_seconds),
            stall: Duration::from_secs(server.write_pause_seconds),
            app: app.clone(),
        })
    }

    async fn accept(self: Arc<Self>, listener: TcpListener, mut stopped: watch::Receiver<bool>) {
        let mut served = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                Some(_) = served.join_next(), if !served.is_empty() => continue,
                _ = stopped.wait_for(|stopped| *stopped) => break,
            };
            match accepted {
                Ok((stream, peer)) => {
                    let client = self.client(peer);
                    let (connection, made_room) = self.connections.enter(client);
                    if made_room {
                        self.app.metrics().evicted();
                    }
                    // Without room, and with everybody answered, it is closed at once.
                    let Some(connection) = connection else { continue };
                    served.spawn(self.clone().serve(stream, peer, connection, stopped.clone()));
                    self.connections.settled().await;
                }
                Err(_) => {
                    if self.connections.evict() {
                        self.app.metrics().evicted();
                    }
                    time::sleep(NO_SOCKETS).await;
                }
            }
        }
        drop(listener);
        while served.join_next().await.is_some() {}
    }

    /// Whose connection it is; none for a proxy, which has those of many.
    fn client(&self, peer: SocketAddr) -> Option<IpAddr> {
        client::of_peer(self.app.config(), peer.ip())
    }

    async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        connection: Connection,
        mut stopped: watch::Receiver<bool>,
    ) {
        let _ = stream.set_nodelay(true);
        self.app.metrics().connected();
        let service = service_fn(|request: hyper::Request<Incoming>| {
            let busy = connection.busy(!request.body().is_end_stream());
            let mut request = request.map(|body| Reading::new(body, busy.place()));
            request.extensions_mut().insert(Peer(peer));
            let router = self.router.clone();
            async move {
                let answer = router.oneshot(request).await;
                drop(busy);
                answer
            }
        });
        let io = TokioIo::new(Stalling::new(stream, self.stall));
        let serving = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.head)
            .max_header_size(MAX_HEAD)
            .max_buf_size(MAX_HEAD.max(64 << 10))
            .serve_connection(io, service);
        let mut serving = pin!(serving);
        let (mut is_ending, mut is_told) = (false, false);
        loop {
            let last_words = async {
                match is_told {
                    true => time::sleep(LAST_WORDS).await,
                    false => future::pending().await,
                }
            };
            tokio::select! {
                _ = serving.as_mut() => break,
                () = connection.told_to_go(), if !is_told => {
                    is_told = true;
                    if connection.is_reading() {
                        break;
                    }
                    serving.as_mut().graceful_shutdown();
                }
                // Octets of a head would else keep the socket open.
                () = last_words => if !connection.is_answering() { break },
                _ = stopped.wait_for(|stopped| *stopped), if !is_ending => {
                    is_ending = true;
                    serving.as_mut().graceful_shutdown();
                }
            }
        }
        self.app.metrics().disconnected();
    }
}

/// How many files the process may have open, where the system tells.
fn open_files() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}
