//! A body that tells when it has come.

use std::{
    pin::Pin,
    sync::Arc,
    task::{Context, Poll},
};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

use super::connections::{Phase, Place};

/// A body on its way.
#[derive(Debug)]
pub(super) struct Reading {
    body: Incoming,
    place: Option<Arc<Place>>,
}

impl Reading {
    pub(super) fn new(body: Incoming, place: Arc<Place>) -> Self {
        let place = (!body.is_end_stream()).then_some(place);
        Self { body, place }
    }

    fn has_come(&mut self) {
        if let Some(place) = self.place.take() {
            place.turn(Phase::Answering);
        }
    }
}

impl Body for Reading {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        if matches!(polled, Poll::Ready(None | Some(Err(_)))) || self.body.is_end_stream() {
            self.has_come();
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// What is not read is not waited for.
impl Drop for Reading {
    fn drop(&mut self) {
        self.has_come();
    }
}
