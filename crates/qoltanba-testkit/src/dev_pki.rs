//! A whole test authority in memory and in a folder.
//!
//! Everything here is public: the password of the key stores is [`PASSWORD`], and the national
//! form of key stores protects nothing anyway. Never trust these roots outside a test.

use qoltanba::{
    Instant,
    algorithm::{DigestAlgorithm, SignatureAlgorithm},
    identity::Role,
    time::Validity,
};
use rand_core::CryptoRng;

use crate::{
    authority::{Authority, AuthoritySpec, Issued},
    crl::{CrlSpec, Reason, Revoked},
    end_entity::EndEntity,
    error::{Error, Result},
    fault::Fault,
    keys::fresh_keys,
    mint::{DAY, family, issuing_spec, root_spec},
    people::Organisation,
    profile::{Addresses, Profile},
};

/// The well-known password of every key store of the test authority. It guards nothing.
pub const PASSWORD: &str = "Qoltanba-dev-1";

/// A test authority: for each algorithm the same people of one organisation, a root and an
/// issuing authority with their lists, people in every role, systems, services, revoked and faulty
/// ones.
///
/// ```
/// use qoltanba::{algorithm::SignatureAlgorithm, identity::Role};
/// use qoltanba_testkit::{DevPki, Profile, SeededRng};
///
/// let at = "2026-11-22T00:00:00Z".parse()?;
/// let mut rng = SeededRng::new(1);
/// let pki = DevPki::of(&[SignatureAlgorithm::Gost2015_512], at, &mut rng)?;
/// let family = &pki.families[0];
/// let head = family.holder(Profile::Sign(Role::FirstHead)).ok_or("nobody")?;
/// let signed = head.issued.key.algorithm() == family.algorithm();
/// assert!(signed && pki.files(&mut rng)?.iter().any(|f| f.path == "people/gost2015-ceo.p12"));
/// # use qoltanba::sign::SigningKey as _;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct DevPki {
    /// The moment around which everything is valid.
    pub at: Instant,
    /// Where its lists, certificates and services are said to be.
    pub addresses: Addresses,
    /// One for each algorithm.
    pub families: Vec<Family>,
}

/// The part of the authority that has one algorithm.
pub struct Family {
    /// The anchor.
    pub root: Authority,
    /// The authority that issued to the holders.
    pub issuing: Authority,
    /// An authority that is called like the issuing one, below a root that is called like the
    /// anchor; its holder has [`Fault::SameNamedForeignRoot`].
    pub foreign: Authority,
    /// People, systems and services.
    pub holders: Vec<Holder>,
    /// The root's list, DER.
    pub root_list: Vec<u8>,
    /// The issuing authority's list, DER.
    pub issuing_list: Vec<u8>,
    /// The issuing authority's delta to it, DER; nobody was revoked since.
    pub issuing_delta: Vec<u8>,
}

/// Somebody with a certificate and its key.
pub struct Holder {
    /// What the files are called, without an ending.
    pub file: String,
    /// Whom the certificate is for.
    pub entity: EndEntity,
    /// The certificate and the key.
    pub issued: Issued,
    /// How the certificate stands.
    pub state: State,
}

/// How a holder's certificate stands at the moment of the authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// In order.
    Good,
    /// Revoked because the key was compromised.
    Revoked,
    /// Deliberately wrong.
    Faulty(Fault),
}

const ROLES: [Role; 8] = [
    Role::Individual,
    Role::FirstHead,
    Role::RightToSign,
    Role::RightToSignFinancial,
    Role::HumanResources,
    Role::Employee,
    Role::InformationSystem,
    Role::Treasury,
];

/// Those that a key store can hold: the core reads the certificate, and it has the key's public
/// half.
const FAULTS: [Fault; 8] = [
    Fault::Expired,
    Fault::NotYetValid,
    Fault::WrongUsage,
    Fault::UnknownCriticalExtension,
    Fault::BadSignature,
    Fault::SeveralIins,
    Fault::ElevenDigitIin,
    Fault::SameNamedForeignRoot,
];

impl DevPki {
    /// The algorithms of [`generate`](Self::generate).
    pub const ALGORITHMS: [SignatureAlgorithm; 3] = [
        SignatureAlgorithm::Gost2015_512,
        SignatureAlgorithm::Gost2004,
        SignatureAlgorithm::RsaPkcs1(DigestAlgorithm::Sha256),
    ];

    /// The whole authority: GOST 2015 with 512 bits, GOST 2004 and RSA.
    ///
    /// Everybody has a key of his own, so this takes as long as two dozen RSA keys, made on every
    /// processor.
    ///
    /// # Errors
    /// When a key cannot be made or used.
    pub fn generate(at: Instant, rng: &mut dyn CryptoRng) -> Result<Self> {
        Self::of(&Self::ALGORITHMS, at, rng)
    }

    /// The authority with these algorithms only.
    ///
    /// # Errors
    /// When a key cannot be made or used.
    pub fn of(
        algorithms: &[SignatureAlgorithm],
        at: Instant,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        Self::with_addresses(algorithms, &Addresses::default(), at, rng)
    }

    /// The authority with these algorithms, whose lists, certificates and services are said to be
    /// at these addresses.
    ///
    /// # Errors
    /// When a key cannot be made or used.
    pub fn with_addresses(
        algorithms: &[SignatureAlgorithm],
        addresses: &Addresses,
        at: Instant,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        let families = algorithms
            .iter()
            .map(|a| Family::new(*a, addresses, at, rng))
            .collect::<Result<_>>()?;
        Ok(Self { at, addresses: addresses.clone(), families })
    }
}

impl Family {
    fn new(
        algorithm: SignatureAlgorithm,
        addresses: &Addresses,
        at: Instant,
        rng: &mut dyn CryptoRng,
    ) -> Result<Self> {
        let addressed =
            |spec: AuthoritySpec| AuthoritySpec { addresses: addresses.clone(), ..spec };
        let root_spec = addressed(root_spec(algorithm, at));
        let issuing_spec = addressed(issuing_spec(algorithm, at));
        let wanted = wanted(algorithm);
        let mut keys = fresh_keys(algorithm, wanted.len() + 4, rng)?.into_iter();
        let mut key = || keys.next().ok_or(Error::Description("there are too few keys"));
        let root = Authority::root(root_spec.clone(), key()?, rng)?;
        let issuing = root.certify(issuing_spec.clone(), key()?, rng)?;
        let other = Authority::root(root_spec, key()?, rng)?;
        let foreign = other.certify(issuing_spec, key()?, rng)?;

        let validity = Validity {
            not_before: at.plus_seconds(-30 * DAY),
            not_after: at.plus_seconds(335 * DAY),
        };
        let mut holders = Vec::new();
        for (number, profile, state) in wanted {
            let mut entity = EndEntity::invented(profile, number, algorithm, validity);
            entity.organisation = entity.organisation.map(|_| Organisation::invented(0));
            let by = match state {
                State::Faulty(Fault::SameNamedForeignRoot) => &foreign,
                State::Faulty(fault) => {
                    entity.fault = Some(fault);
                    &issuing
                }
                State::Good | State::Revoked => &issuing,
            };
            let issued = by.issue(&entity, key()?, rng)?;
            let file = format!("{}-{}", family(algorithm), file(profile, state));
            holders.push(Holder { file, entity, issued, state });
        }

        // A year, so that the folder can be used for as long as its people are valid.
        let published = at.plus_seconds(-DAY);
        let in_force = |number| {
            let next_update = Some(at.plus_seconds(365 * DAY));
            CrlSpec { next_update, ..CrlSpec::complete(number, published) }
        };
        let mut list = in_force(100);
        for holder in holders.iter().filter(|h| h.state == State::Revoked) {
            let since = at.plus_seconds(-10 * DAY);
            let entry = Revoked::new(&holder.issued.serial, since).because(Reason::KeyCompromise);
            list = list.revoke(entry);
        }
        let root_list = root.publish(&in_force(1), rng)?;
        let issuing_list = issuing.publish(&list, rng)?;
        let delta = CrlSpec { delta_to: Some(list.number), ..in_force(list.number + 1) };
        let issuing_delta = issuing.publish(&delta, rng)?;
        Ok(Self { root, issuing, foreign, holders, root_list, issuing_list, issuing_delta })
    }

    /// The algorithm of every key.
    #[must_use]
    pub fn algorithm(&self) -> SignatureAlgorithm {
        self.root.algorithm()
    }

    /// The good holder with this profile.
    #[must_use]
    pub fn holder(&self, profile: Profile) -> Option<&Holder> {
        self.holders.iter().find(|h| h.state == State::Good && h.entity.profile == profile)
    }
}

/// Who gets a certificate: the number of the person, the profile, the state.
fn wanted(algorithm: SignatureAlgorithm) -> Vec<(u32, Profile, State)> {
    let individual = Profile::Sign(Role::Individual);
    let people = ROLES.map(|role| (Profile::Sign(role), State::Good));
    let services = [Profile::TimeStamping, Profile::OcspResponder].map(|p| (p, State::Good));
    let faulty = FAULTS.map(|fault| (individual, State::Faulty(fault)));
    let mut wanted: Vec<_> = (0..)
        .zip(people.into_iter().chain(services).chain([(individual, State::Revoked)]).chain(faulty))
        .map(|(number, (profile, state))| (number, profile, state))
        .collect();
    // kz-pki §5: with GOST 2015 one key does both; before, the same people have another to log in.
    if !matches!(algorithm, SignatureAlgorithm::Gost2015_256 | SignatureAlgorithm::Gost2015_512) {
        let second: Vec<_> = wanted
            .iter()
            .filter_map(|(number, profile, state)| match (profile, state) {
                (Profile::Sign(role @ (Role::Individual | Role::FirstHead)), State::Good) => {
                    Some((*number, Profile::Authenticate(*role), State::Good))
                }
                _ => None,
            })
            .collect();
        wanted.extend(second);
    }
    wanted
}

fn file(profile: Profile, state: State) -> String {
    let profile = match profile {
        Profile::Sign(role) => role.code().to_owned(),
        Profile::Authenticate(role) => format!("{}-auth", role.code()),
        Profile::TimeStamping => "tsa".to_owned(),
        Profile::OcspResponder => "ocsp".to_owned(),
    };
    match state {
        State::Good => profile,
        State::Revoked => format!("{profile}-revoked"),
        State::Faulty(fault) => format!("{profile}-{}", fault.code()),
    }
}
