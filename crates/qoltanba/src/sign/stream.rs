//! Signing content that is not in memory, and taking it out again.

use std::io::{Read, Write};

use rand_core::CryptoRng;

use super::{CmsSigner, cms};
use crate::{
    asn1::{self, tag},
    budget::Limits,
    cms::{BUFFER, MessageReader, SignedData, beginning, each_piece},
    error::{Error, Result},
    oid,
};

/// A piece of content in BER: each has a header of its own to be written.
const PIECE: usize = 1 << 18;
/// The end-of-contents marker of X.690 §8.1.5.
const END: &[u8] = &[0, 0];

impl CmsSigner<'_> {
    /// Signs what `content` gives, reading it once, and writes the message to `out`.
    ///
    /// With its length known, the message is in DER, octet for octet what [`sign`](Self::sign)
    /// returns. Without, an attached message is in BER, its content in pieces, as
    /// `openssl cms -stream` writes it. A detached message is in DER either way, and nothing is
    /// written before all content was read; what an attached one wrote before an error is no
    /// message and is to be thrown away.
    ///
    /// ```
    /// use std::io::{Read, Write};
    /// use qoltanba::{Result, sign::CmsSigner};
    ///
    /// fn archive(
    ///     signer: &CmsSigner<'_>,
    ///     film: &mut dyn Read,
    ///     length: u64,
    ///     signed: &mut dyn Write,
    ///     rng: &mut dyn rand_core::CryptoRng,
    /// ) -> Result<()> {
    ///     signer.sign_stream(film, Some(length), signed, rng)
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`sign`](Self::sign); [`ErrorKind::Io`](crate::ErrorKind::Io) when the reader or the
    /// writer fails; when the content has another length than was said; and when a length is given
    /// for an attached ECDSA signature, whose own length is known too late.
    pub fn sign_stream(
        &self,
        content: &mut dyn Read,
        length: Option<u64>,
        out: &mut dyn Write,
        rng: &mut dyn CryptoRng,
    ) -> Result<()> {
        let mut out = Output { out };
        if self.detached {
            let mut each = |_: &[u8]| Ok(());
            let digest = self.hash(content, length, &mut each)?;
            return out.write(&self.sign_digest(&digest, rng)?);
        }
        let algorithm = self.key.algorithm();
        let sign = |digest: &[u8], rng: &mut dyn CryptoRng| -> Result<Vec<u8>> {
            let signer = self.signer_info(algorithm, oid::ID_DATA, digest, rng)?;
            Ok([self.set_of_certificates(), asn1::set_of(&[signer])].concat())
        };
        let before = self.before_content(algorithm);
        match length {
            Some(length) => {
                let signer_info = vec![0; self.signer_info_len(algorithm)?];
                let behind = self.set_of_certificates().len() + asn1::set_of(&[signer_info]).len();
                out.write(&beginning_in_der(&before, length, behind)?)?;
                let digest = self.hash(content, Some(length), &mut |piece| out.write(piece))?;
                let rest = sign(&digest, rng)?;
                if rest.len() != behind {
                    return Err(Error::misuse("the key made a signature of an unusual length"));
                }
                out.write(&rest)
            }
            None => {
                out.write(&beginning_in_ber(&before))?;
                let digest = self.hash(content, None, &mut |piece| {
                    out.write(&header(tag::OCTET_STRING, piece.len()))?;
                    out.write(piece)
                })?;
                // The string, its [0] and the EncapsulatedContentInfo.
                out.write(&END.repeat(3))?;
                out.write(&sign(&digest, rng)?)?;
                // SignedData, its [0] and the ContentInfo.
                out.write(&END.repeat(3))
            }
        }
    }

    /// Hands on the content, and returns its digest by the algorithm of the key.
    fn hash(
        &self,
        content: &mut dyn Read,
        length: Option<u64>,
        each: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<Vec<u8>> {
        const LENGTH: Error = Error::misuse("the content has another length than was said");
        let mut hasher = self.key.algorithm().digest().hasher();
        let mut seen = 0_u64;
        let size = if length.is_some() || self.detached { BUFFER } else { PIECE };
        each_piece(content, size, &mut |piece| {
            seen += piece.len() as u64;
            if length.is_some_and(|length| seen > length) {
                return Err(LENGTH);
            }
            hasher.update(piece);
            each(piece)
        })?;
        if length.is_some_and(|length| seen != length) { Err(LENGTH) } else { Ok(hasher.finish()) }
    }
}

struct Output<'a> {
    out: &'a mut dyn Write,
}

impl Output<'_> {
    fn write(&mut self, octets: &[u8]) -> Result<()> {
        self.out.write_all(octets).map_err(|e| Error::io(&e))
    }
}

fn header(tag: u8, len: usize) -> Vec<u8> {
    let mut out = vec![tag];
    asn1::write_length(&mut out, len);
    out
}

/// Everything before `length` octets of content, when `behind` octets follow them.
fn beginning_in_der(before: &[u8], length: u64, behind: usize) -> Result<Vec<u8>> {
    let too_long = Error::over_budget("bytes of content", usize::MAX as u64);
    let length = usize::try_from(length).map_err(|_| too_long.clone())?;
    // From the inside out: each header says how much is in it, here and behind.
    let mut head = header(tag::OCTET_STRING, length);
    let mut rest = length;
    let mut wrap = |tag: u8, first: &[u8], added: usize| -> Result<()> {
        rest = rest.checked_add(added).ok_or_else(|| too_long.clone())?;
        let inside = rest.checked_add(first.len() + head.len()).ok_or_else(|| too_long.clone())?;
        head = [&header(tag, inside), first, &head].concat();
        Ok(())
    };
    wrap(0xa0, &[], 0)?;
    wrap(tag::SEQUENCE, &asn1::oid(oid::ID_DATA), 0)?;
    wrap(tag::SEQUENCE, before, behind)?;
    wrap(0xa0, &[], 0)?;
    wrap(tag::SEQUENCE, &asn1::oid(oid::ID_SIGNED_DATA), 0)?;
    Ok(head)
}

fn beginning_in_ber(before: &[u8]) -> Vec<u8> {
    const SEQUENCE: &[u8] = &[tag::SEQUENCE, 0x80];
    const EXPLICIT: &[u8] = &[0xa0, 0x80];
    let (signed_data, data) = (asn1::oid(oid::ID_SIGNED_DATA), asn1::oid(oid::ID_DATA));
    let pieces: &[u8] = &[0x20 | tag::OCTET_STRING, 0x80];
    [SEQUENCE, &signed_data, EXPLICIT, SEQUENCE, before, SEQUENCE, &data, EXPLICIT, pieces].concat()
}

/// Writes the content of an attached message to `out`, reading the message once, and returns how
/// many octets it has. It proves nothing: verify first, and throw the output away after an error.
///
/// A message longer than [`Limits::stream_bytes`] has to be in DER or BER, without armour.
///
/// # Errors
/// When what is read is no signed message, the content is not inside, or the reader or the writer
/// fails.
pub fn extract_stream(message: &mut dyn Read, out: &mut dyn Write, limits: &Limits) -> Result<u64> {
    let mut out = Output { out };
    let (head, is_all) = beginning(message, limits)?;
    if is_all {
        let content = cms::extract(&head, limits)?;
        out.write(&content)?;
        return Ok(content.len() as u64);
    }
    let mut reader = head.as_slice().chain(message);
    let mut message = MessageReader::open(&mut reader, limits)?;
    if !message.has_content {
        return Err(cms::not_inside());
    }
    let mut length = 0;
    message.content(&mut |octets| {
        length += octets.len() as u64;
        out.write(octets)
    })?;
    SignedData::without_content(&message.finish()?, limits)?;
    Ok(length)
}
