//! The addresses of Kazakhstan's national authority, as its certificates name them (kz-pki §5).

/// Hosts of the national authority.
pub const HOSTS: [&str; 4] = ["pki.gov.kz", "*.pki.gov.kz", "root.gov.kz", "*.root.gov.kz"];

/// Where the authority answers for the status of certificates.
pub const OCSP: &str = "http://ocsp.pki.gov.kz";

/// Where the authority makes time stamps.
pub const TIME_STAMPS: &str = "http://tsp.pki.gov.kz";

/// A revocation list of the authority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct List {
    /// The complete list; further addresses serve the same.
    pub complete: &'static [&'static str],
    /// The delta to it, where there is one.
    pub delta: &'static [&'static str],
}

/// The lists of the authorities that are in use, to be fetched ahead of need: first those over
/// people's certificates, then the root's over the authorities'.
pub const LISTS: [List; 7] = [
    List {
        complete: &["http://crl.pki.gov.kz/nca_gost_2022.crl"],
        delta: &["http://crl.pki.gov.kz/nca_d_gost_2022.crl"],
    },
    List {
        complete: &["http://crl.pki.gov.kz/nca_gost.crl", "http://crl1.pki.gov.kz/nca_gost.crl"],
        delta: &["http://crl.pki.gov.kz/nca_d_gost.crl"],
    },
    List {
        complete: &["http://crl.pki.gov.kz/nca_rsa.crl", "http://crl1.pki.gov.kz/nca_rsa.crl"],
        delta: &["http://crl.pki.gov.kz/nca_d_rsa.crl"],
    },
    List { complete: &["http://crl.root.gov.kz/gost2015_2022.crl"], delta: &[] },
    List { complete: &["http://crl.root.gov.kz/rsa2020.crl"], delta: &[] },
    List { complete: &["http://crl.root.gov.kz/gost.crl"], delta: &[] },
    List { complete: &["http://crl.root.gov.kz/rsa.crl"], delta: &[] },
];

/// Certificates of the authorities that issue to people.
pub const CERTIFICATES: [&str; 1] = ["http://pki.gov.kz/cert/nca_gost_2022.cer"];
