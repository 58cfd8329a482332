//! Why a request was not processed (RFC 9457). A bad signature is none: that is a report.
//!
//! Each [`Code`] is one row: the word for programs, the status, a title in three languages. A
//! handler returns a [`Problem`]; the frame of every answer renders it in the language of the
//! request: as `application/problem+json` for programs, as a page for people.

mod code;

use axum::{
    http::{HeaderValue, header},
    response::{IntoResponse, Response},
};
use qoltanba::{ErrorKind, Lang};
use serde::Serialize;
use utoipa::ToSchema;

pub(crate) use self::code::Code;
use crate::lang::{Words, tag};

/// Why this request was not processed. It never holds content of the request.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    pub(crate) code: Code,
    detail: Detail,
    /// The parameter that is wrong.
    parameter: Option<&'static str>,
    retry_seconds: Option<u64>,
}

/// What there is to say besides the title.
#[derive(Debug, Clone)]
enum Detail {
    Nothing,
    Words(Words),
    Core(Box<qoltanba::Error>),
    Verdict(Box<qoltanba::Reason>),
}

impl Problem {
    pub(crate) const fn new(code: Code) -> Self {
        Self { code, detail: Detail::Nothing, parameter: None, retry_seconds: None }
    }

    pub(crate) fn with_words(mut self, words: Words) -> Self {
        self.detail = Detail::Words(words);
        self
    }

    /// A parameter that has no sense; its value is not repeated.
    pub(crate) fn parameter(name: &'static str, wanted: Words) -> Self {
        let mut problem = Self::new(Code::InvalidParameter).with_words(wanted);
        problem.parameter = Some(name);
        problem
    }

    /// When to come again.
    pub(crate) const fn retry_after(mut self, seconds: u64) -> Self {
        self.retry_seconds = Some(seconds);
        self
    }

    pub(crate) const fn retry_seconds(&self) -> Option<u64> {
        self.retry_seconds
    }

    pub(crate) const fn busy() -> Self {
        Self::new(Code::Busy).retry_after(2)
    }

    pub(crate) const fn deadline() -> Self {
        Self::new(Code::Deadline).retry_after(10)
    }

    pub(crate) const fn internal() -> Self {
        Self::new(Code::Internal)
    }

    /// A document that did not pass, and why.
    pub(crate) fn not_accepted(reason: Option<&qoltanba::Reason>) -> Self {
        let detail = reason.map(|reason| Detail::Verdict(Box::new(reason.clone())));
        Self { detail: detail.unwrap_or(Detail::Nothing), ..Self::new(Code::NotAccepted) }
    }

    /// The same as no refusal: what is missing may come.
    pub(crate) fn for_now(self) -> Self {
        Self { code: Code::EvidenceMissing, ..self }.retry_after(60)
    }

    pub(crate) fn detail_text(&self, lang: Lang) -> String {
        match &self.detail {
            Detail::Nothing => self.code.title(lang).to_owned(),
            Detail::Words(words) => words.pick(lang).to_owned(),
            Detail::Core(error) => error.text(lang),
            Detail::Verdict(reason) => reason.text(lang),
        }
    }

    /// The body of the answer.
    pub(crate) fn body(&self, lang: Lang, request_id: &str) -> ProblemBody {
        ProblemBody {
            kind: format!("/api/v1/docs#problem-{}", self.code.name()),
            code: self.code,
            status: self.code.status().as_u16(),
            title: self.code.title(lang).to_owned(),
            detail: self.detail_text(lang),
            parameter: self.parameter,
            retry_after: self.retry_seconds,
            request_id: request_id.to_owned(),
        }
    }

    /// The answer for programs, in a language.
    pub(crate) fn render(&self, lang: Lang, request_id: &str) -> Response {
        let body = serde_json::to_vec(&self.body(lang, request_id)).unwrap_or_default();
        let mut answer = body.into_response();
        let headers = answer.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(MEDIA_TYPE));
        headers.insert(header::CONTENT_LANGUAGE, HeaderValue::from_static(tag(lang)));
        self.of_status(answer)
    }

    /// An answer with the status of this problem, and what goes with it, whoever reads it.
    pub(crate) fn of_status(&self, mut answer: Response) -> Response {
        *answer.status_mut() = self.code.status();
        let headers = answer.headers_mut();
        if let Some(seconds) = self.retry_seconds {
            headers.insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        // RFC 9110 §15.5.2.
        if self.code == Code::Unauthorized {
            headers.insert(header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
        }
        answer
    }
}

/// RFC 9457 §6.1.
pub(crate) const MEDIA_TYPE: &str = "application/problem+json";

/// Why the request was not processed (RFC 9457).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Problem)]
pub(crate) struct ProblemBody {
    /// The address, relative to the service, of what the code means.
    #[serde(rename = "type")]
    kind: String,
    /// The code, for programs.
    code: Code,
    /// The status of the answer.
    status: u16,
    /// What the code means, in the language of the answer.
    title: String,
    /// What it means for this request, in the language of the answer.
    detail: String,
    /// The parameter that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    parameter: Option<&'static str>,
    /// Seconds after which to come again, as in Retry-After.
    #[serde(skip_serializing_if = "Option::is_none")]
    retry_after: Option<u64>,
    /// The number of the request, to be told to whoever runs the service.
    request_id: String,
}

/// What the core could not process.
impl From<qoltanba::Error> for Problem {
    fn from(error: qoltanba::Error) -> Self {
        let code = match error.kind() {
            ErrorKind::Unrecognised => Code::Unrecognised,
            ErrorKind::Unsupported { .. } => Code::Unsupported,
            ErrorKind::OverBudget { .. } => Code::OverLimit,
            ErrorKind::Malformed { .. } => Code::Malformed,
            ErrorKind::WrongPassword | ErrorKind::KeyStore { .. } => Code::KeyStore,
            ErrorKind::Misuse { .. } => Code::NotPossible,
            ErrorKind::Io { .. } => Code::Storage,
            _ => Code::Internal,
        };
        let detail = match code {
            Code::Storage | Code::Internal => Detail::Nothing,
            _ => Detail::Core(Box::new(error)),
        };
        Self { detail, ..Self::new(code) }
    }
}

/// The frame of every answer finds it in the extensions and renders it.
impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut answer = self.code.status().into_response();
        answer.extensions_mut().insert(self);
        answer
    }
}
