//! NIST PKITS: every row from the S/MIME message to the verdict, under RFC 5280 alone.
//!
//! The moment of check is the first second of 2026: behind every list of the suite, the youngest
//! of which is of January 2011, and before the end of its certificates in December 2030. Every
//! certificate and list of the suite is a candidate for every row, so paths have to be found.
#![allow(
    dead_code,
    clippy::disallowed_methods,
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test says what went wrong by panicking"
)]

mod common;

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use libtest_mimic::{Arguments, Trial};
use qoltanba::{
    Certificate, Question, Report, TrustAnchor, TrustStore, Verdict, Verifier,
    policy::{Policy, Preset},
    revocation::Crl,
    trust::{ExplicitPolicy, Inhibition, InitialPolicies, PolicySet},
};
use serde_json::Value;

const MOMENT: &str = "2026-01-01T00:00:00Z";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match common::set("pkits") {
        None => common::absent("pkits"),
        Some(folder) => trials(&folder),
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials(folder: &Path) -> Vec<Trial> {
    let suite = common::json(&folder.join("pkits.json"));
    let rows = suite["tests"].as_array().unwrap();
    let exceptions = common::exceptions("pkits");
    let set = Arc::new(Set::read(folder, &suite));
    let mut trials = Vec::new();
    for row in rows {
        let id = row["id"].as_str().unwrap().to_owned();
        let exception = exceptions.get(&id).map(|why| why.as_str().unwrap().to_owned());
        let (set, row) = (Arc::clone(&set), row.clone());
        trials.push(Trial::test(id, move || common::judge(set.check(&row), exception.as_deref())));
    }
    trials.push(Trial::test("the suite is whole", {
        let (rows, set) = (rows.len(), Arc::clone(&set));
        move || {
            assert_eq!(rows, 247);
            assert_eq!((set.certificates.len(), set.crls.len()), (CERTIFICATES, LISTS));
            Ok(())
        }
    }));
    for unknown in exceptions.keys().filter(|k| rows.iter().all(|row| row["id"] != ***k)) {
        let message = format!("exceptions.toml names {unknown}, which is no row");
        trials.push(Trial::test(unknown.clone(), move || Err(message.into())));
    }
    trials
}

const CERTIFICATES: usize = 405;
/// One of 173 has a signature that is no whole number of octets (§4.4.4) and is not read.
const LISTS: usize = 172;

struct Set {
    folder: PathBuf,
    trust: TrustStore,
    certificates: Vec<Certificate>,
    crls: Vec<Crl>,
}

impl Set {
    fn read(folder: &Path, suite: &Value) -> Self {
        let anchor = common::read(&folder.join(suite["trust_anchor"].as_str().unwrap()));
        let anchor = Certificate::from_der(&anchor).unwrap();
        let mut trust = TrustStore::empty();
        trust.add(TrustAnchor::from_self_signed(&anchor).unwrap());
        let all = |part: &str| {
            let entries = fs::read_dir(folder.join(part)).unwrap();
            let mut files: Vec<PathBuf> = entries.map(|entry| entry.unwrap().path()).collect();
            files.sort();
            files
        };
        let read = |path: &PathBuf| common::read(path);
        Self {
            folder: folder.to_path_buf(),
            trust,
            certificates: all("certs")
                .iter()
                .map(|path| Certificate::from_der(&read(path)).unwrap())
                .collect(),
            crls: all("crls").iter().filter_map(|path| Crl::from_der(&read(path)).ok()).collect(),
        }
    }

    fn check(&self, row: &Value) -> Result<(), String> {
        let message = common::read(&self.folder.join(row["message"].as_str().unwrap()));
        let verifier = Verifier::new(self.trust.clone())
            .with_certificates(self.certificates.iter().cloned())
            .with_crls(self.crls.iter().cloned())
            .with_policy(policy(row));
        let question = Question::at(MOMENT.parse().unwrap());
        let report = verifier.verify(&message, &question).map_err(|e| e.to_string())?;
        let streamed = verifier.verify_stream(&mut message.as_slice(), None, &question);
        assert_eq!(streamed.as_ref(), Ok(&report));
        compare(row, &report)
    }
}

fn policy(row: &Value) -> Policy {
    let is = |name: &str| row[name].as_bool().unwrap();
    let mut policy = Policy::from(Preset::Pkix);
    if let Some(set) = row["initial_policy_set"].as_array() {
        let set = PolicySet::new(set.iter().map(|policy| policy.as_str().unwrap())).unwrap();
        policy.path.policies = InitialPolicies::Only(set);
    } else {
        assert_eq!(row["initial_policy_set"], "any");
    }
    if is("require_explicit_policy") {
        policy.path.explicit_policy = ExplicitPolicy::Required;
    }
    if is("inhibit_policy_mapping") {
        policy.path.policy_mapping = Inhibition::Inhibited;
    }
    if is("inhibit_any_policy") {
        policy.path.any_policy = Inhibition::Inhibited;
    }
    policy
}

/// A valid row is Passed; any other is not, and every reason against it is one for which the suite
/// means the row to be invalid.
fn compare(row: &Value, report: &Report) -> Result<(), String> {
    let id = row["id"].as_str().unwrap();
    let [signature] = report.signatures() else { return Err("one signature".to_owned()) };
    let mut codes: Vec<&str> =
        signature.checks.iter().filter_map(|c| c.reason()).map(|reason| reason.code()).collect();
    codes.sort_unstable();
    codes.dedup();
    let verdict = report.verdict();
    match row["expected"].as_str().unwrap() {
        "valid" if verdict == Verdict::Passed => Ok(()),
        "invalid" if verdict != Verdict::Passed => {
            let reasons = reasons(id);
            if !codes.is_empty() && codes.iter().all(|code| reasons.contains(code)) {
                return Ok(());
            }
            Err(format!("{codes:?} ({:?}); expected of {reasons:?}", report.reason()))
        }
        expected => {
            Err(format!("{verdict} for {codes:?} ({:?}); expected {expected}", report.reason()))
        }
    }
}

/// Nothing sound tells the status.
const STATUS: &[&str] = &[
    "revocation_unknown",
    "crl_bad_signature",
    "crl_wrong_issuer",
    "crl_signer_unproved",
    "crl_stale",
    "crl_scope",
    "crl_unknown_critical_ext",
];
/// A list names the certificate, and another thing about the list is unsound.
const REVOKED_OR_STATUS: &[&str] = &[
    "cert_revoked",
    "revocation_unknown",
    "crl_bad_signature",
    "crl_wrong_issuer",
    "crl_signer_unproved",
    "crl_stale",
    "crl_scope",
    "crl_unknown_critical_ext",
];
/// The key that signed the certificate is one for lists.
const AUTHORITY_OR_STATUS: &[&str] =
    &["chain_ca_flag", "revocation_unknown", "crl_bad_signature", "crl_wrong_issuer", "crl_scope"];

/// Why rows are invalid, by the sections of the suite's description. The first beginning of an
/// identifier that fits counts.
const REASONS: &[(&str, &[&str])] = &[
    // 4.1 Signature verification
    ("InvalidCASignature", &["chain_bad_signature"]),
    ("InvalidEESignature", &["chain_bad_signature"]),
    ("InvalidDSASignature", &["chain_bad_signature"]),
    // 4.2 Validity periods
    ("InvalidCAnotBefore", &["cert_not_yet_valid"]),
    ("InvalidEEnotBefore", &["cert_not_yet_valid"]),
    ("InvalidCAnotAfter", &["cert_expired"]),
    ("InvalidEEnotAfter", &["cert_expired"]),
    // Its list was made when the certificate had expired, and speaks of it no more.
    ("Invalidpre2000UTCEEnotAfter", &["cert_expired", "crl_after_expiry"]),
    // 4.3 Name chaining
    ("InvalidNameChaining", &["chain_untrusted"]),
    // 4.4 Basic certificate revocation
    ("MissingCRL", &["revocation_unknown"]),
    ("InvalidRevoked", &["cert_revoked"]),
    ("InvalidBadCRL", STATUS),
    ("InvalidWrongCRL", STATUS),
    ("InvalidUnknownCRL", REVOKED_OR_STATUS),
    ("InvalidOldCRLnextUpdate", &["crl_stale"]),
    ("Invalidpre2000CRLnextUpdate", &["crl_stale"]),
    ("InvalidNegativeSerialNumber", &["cert_revoked"]),
    ("InvalidLongSerialNumber", &["cert_revoked"]),
    ("InvalidSeparateCertificateandCRLKeysTest20", &["cert_revoked"]),
    ("InvalidSeparateCertificateandCRLKeysTest21", STATUS),
    // 4.5 Self-issued certificates
    ("InvalidBasicSelfIssuedCRLSigningKeyTest8", AUTHORITY_OR_STATUS),
    ("InvalidBasicSelfIssued", &["cert_revoked"]),
    // 4.6 Basic constraints
    ("InvalidMissingbasicConstraints", &["chain_ca_flag"]),
    ("InvalidcAFalse", &["chain_ca_flag"]),
    ("InvalidpathLenConstraint", &["chain_pathlen"]),
    ("InvalidSelfIssuedpathLenConstraint", &["chain_pathlen"]),
    // 4.7 Key usage
    ("InvalidkeyUsageCriticalkeyCertSignFalse", &["chain_ca_flag"]),
    ("InvalidkeyUsageNotCriticalkeyCertSignFalse", &["chain_ca_flag"]),
    ("InvalidkeyUsageCriticalcRLSignFalse", &["crl_wrong_issuer"]),
    ("InvalidkeyUsageNotCriticalcRLSignFalse", &["crl_wrong_issuer"]),
    // 4.8 Certificate policies, 4.9 Require explicit policy
    ("AllCertificates", &["chain_policy"]),
    ("AnyPolicy", &["chain_policy"]),
    ("DifferentPolicies", &["chain_policy"]),
    ("OverlappingPolicies", &["chain_policy"]),
    ("InvalidRequireExplicitPolicy", &["chain_policy"]),
    ("InvalidSelfIssuedrequireExplicitPolicy", &["chain_policy"]),
    // 4.10 Policy mappings, 4.11 Inhibit policy mapping, 4.12 Inhibit any policy
    ("InvalidMappingFromanyPolicy", &["chain_policy_mapping"]),
    ("InvalidMappingToanyPolicy", &["chain_policy_mapping"]),
    ("InvalidPolicyMapping", &["chain_policy"]),
    ("ValidPolicyMapping", &["chain_policy"]),
    ("InvalidinhibitPolicyMapping", &["chain_policy"]),
    ("InvalidSelfIssuedinhibitPolicyMapping", &["chain_policy"]),
    ("InvalidinhibitAnyPolicy", &["chain_policy"]),
    ("InvalidSelfIssuedinhibitAnyPolicy", &["chain_policy"]),
    ("inhibitAnyPolicy", &["chain_policy"]),
    // 4.13 Name constraints
    ("InvalidDN", &["chain_name_constraints"]),
    ("InvalidSelfIssuedDN", &["chain_name_constraints"]),
    ("InvalidRFC822", &["chain_name_constraints"]),
    ("InvalidURI", &["chain_name_constraints"]),
    // 4.14 Distribution points
    ("InvaliddistributionPointTest2", &["cert_revoked"]),
    ("InvaliddistributionPointTest6", &["cert_revoked"]),
    ("InvaliddistributionPoint", STATUS),
    ("InvalidonlyContains", STATUS),
    ("InvalidonlySomeReasonsTest17", STATUS),
    ("InvalidonlySomeReasons", &["cert_revoked"]),
    ("InvalidIDPwithindirectCRLTest23", &["cert_revoked"]),
    ("InvalidIDPwithindirectCRL", STATUS),
    ("InvalidcRLIssuerTest27", STATUS),
    ("InvalidcRLIssuerTest34", &["cert_revoked"]),
    ("InvalidcRLIssuerTest35", STATUS),
    ("InvalidcRLIssuer", REVOKED_OR_STATUS),
    // 4.15 Delta lists
    ("InvaliddeltaCRLIndicatorNoBase", STATUS),
    ("InvaliddeltaCRLTest10", STATUS),
    ("InvaliddeltaCRL", &["cert_revoked"]),
    // 4.16 Private certificate extensions
    ("InvalidUnknownCriticalCertificateExtension", &["unknown_critical_ext"]),
];

fn reasons(id: &str) -> &'static [&'static str] {
    let row = REASONS.iter().find(|(beginning, _)| id.starts_with(beginning));
    row.unwrap_or_else(|| panic!("{id} is of no section")).1
}
