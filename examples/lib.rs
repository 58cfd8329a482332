//! What the examples share: a test authority with one signer, so that each runs by itself.
//!
//! In production the anchors are [`TrustStore::national`], the certificates and lists come from
//! the national authority, and the key from a key store.

use std::error::Error;

use qoltanba::{
    Certificate, Instant, TrustAnchor, TrustStore, algorithm::SignatureAlgorithm, revocation::Crl,
    sign::CmsSigner,
};
use qoltanba_testkit::{Mint, Order, SeededRng};

/// What every example returns.
pub type Outcome = Result<(), Box<dyn Error>>;

/// An authority, a signer and the evidence about them.
pub struct Setting {
    /// The moment of everything.
    pub now: Instant,
    /// The root to believe.
    pub root: Certificate,
    /// The authority that issued the signer's certificate.
    pub authority: Certificate,
    /// The lists of both.
    pub lists: Vec<Crl>,
    /// The signer's key and certificate.
    pub signer: Mint,
}

impl Setting {
    /// Makes one for a role.
    ///
    /// # Errors
    /// Never with the orders of these examples.
    pub fn new(role: qoltanba::identity::Role) -> Result<Self, Box<dyn Error>> {
        let now = "2026-11-25T12:00:00Z".parse()?;
        let order = Order::new(SignatureAlgorithm::Gost2015_512, now).role(role);
        let signer = Mint::new(&order, &mut SeededRng::new(7))?;
        Ok(Self {
            now,
            root: Certificate::from_der(&signer.anchor)?,
            authority: Certificate::from_der(signer.issuing().certificate())?,
            lists: signer.lists.iter().map(|l| Crl::from_der(l)).collect::<Result<_, _>>()?,
            signer,
        })
    }

    /// A store that believes the root.
    ///
    /// # Errors
    /// Never with the root made here.
    pub fn trust(&self) -> Result<TrustStore, Box<dyn Error>> {
        let mut trust = TrustStore::empty();
        trust.add(TrustAnchor::from_self_signed(&self.root)?);
        Ok(trust)
    }

    /// A message with this content, signed by the signer.
    ///
    /// # Errors
    /// When the certificate is not for signing documents.
    pub fn message(&self, content: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
        let certificate = self.signer.signer_certificate()?;
        let signer = CmsSigner::new(&*self.signer.signer.key, &certificate)?;
        Ok(signer.signing_time(self.now).sign(content, &mut SeededRng::new(8))?)
    }
}
