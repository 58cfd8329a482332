//! What a policy demands of OCSP answers.

/// What a policy demands of OCSP answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct OcspRules {
    /// For how many seconds an answer without nextUpdate speaks after its thisUpdate.
    pub max_age: u32,
    /// By how many seconds the clock of a responder may be ahead.
    pub clock_skew: u32,
    /// What "unknown" means.
    pub unknown: UnknownStatus,
    /// Whether the nonce of a request must come back.
    pub nonce: NonceRule,
}

/// What "unknown" means (RFC 6960 §2.2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnknownStatus {
    /// The certificate is not cleared, whatever else there is (500/НҚ p.19.7).
    Negative,
    /// Another source may still clear it.
    AskElsewhere,
}

/// Whether the nonce of a request must come back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NonceRule {
    /// A response without it is not the answer, as the national responders return it always.
    Required,
    /// A response may lack it, as one that was made beforehand does (RFC 8954 §2.1); a wrong one
    /// is still wrong.
    IfPresent,
}

impl Default for OcspRules {
    fn default() -> Self {
        Self {
            // The national responders give no nextUpdate (kz-pki §6). Their answer is believed for
            // as long as the authority's own complete list is: 27 hours (nuc-in-practice).
            // 500/НҚ p.19.6 asks that it speaks of the moment.
            max_age: 27 * 60 * 60,
            // As `openssl ocsp` has it, by -validity_period.
            clock_skew: 5 * 60,
            unknown: UnknownStatus::Negative,
            nonce: NonceRule::Required,
        }
    }
}
