//! Verifying a message that is not in memory, or whose content is not even here.

use std::io::{self, Read, Seek, SeekFrom};

use super::{
    Content, Question, Recognised, Verifier, damaged, format,
    timestamp::{Room, Stamp, imprint_algorithm},
};
use crate::{
    algorithm::DigestAlgorithm,
    budget::Limits,
    cms::{
        BUFFER, ContentDigests, Digesting, MessageReader, Nature, SignedData, Skeleton, beginning,
        each_piece,
    },
    error::{Error, Result},
    oid,
    report::{Format, Report, TimeStampKind},
    verdict::Reason,
};

impl Verifier {
    /// Verifies as [`verify`](Self::verify) does, reading `message`, and then `data`, the content
    /// of a detached signature, once from beginning to end. Neither is held in memory: a message
    /// in DER or BER may be as long as it likes, and only what is in it besides its content counts
    /// against [`Limits::structure_bytes`].
    ///
    /// The content of an attached message passes by before its signers are known, so it is hashed
    /// by the digests that the message announces. A signature that rests on another digest is
    /// [`DigestMissing`](Reason::DigestMissing) and indeterminate: see
    /// [`verify_seekable`](Self::verify_seekable). For the rest the report is the one that
    /// [`verify`](Self::verify) gives; only the offset of an error in a damaged message may differ.
    ///
    /// ```
    /// use qoltanba::{Question, Report, Result, Verifier};
    /// use std::io::Read;
    ///
    /// fn judge(
    ///     verifier: &Verifier,
    ///     signature: &mut dyn Read,
    ///     document: &mut dyn Read,
    ///     question: &Question<'_>,
    /// ) -> Result<Report> {
    ///     verifier.verify_stream(signature, Some(document), question)
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`verify`](Self::verify); [`ErrorKind::Io`](crate::ErrorKind::Io) when a reader fails;
    /// and when data is given here and in the question.
    pub fn verify_stream(
        &self,
        message: &mut dyn Read,
        data: Option<&mut dyn Read>,
        question: &Question<'_>,
    ) -> Result<Report> {
        let mut given = Given::of(data.map(boxed), question)?;
        let outcome = self.pass(message, &[], &mut given, question)?;
        self.conclude(outcome, given, question)
    }

    /// Verifies as [`verify_stream`](Self::verify_stream) does, and reads the message a second time
    /// when a signature rests on a digest that the message does not announce.
    ///
    /// # Errors
    /// As [`verify_stream`](Self::verify_stream).
    pub fn verify_seekable<R: Read + Seek>(
        &self,
        message: &mut R,
        data: Option<&mut dyn Read>,
        question: &Question<'_>,
    ) -> Result<Report> {
        let io = |error: io::Error| Error::io(&error);
        let mut given = Given::of(data.map(boxed), question)?;
        let start = message.stream_position().map_err(io)?;
        let mut outcome = self.pass(message, &[], &mut given, question)?;
        if let Outcome::Attached { unlisted, .. } = &outcome
            && !unlisted.is_empty()
        {
            let unlisted = unlisted.clone();
            message.seek(SeekFrom::Start(start)).map_err(io)?;
            outcome = self.pass(message, &unlisted, &mut given, question)?;
        }
        self.conclude(outcome, given, question)
    }

    /// Verifies a detached signature of content that is elsewhere and was hashed there: the
    /// digests by the algorithms of its signatures take the place of the content.
    ///
    /// That the digests are of the document that a person sees is for the caller to know. A
    /// signature without signed attributes stays indeterminate, since the content itself would
    /// have to be seen (see [`SignedAttributesConfusion`](Reason::SignedAttributesConfusion)).
    ///
    /// ```
    /// use qoltanba::{Question, Report, Result, Verifier, algorithm::DigestAlgorithm};
    ///
    /// fn judge(
    ///     verifier: &Verifier,
    ///     signature: &[u8],
    ///     sha256: &[u8],
    ///     question: &Question<'_>,
    /// ) -> Result<Report> {
    ///     verifier.verify_digests(signature, &[(DigestAlgorithm::Sha256, sha256)], question)
    /// }
    /// ```
    ///
    /// # Errors
    /// As [`verify`](Self::verify); when a digest has another length than its algorithm gives, and
    /// when `message` is no signed message or data is given too.
    pub fn verify_digests(
        &self,
        message: &[u8],
        digests: &[(DigestAlgorithm, &[u8])],
        question: &Question<'_>,
    ) -> Result<Report> {
        if question.data.is_some() {
            return Err(Error::misuse("give the content or its digests, not both"));
        }
        if digests.iter().any(|(algorithm, digest)| digest.len() != algorithm.len()) {
            return Err(Error::misuse("a digest has another length than its algorithm gives"));
        }
        Limits::check("bytes of input", message.len(), self.limits.input_bytes)?;
        let body = match format::only(message)? {
            Recognised::SignedMessage(body) => body,
            Recognised::TimeStamp(Ok(body)) => {
                let digests = digests.iter().map(|(a, digest)| (*a, digest.to_vec())).collect();
                let content = ContentDigests::computed(digests, Nature::Unseen);
                return self.verify_time_stamp(&body, Some(&content), question);
            }
            _ => {
                return Err(Error::misuse(
                    "digests can be given for a signed message or a time stamp only",
                ));
            }
        };
        let parsed = body.and_then(|der| {
            let message = SignedData::parse(&der, &self.limits)?;
            let content = match message.content() {
                Some(inside) => Content {
                    conflict: digests.iter().any(|(a, digest)| a.digest(inside) != *digest),
                    digests: ContentDigests::new(Some(inside)),
                },
                None => {
                    let digests = digests.iter().map(|(a, digest)| (*a, digest.to_vec())).collect();
                    let digests = ContentDigests::computed(digests, Nature::Unseen);
                    Content { digests, conflict: false }
                }
            };
            Ok(self.judge_message(&message, &content, question))
        });
        parsed.or_else(|error| damaged(Format::Cms, error))
    }

    /// Reads a message once.
    fn pass(
        &self,
        reader: &mut dyn Read,
        unlisted: &[DigestAlgorithm],
        given: &mut Given<'_>,
        question: &Question<'_>,
    ) -> Result<Outcome> {
        let limits = &self.limits;
        let (head, is_all) = beginning(reader, limits)?;
        if is_all {
            return self.whole(&head, given, question).map(Outcome::judged);
        }
        match format::is_signed_message(&head) {
            Some(true) => {}
            Some(false) => {
                return Ok(Outcome::judged(Report::of_problem(Format::Cms, Reason::NoSigners)));
            }
            None => {
                let what = "bytes of a document that is not a message in DER or BER";
                return Err(Error::over_budget(what, limits.stream_bytes as u64));
            }
        }
        let read = || {
            let mut reader = head.as_slice().chain(reader);
            let mut message = MessageReader::open(&mut reader, limits)?;
            let listed = message.digest_algorithms(limits);
            // Content that is given as well is compared by a digest that nobody can collide.
            let compared = given.is_there().then_some(DigestAlgorithm::Sha256);
            let wanted = listed.iter().chain(unlisted).copied().chain(compared);
            let mut digesting = Digesting::new(wanted, limits);
            message.content(&mut |octets| {
                digesting.update(octets);
                Ok(())
            })?;
            Ok((message.has_content, digesting, message.finish()?))
        };
        let (has_content, digesting, skeleton) = match read() {
            Ok(read) => read,
            Err(error) => return damaged(Format::Cms, error).map(Outcome::judged),
        };
        drop(head);
        let message = match SignedData::without_content(&skeleton, limits) {
            Ok(message) => message,
            Err(error) => return damaged(Format::Cms, error).map(Outcome::judged),
        };
        if message.content_type == oid::TST_INFO {
            let what = "bytes of a time stamp";
            return Err(Error::over_budget(what, limits.stream_bytes as u64));
        }
        if !has_content {
            let content = given.as_content(&message, limits)?;
            return Ok(Outcome::judged(self.judge_message(&message, &content, question)));
        }
        let length = digesting.length;
        let (digests, nature) = digesting.finish();
        let unlisted = rested_on(&message, limits)
            .into_iter()
            .filter(|wanted| digests.iter().all(|(known, _)| known != wanted))
            .collect();
        drop(message);
        Ok(Outcome::Attached { skeleton, digests, nature, length, unlisted })
    }

    fn conclude(
        &self,
        outcome: Outcome,
        given: Given<'_>,
        question: &Question<'_>,
    ) -> Result<Report> {
        let (skeleton, digests, nature, length) = match outcome {
            Outcome::Judged(report) => return Ok(*report),
            Outcome::Attached { skeleton, digests, nature, length, .. } => {
                (skeleton, digests, nature, length)
            }
        };
        let message = match SignedData::without_content(&skeleton, &self.limits) {
            Ok(message) => message,
            Err(error) => return damaged(Format::Cms, error),
        };
        let conflict = match given.reader {
            None => false,
            Some(mut reader) => {
                let mut other = Digesting::new([DigestAlgorithm::Sha256], &self.limits);
                each_piece(&mut reader, BUFFER, &mut |octets| {
                    other.update(octets);
                    Ok(())
                })?;
                other.length != length || !other.finish().0.iter().all(|one| digests.contains(one))
            }
        };
        let content = Content { digests: ContentDigests::computed(digests, nature), conflict };
        Ok(self.judge_message(&message, &content, question))
    }

    /// A document that is short enough to be in memory.
    fn whole(
        &self,
        document: &[u8],
        given: &mut Given<'_>,
        question: &Question<'_>,
    ) -> Result<Report> {
        let recognised = format::only(document)?;
        if let (Recognised::TimeStamp(Ok(body)), true) = (&recognised, given.is_there()) {
            let content = given.as_digests(imprint_algorithm(body, &self.limits), &self.limits)?;
            return self.verify_time_stamp(body, Some(&content), question);
        }
        if let (Recognised::SignedMail(Ok(mail)), true) = (&recognised, given.is_there()) {
            let same = given.reader.take().map(|other| is_same(mail.content(), other));
            return self.verify_mail(mail, !same.transpose()?.unwrap_or(true), question);
        }
        let Recognised::SignedMessage(Ok(der)) = recognised else {
            // What is given to a document of another kind matters by being there alone.
            let data = given.is_there().then_some(&[][..]);
            return self.verify(document, &Question { data, ..question.clone() });
        };
        let message = match SignedData::parse(&der, &self.limits) {
            Ok(message) => message,
            Err(error) => return damaged(Format::Cms, error),
        };
        if message.content_type == oid::TST_INFO {
            let wanted = imprint_algorithm(&der, &self.limits);
            let is_there = given.is_there();
            let content = given.as_digests(wanted, &self.limits)?;
            return self.verify_time_stamp(&der, is_there.then_some(&content), question);
        }
        let content = match (message.content(), given.reader.take()) {
            (Some(inside), other) => Content {
                digests: ContentDigests::new(Some(inside)),
                conflict: match other {
                    Some(other) => !is_same(inside, other)?,
                    None => false,
                },
            },
            (None, reader) => {
                given.reader = reader;
                given.as_content(&message, &self.limits)?
            }
        };
        Ok(self.judge_message(&message, &content, question))
    }
}

/// What one reading of a message came to.
enum Outcome {
    Judged(Box<Report>),
    /// The content was inside.
    Attached {
        skeleton: Skeleton,
        digests: Vec<(DigestAlgorithm, Vec<u8>)>,
        nature: Nature,
        length: u64,
        /// The digests that signatures rest on and that were not computed.
        unlisted: Vec<DigestAlgorithm>,
    },
}

impl Outcome {
    fn judged(report: Report) -> Self {
        Self::Judged(Box::new(report))
    }
}

/// The content that the caller gives, unread.
struct Given<'a> {
    reader: Option<Box<dyn Read + 'a>>,
}

impl<'a> Given<'a> {
    fn of(data: Option<Box<dyn Read + 'a>>, question: &Question<'a>) -> Result<Self> {
        let reader: Option<Box<dyn Read + 'a>> = match (data, question.data) {
            (Some(_), Some(_)) => {
                return Err(Error::misuse("give the content as a stream or in the question"));
            }
            (Some(reader), None) => Some(reader),
            (None, Some(data)) => Some(Box::new(data)),
            (None, None) => None,
        };
        Ok(Self { reader })
    }

    fn is_there(&self) -> bool {
        self.reader.is_some()
    }

    /// Reads what a detached signature covers.
    fn as_content(
        &mut self,
        message: &SignedData<'_>,
        limits: &Limits,
    ) -> Result<Content<'static>> {
        let digests = self.as_digests(rested_on(message, limits), limits)?;
        Ok(Content { digests, conflict: false })
    }

    /// Reads everything, for these digests of it.
    fn as_digests(
        &mut self,
        wanted: impl IntoIterator<Item = DigestAlgorithm>,
        limits: &Limits,
    ) -> Result<ContentDigests<'static>> {
        let Some(mut reader) = self.reader.take() else { return Ok(ContentDigests::new(None)) };
        let mut digesting = Digesting::new(wanted, limits);
        each_piece(&mut reader, BUFFER, &mut |octets| {
            digesting.update(octets);
            Ok(())
        })?;
        let (digests, nature) = digesting.finish();
        Ok(ContentDigests::computed(digests, nature))
    }
}

fn boxed<'a>(reader: &'a mut dyn Read) -> Box<dyn Read + 'a> {
    Box::new(reader)
}

/// The digests that the signatures of a message and the time stamps on its content rest on, those
/// that are known.
fn rested_on(message: &SignedData<'_>, limits: &Limits) -> Vec<DigestAlgorithm> {
    let signers = message.signers.iter().filter_map(|signer| signer.digest.clone().ok());
    let mut all: Vec<DigestAlgorithm> = signers.collect();
    let mut room = Room::of(limits);
    for signer in &message.signers {
        let stamps = Stamp::of_signer(signer, &mut room, limits);
        let content = stamps.iter().filter(|stamp| stamp.kind == TimeStampKind::Content);
        let tokens = content.filter_map(|stamp| stamp.token.as_ref().ok());
        all.extend(tokens.filter_map(|token| token.imprint_algorithm().ok()));
    }
    all
}

/// Whether a reader gives these bytes and no more.
fn is_same(bytes: &[u8], mut reader: impl Read) -> Result<bool> {
    let mut rest = Some(bytes);
    each_piece(&mut reader, BUFFER, &mut |octets| {
        rest = rest.and_then(|rest| rest.strip_prefix(octets));
        Ok(())
    })?;
    Ok(rest.is_some_and(<[u8]>::is_empty))
}
