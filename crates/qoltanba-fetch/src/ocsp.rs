//! As much of an OCSP answer as tells whether anybody signed it.

/// The status of an answer without a signed part (RFC 6960 §4.2.1): `malformedRequest` (1),
/// `internalError` (2), `tryLater` (3), `sigRequired` (5), `unauthorized` (6). `None` when the
/// answer says `successful`, or is no OCSPResponse at all: then it is for the verifier to judge.
pub(crate) fn unsigned_status(answer: &[u8]) -> Option<u8> {
    match answer {
        // SEQUENCE { ENUMERATED }, in DER, with nothing in it that could carry a signature.
        [0x30, 3, 0x0a, 1, status] if *status != 0 => Some(*status),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_errors_are_unsigned() {
        assert_eq!(unsigned_status(&[0x30, 3, 0x0a, 1, 3]), Some(3));
        assert_eq!(unsigned_status(&[0x30, 3, 0x0a, 1, 0]), None);
        assert_eq!(unsigned_status(&[0x30, 5, 0x0a, 1, 3, 5, 0]), None);
        assert_eq!(unsigned_status(b""), None);
    }
}
