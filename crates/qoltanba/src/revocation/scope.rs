//! What a list speaks of (RFC 5280 §5.2.5), and whether that takes in a certificate (§6.3.3).

use crate::{
    asn1::{self, Tlv, tag},
    certificate::{Certificate, DistributionPoint, GeneralName, Name, PointName, ReasonFlags},
    error::{Error, Result},
};

const WHAT: &str = "issuingDistributionPoint (RFC 5280 §5.2.5)";

/// issuingDistributionPoint. Without it a list speaks of every certificate of its issuer, for
/// every reason.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Scope {
    pub(crate) point: Option<PointName>,
    pub(crate) kinds: Kinds,
    /// onlySomeReasons.
    pub(crate) reasons: Option<ReasonFlags>,
    /// indirectCRL: the list may speak of certificates of other issuers.
    pub(crate) indirect: bool,
}

/// The kinds of certificates that a list speaks of.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Kinds {
    #[default]
    All,
    /// onlyContainsUserCerts.
    Users,
    /// onlyContainsCACerts.
    Authorities,
    /// onlyContainsAttributeCerts: of no public key certificate.
    Attributes,
}

impl Scope {
    pub(super) fn read(value: &[u8]) -> Result<Self> {
        let outer = asn1::single(value, WHAT)?.expect(tag::SEQUENCE, WHAT)?;
        let mut fields = outer.inside();
        let point = fields.optional_context(0, WHAT)?;
        let point = point.map(|point| PointName::read(point.inside(), WHAT)).transpose()?;
        let mut kinds = Kinds::All;
        for (number, kind) in [(1, Kinds::Users), (2, Kinds::Authorities)] {
            if flag(fields.optional_context(number, WHAT)?)? {
                kinds = kinds.narrowed(kind).ok_or_else(|| Error::malformed(WHAT).at(outer.at))?;
            }
        }
        let reasons = fields.optional_context(3, WHAT)?;
        let reasons = reasons.map(|flags| ReasonFlags::read(&flags, WHAT)).transpose()?;
        let indirect = flag(fields.optional_context(4, WHAT)?)?;
        if flag(fields.optional_context(5, WHAT)?)? {
            let kind = Kinds::Attributes;
            kinds = kinds.narrowed(kind).ok_or_else(|| Error::malformed(WHAT).at(outer.at))?;
        }
        fields.finish(WHAT)?;
        Ok(Self { point, kinds, reasons, indirect })
    }

    /// The reasons for which a list of this scope and issuer tells the status of a certificate at
    /// one of its distribution points; `None` when it does not speak of it at all.
    pub(super) fn covers(
        &self,
        issuer: &Name,
        certificate: &Certificate,
        point: &DistributionPoint,
    ) -> Option<ReasonFlags> {
        // §6.3.3(b)(1)
        let of_this_issuer = match &point.crl_issuer {
            Some(names) => self.indirect && names.iter().any(|name| is_directory(name, issuer)),
            None => issuer == certificate.issuer(),
        };
        // §6.3.3(b)(2)(i)
        let at_this_point = self.point.as_ref().is_none_or(|own| {
            let wanted = match (&point.name, &point.crl_issuer) {
                // A relative name continues that of the list's issuer, which is the right one.
                (Some(name), _) => name.in_full(issuer),
                (None, issuers) => issuers.clone().unwrap_or_default(),
            };
            own.in_full(issuer).iter().any(|name| wanted.contains(name))
        });
        let constraints = certificate.extensions().basic_constraints;
        let authority = constraints.is_some_and(|bc| bc.ca);
        // §6.3.3(b)(2)(ii) to (iv)
        let of_this_kind = match self.kinds {
            Kinds::All => true,
            Kinds::Users => !authority,
            Kinds::Authorities => authority,
            Kinds::Attributes => false,
        };
        // §6.3.3(d)
        let of_list = self.reasons.unwrap_or(ReasonFlags::ALL);
        let of_point = point.reasons.unwrap_or(ReasonFlags::ALL);
        (of_this_issuer && at_this_point && of_this_kind).then(|| of_list.intersection(of_point))
    }
}

impl Kinds {
    /// At most one of the three may be set (RFC 5280 §5.2.5).
    fn narrowed(self, to: Self) -> Option<Self> {
        (self == Self::All).then_some(to)
    }
}

fn is_directory(general: &GeneralName, name: &Name) -> bool {
    matches!(general, GeneralName::Directory(directory) if directory == name)
}

/// A BOOLEAN DEFAULT FALSE; an explicit FALSE is tolerated.
fn flag(tlv: Option<Tlv<'_>>) -> Result<bool> {
    match tlv.map(|t| (t.value, t.at)) {
        None | Some(([0x00], _)) => Ok(false),
        Some(([0xff], _)) => Ok(true),
        Some((_, at)) => Err(Error::malformed(WHAT).at(at)),
    }
}

/// The distribution points of a certificate, and the one that RFC 5280 §6.3.3 assumes behind
/// them: the name of the issuer, for lists that are found in another way.
pub(super) fn points(certificate: &Certificate) -> Vec<DistributionPoint> {
    let mut points = certificate.extensions().crl_distribution_points.clone();
    points.push(DistributionPoint {
        name: Some(PointName::Full(vec![GeneralName::Directory(certificate.issuer().clone())])),
        reasons: None,
        crl_issuer: None,
        uris: Vec::new(),
    });
    points
}
