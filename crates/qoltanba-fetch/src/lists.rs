//! When a revocation list may replace the copy of an earlier one. A good list is never given up
//! for a damaged, foreign, forged, older or stale one, nor a complete list for a delta.

use qoltanba::{
    Certificate, Instant, Question, Verifier,
    algorithm::{PublicKey, Strength},
    certificate::Name,
    report::{CheckId, Outcome, Subjects},
    revocation::{Crl, CrlIndexBuilder, ListFacts, ListKind},
};

use crate::cache::Kind;

/// Why a list that came is not kept, or not used at all.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum ListFault {
    /// It cannot be read as a revocation list.
    Malformed(qoltanba::Error),
    /// It names another issuer than the one asked for.
    OtherIssuer {
        /// The issuer that it names.
        found: String,
    },
    /// A delta stood where a complete list was asked for.
    Delta,
    /// The trusted key of its issuer did not make its signature.
    Forged,
    /// No trusted key of its issuer is known, so it is used and not kept: the verifier may find
    /// the key in the document.
    UnknownIssuer,
    /// It is not in force: stale, from the future, or without an end.
    NotInForce {
        /// When it was made.
        this_update: Instant,
        /// When the next one was due.
        next_update: Option<Instant>,
    },
    /// It is older than the copy that is there.
    Older {
        /// When it was made.
        this_update: Instant,
        /// When the copy was made.
        kept: Instant,
    },
    /// Its number is lower than that of the copy that is there, which is still in force.
    LowerNumber,
}

/// Reads what came from the address of a list, in DER or PEM.
pub(crate) fn read(kind: Kind, body: &[u8]) -> Result<Crl, ListFault> {
    let malformed = |der: &[u8]| {
        let list = match kind {
            Kind::Delta => Crl::delta_from_der(der),
            _ => Crl::from_der(der),
        };
        list.map_err(ListFault::Malformed)
    };
    match qoltanba::verify::recognise(body) {
        Some(qoltanba::verify::Recognised::Crl(Ok(der))) => malformed(&der),
        Some(qoltanba::verify::Recognised::Crl(Err(error))) => Err(ListFault::Malformed(error)),
        _ => malformed(body),
    }
}

/// What a list says of itself, be it parsed or opened by its index.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Facts<'a> {
    issuer: &'a Name,
    this_update: Instant,
    next_update: Option<Instant>,
    number: Option<&'a [u8]>,
    /// It speaks of changes only, or may do so.
    is_partial: bool,
}

impl<'a> From<&'a Crl> for Facts<'a> {
    fn from(list: &'a Crl) -> Self {
        Self {
            issuer: list.claimed_issuer(),
            this_update: list.this_update(),
            next_update: list.next_update(),
            number: list.number(),
            is_partial: list.is_partial(),
        }
    }
}

impl<'a> From<&'a ListFacts> for Facts<'a> {
    fn from(facts: &'a ListFacts) -> Self {
        Self {
            issuer: facts.issuer(),
            this_update: facts.this_update(),
            next_update: facts.next_update(),
            number: facts.number(),
            is_partial: facts.kind() != ListKind::Complete,
        }
    }
}

/// Octets from which a list gets an index: some 5,000 entries. A GOST list of 22 MB takes 0.7 s to
/// be read and its signature to be checked, and by its index 3 ms; one below this size takes at
/// most 8 ms, of which nobody would notice the loss, and has no second file.
const WORTH_AN_INDEX: usize = 256 << 10;

/// The index of a list that this key signed, where it is worth one. A list that came in PEM gets
/// none: no authority publishes long ones so.
pub(crate) fn index(body: &[u8], list: &Crl, key: &[u8]) -> Option<Vec<u8>> {
    if body.len() < WORTH_AN_INDEX || body != list.as_der() {
        return None;
    }
    let builder = CrlIndexBuilder::new().key(key).strength(Strength::default());
    let mut index = Vec::new();
    builder.read(&mut &*body).ok()?.write(&mut index).ok()?;
    Some(index)
}

/// Whether it is the list that was asked for.
pub(crate) fn is_wanted(
    kind: Kind,
    issuer: Option<&str>,
    list: Facts<'_>,
) -> Result<(), ListFault> {
    let found = list.issuer.to_string();
    if issuer.is_some_and(|issuer| issuer != found) {
        return Err(ListFault::OtherIssuer { found });
    }
    // The other way round nothing is asked: a list from the address of a delta is one, even
    // without a deltaCRLIndicator (order 522/НҚ).
    if kind == Kind::List && list.is_partial { Err(ListFault::Delta) } else { Ok(()) }
}

/// Whether a list may take the place of the copy that is there. `issuer` is whose list was asked
/// for, where that is known.
pub(crate) fn may_replace(
    issuer: Option<&str>,
    kept: Option<Facts<'_>>,
    new: Facts<'_>,
    now: Instant,
    authenticity: &Authenticity,
) -> Result<(), ListFault> {
    // Without this a forged list with a high number would lock out every genuine one.
    match authenticity {
        Authenticity::Signed { .. } => {}
        Authenticity::Forged => return Err(ListFault::Forged),
        Authenticity::Unknown => return Err(ListFault::UnknownIssuer),
    }
    let Facts { this_update, next_update, .. } = new;
    if !is_in_force(new, now) {
        return Err(ListFault::NotInForce { this_update, next_update });
    }
    let Some(kept) = kept else { return Ok(()) };
    if kept.issuer != new.issuer {
        // A copy of another issuer than asked for came by mistake, or by somebody's wish to keep
        // the genuine list away. Where nobody says whose list belongs here the newer one has the
        // place: a root's list, in force for months, would else keep away those made daily.
        return match issuer {
            None if is_in_force(kept, now) && this_update <= kept.this_update => {
                Err(ListFault::OtherIssuer { found: new.issuer.to_string() })
            }
            _ => Ok(()),
        };
    }
    if this_update < kept.this_update {
        return Err(ListFault::Older { this_update, kept: kept.this_update });
    }
    // RFC 5280 §5.2.3: numbers rise. An authority that began anew, after its copy here ran out,
    // is heard again all the same.
    if is_in_force(kept, now) && number(new) < number(kept) {
        return Err(ListFault::LowerNumber);
    }
    Ok(())
}

pub(crate) fn is_in_force(list: Facts<'_>, now: Instant) -> bool {
    list.this_update <= now && list.next_update.is_some_and(|next| now <= next)
}

fn number(list: Facts<'_>) -> Option<(usize, &[u8])> {
    list.number.map(|number| (number.len(), number))
}

/// Whose signature a list carries.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Authenticity {
    /// A trusted key of its issuer made it.
    Signed {
        /// The SubjectPublicKeyInfo.
        key: Vec<u8>,
    },
    /// A trusted key of its issuer is known, and none made it.
    Forged,
    /// No trusted key of its issuer is known here.
    Unknown,
}

/// Looks for a trusted key of the list's issuer: an anchor's, or that of an authority which an
/// anchor vouches for at the moment. Revocation is not looked at: this decides on what is kept,
/// never on a verdict.
pub(crate) fn authenticity(
    list: &Crl,
    verifier: &Verifier,
    more: &[Certificate],
    now: Instant,
) -> Authenticity {
    let issuer = list.claimed_issuer();
    let anchors = verifier.trust().anchors().iter();
    let anchors = anchors.filter(|anchor| anchor.name() == issuer && anchor.may_sign_lists());
    // RFC 5280 §6.3.3(f): whoever has some certificate must not make the lists of his own name.
    let certificates = verifier.certificates().iter().chain(more).filter(|certificate| {
        certificate.claimed_subject() == issuer
            && certificate.may_sign_lists()
            && is_vouched_for(certificate, verifier, now)
    });
    let certified = certificates.filter_map(|certificate| {
        certificate.public_key().ok().map(|key| (certificate.public_key_info(), key))
    });
    let keys: Vec<(&[u8], &PublicKey)> =
        anchors.map(|anchor| (anchor.public_key_info(), anchor.key())).chain(certified).collect();
    if keys.is_empty() {
        return Authenticity::Unknown;
    }
    let signer = keys.iter().find(|(_, key)| list.is_signed_by(key, Strength::default()));
    match signer {
        Some((key, _)) => Authenticity::Signed { key: key.to_vec() },
        None => Authenticity::Forged,
    }
}

/// Whether a path leads from the certificate to an anchor at the moment.
pub(crate) fn is_vouched_for(certificate: &Certificate, verifier: &Verifier, now: Instant) -> bool {
    let Ok(report) = verifier.verify(certificate.as_der(), &Question::at(now)) else {
        return false;
    };
    let Subjects::Certificate(report) = &report.subjects else { return false };
    let passed = |id| {
        let mut of_it = report.checks.iter().filter(|check| check.id == id).peekable();
        of_it.peek().is_some() && of_it.all(|check| check.outcome == Outcome::Passed)
    };
    passed(CheckId::Path) && passed(CheckId::Validity)
}
