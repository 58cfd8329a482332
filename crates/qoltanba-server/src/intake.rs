//! What one request takes in: whose it is, and how its form comes.
//!
//! The frame of every answer opens an intake around the handler, so that no handler can forget it.
//! Within it the octets of a form are counted before anything reads them: a reader of forms holds
//! the head of a part until it ends, and would hold one without an end.

use std::{
    io,
    net::IpAddr,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, BodyDataStream, Bytes},
    extract::Request,
    http::header,
};
use futures_util::{Stream, StreamExt as _};

use crate::{
    app::App,
    client,
    problem::{Code, Problem},
};

tokio::task_local! {
    static INTAKE: Intake;
}

/// Octets of a form that are handed on at once, so that no more than these lie behind a head.
const PIECE: usize = 16 << 10;
/// Octets of a form that come before its reader gets on: the head of a part and one piece.
const MAX_HEAD: u64 = 64 << 10;

/// What is known of a request while it is handled.
#[derive(Debug, Clone)]
pub(crate) struct Intake {
    client: Option<IpAddr>,
    tally: Arc<Tally>,
}

/// Octets of a form.
#[derive(Debug)]
struct Tally {
    limit: u64,
    all: AtomicU64,
    /// Those since its reader got on last.
    since: AtomicU64,
}

impl Intake {
    /// Begins the intake of a request.
    pub(crate) fn of(app: &App, request: Request) -> (Self, Request) {
        let client = client::of(app.config(), request.extensions(), request.headers());
        let limit = app.config().limits.upload_bytes;
        let tally = Arc::new(Tally { limit, all: AtomicU64::new(0), since: AtomicU64::new(0) });
        let kind = request.headers().get(header::CONTENT_TYPE).map(|kind| kind.as_bytes());
        let is_form = kind.is_some_and(|kind| {
            kind.trim_ascii().get(..10).is_some_and(|of| of.eq_ignore_ascii_case(b"multipart/"))
        });
        let counted = tally.clone();
        let request = if is_form {
            request.map(|body| Body::from_stream(Counted::new(body, counted)))
        } else {
            request
        };
        (Self { client, tally }, request)
    }

    /// Handles the request within it.
    pub(crate) async fn around<T>(self, handled: impl Future<Output = T>) -> T {
        INTAKE.scope(self, handled).await
    }
}

/// Does something as if for a request of a client.
#[cfg(test)]
pub(crate) async fn as_client<T>(client: IpAddr, done: impl Future<Output = T>) -> T {
    let none = || AtomicU64::new(0);
    let tally = Arc::new(Tally { limit: 0, all: none(), since: none() });
    Intake { client: Some(client), tally }.around(done).await
}

/// Whose request is being handled; none where it is nobody's.
pub(crate) fn client() -> Option<IpAddr> {
    INTAKE.try_with(|intake| intake.client).ok().flatten()
}

/// The reader of the body got on.
pub(crate) fn got_on() {
    let _ = INTAKE.try_with(|intake| intake.tally.since.store(0, Ordering::Relaxed));
}

/// Why the body was cut, if it was.
pub(crate) fn cut() -> Option<Problem> {
    INTAKE.try_with(|intake| intake.tally.over()).ok().flatten().map(Problem::new)
}

impl Tally {
    fn over(&self) -> Option<Code> {
        if self.all.load(Ordering::Relaxed) > self.limit {
            Some(Code::TooLarge)
        } else if self.since.load(Ordering::Relaxed) > MAX_HEAD {
            Some(Code::BadRequest)
        } else {
            None
        }
    }
}

/// A body in counted pieces.
struct Counted {
    body: BodyDataStream,
    rest: Bytes,
    tally: Arc<Tally>,
    is_given: bool,
}

impl Counted {
    fn new(body: Body, tally: Arc<Tally>) -> Self {
        Self { body: body.into_data_stream(), rest: Bytes::new(), tally, is_given: false }
    }
}

impl Stream for Counted {
    type Item = Result<Bytes, io::Error>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        // A reader of forms takes all that is there before it looks: it is shown one piece.
        if std::mem::take(&mut self.is_given) {
            context.waker().wake_by_ref();
            return Poll::Pending;
        }
        if self.rest.is_empty() {
            match ready!(self.body.poll_next_unpin(context)) {
                None => return Poll::Ready(None),
                Some(Err(error)) => return Poll::Ready(Some(Err(io::Error::other(error)))),
                Some(Ok(octets)) => self.rest = octets,
            }
        }
        let piece = PIECE.min(self.rest.len());
        let piece = self.rest.split_to(piece);
        let octets = piece.len() as u64;
        self.tally.all.fetch_add(octets, Ordering::Relaxed);
        self.tally.since.fetch_add(octets, Ordering::Relaxed);
        if self.tally.over().is_some() {
            return Poll::Ready(Some(Err(io::ErrorKind::FileTooLarge.into())));
        }
        self.is_given = true;
        Poll::Ready(Some(Ok(piece)))
    }
}
