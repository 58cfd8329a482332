//! The signed protocol of a check: what was checked, when and by what evidence, and what came of
//! it, under the signature of the service.
//!
//! | address | what it is | how it is verified |
//! |---|---|---|
//! | `/api/v1/protocols/{id}` | canonical JSON (RFC 8785) | it is the content of the message |
//! | `/api/v1/protocols/{id}.cms` | that JSON inside a signed message (CMS, CAdES-BES) | `qoltanba verify`; `qoltanba extract` gives the JSON |
//! | `/api/v1/protocols/{id}.pdf` | an output document as any other, signed in its barcodes and its attachment, with a QR symbol of the link | `qoltanba verify` |
//! | `/p/{id}` | a page for people | by the two above |
//!
//! The message is attached and not detached: one file is the whole proof, and JSON that was laid out
//! anew by some program on its way cannot part from its signature.
//!
//! Of the files only names, lengths and digests are kept. IINs are masked before anything is signed,
//! so that who was handed a link learns no more than the names. The link is the only key: 128 bits
//! of the system's generator. After its days a protocol is deleted; from then on, and for an id that
//! never was, the answer is the same.

mod answers;
mod keep;
mod make;
mod mask;
mod paper;
mod statement;

use qoltanba::Instant;
use utoipa::OpenApi as _;
use utoipa_axum::{router::OpenApiRouter, routes};

pub(crate) use self::{
    answers::{Compared, compared, statement, text},
    make::{Made, Protocols},
};
use crate::{
    app::App,
    problem::{Code, Problem},
    verify::octets,
};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::with_openapi(answers::Forms::openapi())
        .routes(routes!(answers::protocol))
        .routes(routes!(answers::compare))
}

/// Deletes what has run out.
pub(crate) async fn delete_expired(app: &App) {
    let now = app.now();
    match app.store().write(move |db| keep::delete_expired(db, now)).await {
        Ok(0) => {}
        Ok(deleted) => {
            app.metrics().protocols_deleted(deleted as u64);
            tracing::info!(deleted, "protocols ran out");
        }
        Err(problem) => tracing::error!(problem = problem.code.name(), "protocols not deleted"),
    }
}

/// The name of a protocol: 128 bits in hexadecimal.
#[derive(Debug, Clone, PartialEq, Eq)]
struct ProtocolId(String);

impl ProtocolId {
    fn draw() -> Result<Self, Problem> {
        let mut octets = [0_u8; 16];
        getrandom::fill(&mut octets).map_err(|_| Problem::internal())?;
        Ok(Self(crate::verify::hex(&octets)))
    }

    /// One that may have been drawn. What may not is as unknown as any other.
    fn parse(text: &str) -> Result<Self, Problem> {
        let is_hex = octets(text).is_some_and(|octets| octets.len() == 16);
        let is_small = !text.bytes().any(|octet| octet.is_ascii_uppercase());
        (is_hex && is_small).then(|| Self(text.to_owned())).ok_or(unknown())
    }
}

const fn unknown() -> Problem {
    Problem::new(Code::UnknownProtocol)
}

/// What is kept of a protocol.
#[derive(Debug)]
struct Kept {
    id: ProtocolId,
    expires: Instant,
    /// The signed message with the JSON inside.
    message: Vec<u8>,
    /// The signed XML of its page.
    page: Vec<u8>,
}

impl App {
    /// The protocol of an id, while it is kept.
    async fn protocol(&self, id: ProtocolId) -> Result<Kept, Problem> {
        let now = self.now();
        let found = self.store().read(move |db| keep::find(db, &id, now)).await?;
        found.ok_or(unknown())
    }
}
