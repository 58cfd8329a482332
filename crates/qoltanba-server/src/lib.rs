//! Verification of Kazakhstan's electronic documents as a service, for people with a browser and
//! for portals by an API: the library behind `qoltanba serve`.
//!
//! ```
//! use axum::{body::Body, http::Request};
//! use qoltanba_server::{App, Config, app};
//! use tower::ServiceExt as _;
//!
//! # let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
//! # let folder = tempfile::tempdir()?;
//! # let data = format!("server.data = {:?}\nevidence.offline = true", folder.path());
//! # runtime.block_on(async {
//! let router = app(App::new(Config::read(&data, std::iter::empty())?)?);
//! let request = Request::post("/api/v1/verify").body(Body::from("Dear Sir or Madam"))?;
//! let answer = router.oneshot(request).await?;
//! // Nothing that could be judged is a problem; a bad signature would be a report, and 200.
//! assert_eq!(answer.status(), 422);
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! # })?;
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! # The way of a request
//!
//! | step | where | what it guards |
//! |---|---|---|
//! | a connection | `net` | slow heads, idle crowds, clients that take no answer |
//! | the frame of every answer | `frame`, `guard` | an id, one line of log, metrics, headers, panics; other sites |
//! | the body | `intake`, `upload` | endless and slow bodies, forms without end; memory, then a file without a name |
//! | a turn | `workers`, `cores`, `share` | as many judged at once as there are cores, a queue with an end, a deadline, a part for each client, who take turns |
//! | the verdict | `verify`, `content` | one prepared verifier for all; what is missing is fetched outside the turn |
//! | what is kept | `store`, `registry`, `audit` | one thread writes; a fault of the file is told and ends by itself |
//! | the answer | `told`, `api`, `page`, `protocol` | the report, as JSON or as a page; else a `problem` |
//!
//! # What is shared
//!
//! [`App`] is the one value that handlers get: settings, evidence, workers, metrics. The verifier
//! is prepared once, with every list of the cache opened by its index, and replaced as a whole when
//! lists were refreshed (`evidence`). No list is read for a request.
//!
//! # What is never kept or told
//!
//! Uploads are not kept: a longer one lies in a file that has no name and goes with the request.
//! A protocol of a check is kept only where one was asked for, has names and digests but no file and
//! no whole IIN, and is deleted after its days. No log, metric or address has a number of a person:
//! a line of log has the pattern of the route and never the path or the query, metrics have labels
//! of closed sets only, and `expect_iin` is refused in an address.
//!
//! # The database
//!
//! Registry and audit log are in one SQLite file through `rusqlite`, which brings SQLite itself
//! and needs no runtime of its own: one thread writes, so that each writing is one transaction in
//! a known order, and readers have connections of their own (write-ahead log). `sqlx` would bring a
//! hundred crates more and a pool of writers that SQLite cannot have.

mod address;
mod api;
mod app;
mod audit;
mod client;
mod clock;
mod config;
mod content;
mod cores;
mod cors;
mod demo;
mod evidence;
mod frame;
mod guard;
mod intake;
mod key;
mod lang;
mod net;
mod openapi;
mod ops;
mod page;
mod problem;
mod protocol;
mod registry;
mod share;
mod store;
mod throttle;
mod told;
mod upload;
mod verify;
mod workers;

pub use app::{App, app};
pub use audit::{AuditError, AuditFault, AuditFaultKind, AuditReport, WantedSigner, verify_audit};
pub use clock::Clock;
pub use config::{Config, ConfigError, DEFAULTS, SettingFault};
pub use demo::Provider;
pub use net::{ServeError, Server, serve, serve_demo};
pub use ops::log_into;
pub use registry::{KeyBook, KeyError, KeyRow, NewKey, Scope};
