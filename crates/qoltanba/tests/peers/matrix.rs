//! The matrix: a row for a kind of key, a column for what is exchanged, a trial for a cell.

use std::{
    collections::BTreeMap,
    fmt,
    sync::{Arc, Mutex, OnceLock},
};

use libtest_mimic::Trial;
use qoltanba::{Question, Verdict, revocation::Crl};

use crate::{
    Outcome,
    authority::{Authority, CONTENT, Kind, said},
};

#[rustfmt::skip]
static KINDS: [Kind; 13] = [
    kind("RSA 2048", "-algorithm RSA -pkeyopt rsa_keygen_bits:2048", "sha256", "RSA-SHA256"),
    kind("ECDSA P-256", "-algorithm EC -pkeyopt ec_paramgen_curve:P-256", "sha256", "ECDSA-SHA256"),
    kind("ECDSA P-384", "-algorithm EC -pkeyopt ec_paramgen_curve:P-384", "sha384", "ECDSA-SHA384"),
    kind("GOST R 2001 A", "-algorithm gost2001 -pkeyopt paramset:A", "md_gost94", "GOSTR2001"),
    kind("GOST R 2001 B", "-algorithm gost2001 -pkeyopt paramset:B", "md_gost94", "GOSTR2001"),
    kind("GOST R 2001 C", "-algorithm gost2001 -pkeyopt paramset:C", "md_gost94", "GOSTR2001"),
    kind("GOST R 2012-256 A", "-algorithm gost2012_256 -pkeyopt paramset:TCA", "md_gost12_256", "GOSTR2012-256"),
    kind("GOST R 2012-256 B", "-algorithm gost2012_256 -pkeyopt paramset:TCB", "md_gost12_256", "GOSTR2012-256"),
    kind("GOST R 2012-256 C", "-algorithm gost2012_256 -pkeyopt paramset:TCC", "md_gost12_256", "GOSTR2012-256"),
    kind("GOST R 2012-256 D", "-algorithm gost2012_256 -pkeyopt paramset:TCD", "md_gost12_256", "GOSTR2012-256"),
    kind("GOST R 2012-512 A", "-algorithm gost2012_512 -pkeyopt paramset:A", "md_gost12_512", "GOSTR2012-512"),
    kind("GOST R 2012-512 B", "-algorithm gost2012_512 -pkeyopt paramset:B", "md_gost12_512", "GOSTR2012-512"),
    kind("GOST R 2012-512 C", "-algorithm gost2012_512 -pkeyopt paramset:C", "md_gost12_512", "GOSTR2012-512"),
];

const fn kind(
    name: &'static str,
    genpkey: &'static str,
    digest: &'static str,
    reported: &'static str,
) -> Kind {
    Kind { name, genpkey, digest, reported }
}

type Check = fn(&Authority, &Kind) -> Result<(), String>;

static COLUMNS: [(&str, Check); 6] = [
    ("certificate ->", certificate),
    ("list ->", list),
    ("attached ->", |authority, kind| theirs(authority, kind, false)),
    ("detached ->", |authority, kind| theirs(authority, kind, true)),
    ("<- attached", |authority, _| ours(authority, false)),
    ("<- detached", |authority, _| ours(authority, true)),
];

/// What came of each cell.
#[derive(Clone, Default)]
pub(crate) struct Table(Arc<Mutex<BTreeMap<(usize, usize), bool>>>);

impl Table {
    pub(crate) fn is_started(&self) -> bool {
        !self.0.lock().unwrap().is_empty()
    }
}

impl fmt::Display for Table {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let cells = self.0.lock().unwrap();
        writeln!(f, "made by OpenSSL, judged here (->); made here, verified by OpenSSL (<-)\n")?;
        write!(f, "{:18}", "")?;
        COLUMNS.iter().try_for_each(|(column, _)| write!(f, "{column:>16}"))?;
        writeln!(f)?;
        for (row, kind) in KINDS.iter().enumerate() {
            write!(f, "{:18}", kind.name)?;
            for column in 0..COLUMNS.len() {
                let word = match cells.get(&(row, column)) {
                    Some(true) => "ok",
                    Some(false) => "FAILED",
                    None => "-",
                };
                write!(f, "{word:>16}")?;
            }
            writeln!(f)?;
        }
        writeln!(f)
    }
}

pub(crate) fn trials(table: &Table, engine: bool) -> Vec<Trial> {
    let mut trials = Vec::new();
    for (row, kind) in KINDS.iter().enumerate() {
        let authority = Arc::new(OnceLock::new());
        for (column, (name, check)) in COLUMNS.iter().enumerate() {
            let (authority, table) = (Arc::clone(&authority), table.clone());
            let trial = move || -> Outcome {
                let made: &Result<Authority, String> =
                    authority.get_or_init(|| Authority::new(kind));
                let outcome = made.as_ref().map_err(Clone::clone).and_then(|a| check(a, kind));
                table.0.lock().unwrap().insert((row, column), outcome.is_ok());
                Ok(outcome?)
            };
            trials.push(
                Trial::test(format!("{}: {name}", kind.name), trial).with_ignored_flag(!engine),
            );
        }
    }
    trials
}

/// The person's certificate is good, and an altered one is not.
fn certificate(authority: &Authority, kind: &Kind) -> Result<(), String> {
    let der = authority.person.as_der();
    passes(authority, der, None)?;
    let algorithm = authority.person.signature_algorithm().map_err(said)?.to_string();
    if algorithm != kind.reported {
        return Err(format!("the algorithm is reported as {algorithm}"));
    }
    refused(authority, &altered(der), None)
}

/// The list is the root's, and an altered one is nobody's.
fn list(authority: &Authority, _: &Kind) -> Result<(), String> {
    let key = authority.root.public_key().map_err(said)?;
    let signed = |list: &Crl| list.is_signed_by(key, Default::default());
    if !signed(&authority.list) {
        return Err("the list is not signed by the root".into());
    }
    let forged = Crl::from_der(&altered(authority.list.as_der())).map_err(said)?;
    if signed(&forged) {
        return Err("an altered list is signed by the root".into());
    }
    let question = Question::at(authority.list.this_update());
    let judged = authority.verifier(forged)?.verify(authority.person.as_der(), &question);
    match judged.map_err(said)?.verdict() {
        Verdict::Indeterminate => Ok(()),
        other => Err(format!("with an altered list the certificate is {other:?}")),
    }
}

fn theirs(authority: &Authority, kind: &Kind, detached: bool) -> Result<(), String> {
    let message = authority.theirs(kind, detached)?;
    let data = detached.then_some(CONTENT);
    passes(authority, &message, data)?;
    let report = authority.judge(&message, data)?;
    let algorithm = report.accepted().next().map(|a| a.intact().algorithm().to_string());
    if algorithm.as_deref() != Some(kind.reported) {
        return Err(format!("the algorithm is reported as {algorithm:?}"));
    }
    refused(authority, &altered(&message), data)?;
    if detached {
        refused(authority, &message, Some(&CONTENT[1..]))?;
    }
    Ok(())
}

fn ours(authority: &Authority, detached: bool) -> Result<(), String> {
    let message = authority.ours(detached)?;
    if authority.verified_there(&message, detached)? != CONTENT {
        return Err("the peer reads another content".into());
    }
    passes(authority, &message, detached.then_some(CONTENT))?;
    match authority.verified_there(&altered(&message), detached) {
        Err(_) => Ok(()),
        Ok(_) => Err("the peer verifies an altered message".into()),
    }
}

/// A copy with one bit of the signature's value flipped: it ends every structure that is tried.
fn altered(der: &[u8]) -> Vec<u8> {
    let mut der = der.to_vec();
    let middle = der.len() - 20;
    der[middle] ^= 1;
    der
}

fn passes(authority: &Authority, document: &[u8], data: Option<&[u8]>) -> Result<(), String> {
    let report = authority.judge(document, data)?;
    match report.verdict() {
        Verdict::Passed => Ok(()),
        other => Err(format!("{other:?}: {:?}", report.reason())),
    }
}

fn refused(authority: &Authority, document: &[u8], data: Option<&[u8]>) -> Result<(), String> {
    match authority.judge(document, data)?.verdict() {
        Verdict::Failed => Ok(()),
        other => Err(format!("an altered document is {other:?}")),
    }
}
