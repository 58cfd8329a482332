//! A whole chain in one call.

use qoltanba::{
    Certificate, Instant, algorithm::SignatureAlgorithm, identity::Role, time::Validity,
};
use rand_core::CryptoRng;

use crate::{
    authority::{Authority, AuthoritySpec, Issued},
    crl::{CrlFault, CrlSpec, Revoked},
    end_entity::EndEntity,
    error::{Error, Result},
    fault::{Fault, Placement},
    keys::pooled_key,
    profile::Profile,
};

/// Seconds.
pub(crate) const DAY: i64 = 86_400;
/// Seconds of a year without a leap day.
const YEAR: i64 = 365 * DAY;

/// A root, an issuing authority, a signer and the lists of both authorities.
///
/// RSA keys come from a pool that the process shares, so hundreds of these cost no more than the
/// signatures in them.
///
/// ```
/// use qoltanba::{Certificate, algorithm::SignatureAlgorithm};
/// use qoltanba_testkit::{Fault, Mint, Order, SeededRng};
///
/// let at = "2026-11-22T00:00:00Z".parse()?;
/// let mut rng = SeededRng::new(1);
/// let order = Order::new(SignatureAlgorithm::Gost2015_512, at).fault(Fault::Expired);
/// let mint = Mint::new(&order, &mut rng)?;
/// let signer = Certificate::from_der(&mint.signer.certificate)?;
/// assert!(signer.validity().not_after < at);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Mint {
    /// The root that is trusted, DER.
    pub anchor: Vec<u8>,
    /// The authorities between the anchor and the signer, from the root down.
    pub authorities: Vec<Authority>,
    /// The signer.
    pub signer: Issued,
    /// The list of the root and of each authority, in the same order, DER.
    pub lists: Vec<Vec<u8>>,
    /// The root above the authorities, which is not the anchor when it is a foreign one.
    pub root: Authority,
}

/// What a [`Mint`] is to make.
#[derive(Debug, Clone)]
pub struct Order {
    /// The algorithm of every key.
    pub algorithm: SignatureAlgorithm,
    /// The moment around which everything is valid.
    pub at: Instant,
    /// What the signer's certificate is for.
    pub profile: Profile,
    /// Which invented person or organisation it is.
    pub number: u32,
    /// What is wrong with the signer or the chain.
    pub fault: Option<Fault>,
    /// When the signer was revoked.
    pub revoked: Option<Instant>,
    /// What is wrong with the list that covers the signer.
    pub crl_fault: Option<CrlFault>,
}

impl Order {
    /// An individual who signs, and nothing wrong.
    #[must_use]
    pub const fn new(algorithm: SignatureAlgorithm, at: Instant) -> Self {
        Self {
            algorithm,
            at,
            profile: Profile::Sign(Role::Individual),
            number: 0,
            fault: None,
            revoked: None,
            crl_fault: None,
        }
    }

    /// Another role.
    #[must_use]
    pub const fn role(mut self, role: Role) -> Self {
        self.profile = Profile::Sign(role);
        self
    }

    /// Another profile.
    #[must_use]
    pub const fn profile(mut self, profile: Profile) -> Self {
        self.profile = profile;
        self
    }

    /// Something wrong.
    #[must_use]
    pub const fn fault(mut self, fault: Fault) -> Self {
        self.fault = Some(fault);
        self
    }

    /// A revoked signer.
    #[must_use]
    pub const fn revoked(mut self, at: Instant) -> Self {
        self.revoked = Some(at);
        self
    }

    /// Something wrong with the signer's list.
    #[must_use]
    pub const fn crl_fault(mut self, fault: CrlFault) -> Self {
        self.crl_fault = Some(fault);
        self
    }

    fn period(&self, before: i64, after: i64) -> Validity {
        Validity {
            not_before: self.at.plus_seconds(-before),
            not_after: self.at.plus_seconds(after),
        }
    }
}

/// The part of a file name that stands for an algorithm.
pub(crate) const fn family(algorithm: SignatureAlgorithm) -> &'static str {
    match algorithm {
        SignatureAlgorithm::Gost2004 => "gost2004",
        SignatureAlgorithm::Gost2015_256 => "gost2015_256",
        SignatureAlgorithm::Gost2015_512 => "gost2015",
        SignatureAlgorithm::RsaPkcs1(_) => "rsa",
        _ => "other",
    }
}

/// A root that is valid from two years before `at` and for twenty years.
pub(crate) fn root_spec(algorithm: SignatureAlgorithm, at: Instant) -> AuthoritySpec {
    let family = family(algorithm);
    let validity =
        Validity { not_before: at.plus_seconds(-2 * YEAR), not_after: at.plus_seconds(18 * YEAR) };
    let name = format!("ҮЛГІ НЕГІЗГІ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ ({})", family.to_uppercase());
    AuthoritySpec::root(&name, &format!("root_{family}"), validity)
}

/// The issuing authority below it, valid a little less long on both sides.
pub(crate) fn issuing_spec(algorithm: SignatureAlgorithm, at: Instant) -> AuthoritySpec {
    let family = family(algorithm);
    let validity = Validity {
        not_before: at.plus_seconds(-2 * YEAR + DAY),
        not_after: at.plus_seconds(18 * YEAR - DAY),
    };
    let name = format!("ҮЛГІ ҰЛТТЫҚ КУӘЛАНДЫРУШЫ ОРТАЛЫҚ ({})", family.to_uppercase());
    AuthoritySpec::issuing(&name, &format!("nca_{family}"), validity)
}

impl Mint {
    /// Makes what was ordered.
    ///
    /// # Errors
    /// When the order does not go together.
    pub fn new(order: &Order, rng: &mut dyn CryptoRng) -> Result<Self> {
        let (algorithm, fault) = (order.algorithm, order.fault);
        let placement = fault.map(Fault::placement);
        let root_spec = root_spec(algorithm, order.at);
        let root = Authority::root(root_spec.clone(), pooled_key(algorithm, rng)?, rng)?;
        let anchor = match fault {
            Some(Fault::SameNamedForeignRoot) => {
                Authority::root(root_spec, pooled_key(algorithm, rng)?, rng)?
            }
            _ => root.clone(),
        };

        let mut spec = issuing_spec(algorithm, order.at);
        spec.fault = fault.filter(|_| placement == Some(Placement::Authority));
        let mut authorities = vec![root.certify(spec, pooled_key(algorithm, rng)?, rng)?];
        if let (Some(Fault::PathLength), Some(above)) = (fault, authorities.first()) {
            let family = family(algorithm);
            let file = format!("sub_{family}");
            let spec = AuthoritySpec::issuing(
                "ҮЛГІ БАҒЫНЫСТЫ ОРТАЛЫҚ",
                &file,
                order.period(YEAR, 10 * YEAR),
            );
            let further = above.certify(spec, pooled_key(algorithm, rng)?, rng)?;
            authorities.push(further);
        }
        let issuing = authorities.last().ok_or(Error::Description("no authority was made"))?;

        let mut entity = EndEntity::invented(
            order.profile,
            order.number,
            algorithm,
            order.period(30 * DAY, 335 * DAY),
        );
        entity.fault =
            fault.filter(|_| matches!(placement, Some(Placement::Certificate | Placement::Person)));
        let signer = issuing.issue(&entity, pooled_key(algorithm, rng)?, rng)?;

        let published = order.at.plus_seconds(-DAY);
        let mut lists = vec![root.publish(&CrlSpec::complete(1, published), rng)?];
        for (index, authority) in authorities.iter().enumerate() {
            let mut list = CrlSpec::complete(100, published);
            if index + 1 == authorities.len() {
                list.fault = order.crl_fault;
                list.revoked =
                    order.revoked.map(|at| Revoked::new(&signer.serial, at)).into_iter().collect();
            }
            lists.push(authority.publish(&list, rng)?);
        }
        Ok(Self { anchor: anchor.certificate().to_vec(), authorities, signer, lists, root })
    }

    /// An individual's chain with nothing wrong.
    ///
    /// # Errors
    /// When keys of the algorithm are not made here.
    pub fn good(
        algorithm: SignatureAlgorithm,
        at: Instant,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        Self::new(&Order::new(algorithm, at), rng)
    }

    /// The authority that issued the signer's certificate.
    #[must_use]
    pub fn issuing(&self) -> &Authority {
        self.authorities.last().unwrap_or(&self.root)
    }

    /// The signer's certificate, read by the core.
    ///
    /// # Errors
    /// When the core refuses it, which some faults are for.
    pub fn signer_certificate(&self) -> Result<Certificate> {
        Ok(Certificate::from_der(&self.signer.certificate)?)
    }
}
