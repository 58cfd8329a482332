//! Connections: how many, how slow, and how they end.
//!
//! HTTP/1.1 alone is spoken: TLS and other versions are ended by the proxy in front. A connection is
//! *idle* until the head of a request is there, and again after its answer. Idle ones cost little
//! and are closed after a while; when there are more than allowed, those that idle longest go
//! first, so that a crowd that says nothing keeps nobody out.

mod connections;
mod stall;

use std::{fmt, fs, future, io, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::Router;
use hyper::{body::Incoming, server::conn::http1, service::service_fn};
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
    stall::Stalling,
};
use crate::{
    app::{App, app},
    audit,
    client::Peer,
    config::{Config, ConfigError},
    evidence,
    lang::{Words, of_system},
    ops,
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
}

impl ServeError {
    /// The sentence for people.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let words =
            Words {
                kk: "тыңдау мүмкін емес", ru: "не удаётся слушать", en: "cannot listen on"
            };
        match self {
            Self::Config(error) => error.text(lang),
            Self::Listen { address, kind } => {
                format!("{} {address}: {}", words.pick(lang), of_system(*kind).pick(lang))
            }
            Self::System { kind } => of_system(*kind).pick(lang).to_owned(),
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
        let server = Server::bind(App::new(config)?).await?;
        ready(server.local_addr());
        let end = told_to_end().map_err(system)?;
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
}

impl Server {
    /// Listens where the settings say.
    ///
    /// # Errors
    /// When that is not possible.
    pub async fn bind(app: App) -> Result<Self, ServeError> {
        let listener = listen(app.config().server.listen).await?;
        let address = listener.local_addr().map_err(|e| ServeError::System { kind: e.kind() })?;
        let private = match app.config().ops_address()? {
            Some(address) => Some(listen(address).await?),
            None => None,
        };
        Ok(Self { app, listener, address, private })
    }

    /// Where it listens.
    #[must_use]
    pub const fn local_addr(&self) -> SocketAddr {
        self.address
    }

    /// Answers until `end`, and then what is under way.
    pub async fn run(self, end: impl Future<Output = ()>) {
        let Self { app, listener, address, private } = self;
        let public = app.config().public_url();
        tracing::info!(address = %address, public, version = env!("CARGO_PKG_VERSION"), "listening");
        let settings = app.config().evidence.clone();
        let mut background = JoinSet::new();
        background.spawn(evidence::keep_fresh(app.evidence().clone(), settings, app.clock()));
        background.spawn(audit::keep_exported(app.clone()));
        let (stop, stopped) = watch::channel(false);
        let public = Front::new(&app, self::app(app.clone()), app.config().server.connections);
        let mut fronts = JoinSet::new();
        fronts.spawn(public.accept(listener, stopped.clone()));
        if let Some(listener) = private {
            let front = Front::new(&app, ops::private(app.clone()), PRIVATE_CONNECTIONS);
            fronts.spawn(front.accept(listener, stopped));
        }
        end.await;
        tracing::info!("stopping");
        app.stop();
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

/// Files that the process needs besides connections: spilled uploads, lists, the database.
const OTHER_FILES: usize = 256;
/// How long to wait when the system has no more sockets to give.
const NO_SOCKETS: Duration = Duration::from_millis(20);
/// Octets of the head of a request.
const MAX_HEAD: usize = 32 << 10;

impl Front {
    fn new(app: &App, router: Router, connections: usize) -> Arc<Self> {
        let files = open_files().unwrap_or(usize::MAX);
        let limit = connections.min(files.saturating_sub(OTHER_FILES)).max(16);
        let server = &app.config().server;
        Arc::new(Self {
            router,
            connections: Connections::new(limit),
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
                    let (connection, made_room) = self.connections.enter();
                    if made_room {
                        self.app.metrics().evicted();
                    }
                    // Without room, and with nobody idle, it is closed at once.
                    let Some(connection) = connection else { continue };
                    served.spawn(self.clone().serve(stream, peer, connection, stopped.clone()));
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

    async fn serve(
        self: Arc<Self>,
        stream: TcpStream,
        peer: SocketAddr,
        connection: Connection,
        mut stopped: watch::Receiver<bool>,
    ) {
        let _ = stream.set_nodelay(true);
        self.app.metrics().connected();
        let service = service_fn(|mut request: hyper::Request<Incoming>| {
            let busy = connection.busy();
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
        let mut is_ending = false;
        loop {
            let end = async {
                if is_ending {
                    future::pending::<()>().await;
                }
                tokio::select! {
                    () = connection.told_to_go() => {}
                    _ = stopped.wait_for(|stopped| *stopped) => {}
                }
            };
            tokio::select! {
                _ = serving.as_mut() => break,
                () = end => {
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
