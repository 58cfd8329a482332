//! One request to a responder, and what counts as an answer.

use qoltanba::{
    Certificate,
    revocation::{OcspRequest, OcspResponse, OcspResponseStatus},
};

use crate::fetch::Problem;

/// RFC 9654 §2.1: clients should send 32 octets.
const NONCE: usize = 32;

/// A request with a nonce of its own.
pub(crate) fn request(
    certificate: &Certificate,
    issuer_key_info: &[u8],
) -> Result<OcspRequest, Problem> {
    let mut nonce = [0; NONCE];
    // An answer without a nonce could be an old one.
    getrandom::fill(&mut nonce).map_err(|_| Problem::NoRandomness)?;
    let request = OcspRequest::new(certificate, issuer_key_info);
    request.and_then(|request| request.with_nonce(&nonce)).map_err(Problem::NoRequest)
}

/// An answer that somebody signed, which is for the verifier to judge. An error is unsigned
/// (RFC 6960 §2.3) and garbage is nobody's: neither is an answer.
pub(crate) fn read(body: &[u8]) -> Result<OcspResponse, Problem> {
    let response = OcspResponse::from_der(body).map_err(Problem::NoResponse)?;
    match response.status() {
        OcspResponseStatus::Successful => Ok(response),
        status => Err(Problem::Unanswered { status }),
    }
}
