//! What handlers share, and the way from a request to its handler.

use std::sync::{
    Arc,
    atomic::{AtomicBool, Ordering},
};

use axum::{Router, extract::DefaultBodyLimit, middleware, response::IntoResponse as _};
use qoltanba::Instant;
use tower_http::catch_panic::CatchPanicLayer;
use utoipa_axum::router::OpenApiRouter;

use crate::{
    api,
    audit::{self, Exporter, HeadKey},
    clock::Clock,
    config::{Config, ConfigError},
    cors,
    evidence::Evidence,
    frame, guard,
    key::{KeyWatch, ServiceKey},
    openapi,
    ops::{self, Metrics},
    page,
    problem::{Code, Problem},
    protocol::{self, Protocols},
    registry::{self, KeyBook, Registry},
    store::Store,
    throttle::Throttle,
    upload::Room,
    workers::Workers,
};

/// Everything that handlers share. Cloning is cheap.
#[derive(Debug, Clone)]
pub struct App(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    config: Config,
    clock: Clock,
    evidence: Arc<Evidence>,
    workers: Workers,
    room: Room,
    metrics: Metrics,
    verify_throttle: Throttle,
    store: Store,
    registry: Registry,
    key_watch: Option<KeyWatch>,
    exporter: Exporter,
    protocols: Protocols,
    stopping: AtomicBool,
}

impl App {
    /// Prepares everything. Nothing is asked for over the network.
    ///
    /// # Errors
    /// When a setting makes no sense, or a file that it names cannot be read.
    pub fn new(config: Config) -> Result<Self, ConfigError> {
        Self::with_clock(config, Clock::System)
    }

    /// The same with another clock.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub fn with_clock(config: Config, clock: Clock) -> Result<Self, ConfigError> {
        let evidence = Arc::new(Evidence::read(&config, clock.now())?);
        let key = ServiceKey::read(&config)?;
        let protocols = Protocols::new(&config, key.as_ref());
        if protocols.have_key() {
            config.links_lead_here()?;
        }
        let key_watch = key.as_ref().map(KeyWatch::new);
        let exporter = Exporter::new(&config, key.map(HeadKey::new).transpose()?);
        let limits = &config.limits;
        let deadline = std::time::Duration::from_secs(limits.deadline_seconds);
        let app = Self(Arc::new(Shared {
            workers: Workers::new(limits.workers, limits.queue, limits.client_share, deadline),
            room: Room::of(&config),
            metrics: Metrics::default(),
            verify_throttle: Throttle::per_minute(limits.verify_per_minute),
            store: Store::open(&config, clock),
            registry: Registry::new(&config),
            key_watch,
            exporter,
            protocols,
            stopping: AtomicBool::new(false),
            evidence,
            clock,
            config,
        }));
        app.look_at_key();
        Ok(app)
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn clock(&self) -> Clock {
        self.0.clock
    }

    pub(crate) fn now(&self) -> Instant {
        self.0.clock.now()
    }

    pub(crate) fn evidence(&self) -> &Arc<Evidence> {
        &self.0.evidence
    }

    pub(crate) fn workers(&self) -> &Workers {
        &self.0.workers
    }

    pub(crate) fn room(&self) -> &Room {
        &self.0.room
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn verify_throttle(&self) -> &Throttle {
        &self.0.verify_throttle
    }

    pub(crate) fn store(&self) -> &Store {
        &self.0.store
    }

    pub(crate) fn registry(&self) -> &Registry {
        &self.0.registry
    }

    pub(crate) fn key_watch(&self) -> Option<&KeyWatch> {
        self.0.key_watch.as_ref()
    }

    pub(crate) fn exporter(&self) -> &Exporter {
        &self.0.exporter
    }

    pub(crate) fn protocols(&self) -> &Protocols {
        &self.0.protocols
    }

    /// The keys of providers, of this service.
    #[must_use]
    pub fn key_book(&self) -> KeyBook {
        KeyBook::of(self.0.store.clone(), self.0.clock)
    }

    /// Adds what is new of the audit log, and a head, to the export: what a running service does by
    /// itself at intervals.
    pub async fn export_audit(&self) {
        audit::export(self).await;
    }

    pub(crate) fn is_stopping(&self) -> bool {
        self.0.stopping.load(Ordering::Acquire)
    }

    pub(crate) fn stop(&self) {
        self.0.stopping.store(true, Ordering::Release);
    }
}

/// The routes that the OpenAPI document describes.
pub(crate) fn described() -> OpenApiRouter<App> {
    openapi::begin()
        .merge(api::routes())
        .merge(registry::routes())
        .merge(protocol::routes())
        .merge(audit::routes())
        .merge(ops::routes())
}

/// The whole service as a value that answers requests.
pub fn app(app: App) -> Router {
    let (router, document) = described().split_for_parts();
    let router = router
        .merge(openapi::routes(document))
        .merge(page::routes())
        .fallback(async || Problem::new(Code::NotFound))
        .method_not_allowed_fallback(async || Problem::new(Code::MethodNotAllowed))
        // Bodies are counted where they are read.
        .layer(DefaultBodyLimit::disable())
        .layer(middleware::from_fn_with_state(app.clone(), guard::api))
        .layer(CatchPanicLayer::custom(|_| Problem::internal().into_response()));
    let router = match cors::layer(app.config()) {
        Some(cors) => router.layer(cors),
        None => router,
    };
    router.layer(middleware::from_fn_with_state(app.clone(), frame::frame)).with_state(app)
}
