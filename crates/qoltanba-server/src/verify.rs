//! What is asked about a file, and the answer: the same for the API, the page and the protocol.

use std::io::{self, Read};

use qoltanba::{
    Instant, Lang, Limits, Question, Report, Verifier,
    algorithm::DigestAlgorithm,
    certificate::Purpose,
    identity::Role,
    numbers::{Bin, Iin},
    paper::ScannedPages,
    policy::{Policy, Preset},
};
use qoltanba_fetch::{Note, Source};
use serde_json::{Value, json};

use crate::{
    app::App,
    evidence::{Evidence, Judged, ListState},
    lang::Words,
    problem::{Code, Problem},
    upload::{Opened, Upload},
    workers::Turn,
};

/// What is to be verified.
#[derive(Debug)]
pub(crate) struct Submission {
    pub(crate) subject: Subject,
    pub(crate) covered: Covered,
    pub(crate) wishes: Wishes,
    /// Whether to make a protocol of it.
    pub(crate) protocol: bool,
}

#[derive(Debug)]
pub(crate) enum Subject {
    /// One file of any kind.
    File(Upload),
    /// Pages, photos or texts of the barcodes of one document.
    Scan(Vec<Upload>),
}

/// The document that a detached signature covers.
#[derive(Debug)]
pub(crate) enum Covered {
    /// It is inside, or there is none.
    Inside,
    Data(Upload),
    /// Only its digests are known here.
    Digests(Vec<(DigestAlgorithm, Vec<u8>)>),
}

/// How to judge. None of it makes a verdict weaker than the policy that the answer names.
#[derive(Debug, Clone, Default)]
pub(crate) struct Wishes {
    /// The moment to judge at; the present one if none. The answer says which it was.
    pub(crate) at: Option<Instant>,
    pub(crate) preset: Option<Preset>,
    pub(crate) purpose: Option<Purpose>,
    pub(crate) elements: Vec<String>,
    pub(crate) expect_iin: Option<Iin>,
    pub(crate) expect_bin: Option<Bin>,
    pub(crate) expect_role: Vec<Role>,
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) report: Report,
    /// The moment that was judged at.
    pub(crate) at: Instant,
    pub(crate) at_was_given: bool,
    pub(crate) now: Instant,
    pub(crate) purpose: Purpose,
    /// What was judged, the pages of a scan in the order in which they came; after them what a
    /// detached signature covers.
    pub(crate) files: Vec<FileFacts>,
    /// Digests in the place of that.
    pub(crate) digests: Vec<(&'static str, Vec<u8>)>,
    pub(crate) offline: bool,
    pub(crate) sources: Vec<Source>,
    pub(crate) notes: Vec<Note>,
    /// What was at hand.
    pub(crate) lists: Vec<ListState>,
    pub(crate) anchors: usize,
}

/// What is known of a file when it is gone.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct FileFacts {
    /// `file`, or `data` for what a detached signature covers.
    pub(crate) part: &'static str,
    pub(crate) name: Option<String>,
    pub(crate) bytes: u64,
    pub(crate) sha256: [u8; 32],
}

impl FileFacts {
    fn of(part: &'static str, file: &Upload) -> Self {
        let name = file.name().map(str::to_owned);
        Self { part, name, bytes: file.length(), sha256: *file.sha256() }
    }
}

impl App {
    /// Verifies on a worker's thread, within a deadline.
    pub(crate) async fn verify(&self, submission: Submission) -> Result<Answer, Problem> {
        let app = self.clone();
        let now = self.now();
        let answer = self.workers().run(move |turn| judge(&app, submission, turn, now)).await?;
        self.metrics().judged(answer.report.verdict());
        Ok(answer)
    }
}

fn judge(
    app: &App,
    submission: Submission,
    turn: &mut Turn,
    now: Instant,
) -> Result<Answer, Problem> {
    let (files, digests) = facts(&submission);
    let Submission { subject, covered, wishes, .. } = submission;
    let mut question = Question::at(wishes.at.unwrap_or(now));
    question.elements = wishes.elements;
    question.expect_iin = wishes.expect_iin;
    question.expect_bin = wishes.expect_bin;
    question.expect_role = wishes.expect_role;
    let purpose = wishes.purpose.unwrap_or(Purpose::Sign);
    let preset = wishes.preset;
    let adapt = move |verifier: Verifier| {
        let policy = preset.map_or_else(|| verifier.policy().clone(), Policy::from);
        verifier.with_policy(policy.with_purpose(purpose))
    };
    let changes = preset.is_some() || purpose != Purpose::Sign;
    let adapt: Option<&dyn Fn(Verifier) -> Verifier> = if changes { Some(&adapt) } else { None };
    let bench = Bench { evidence: app.evidence(), turn, now, adapt };
    let judged = match subject {
        Subject::File(file) => of_file(bench, file, covered, &question)?,
        Subject::Scan(pages) => of_scan(bench, pages, covered, &question)?,
    };
    let prepared = app.evidence().prepared();
    let Judged { report, sources, notes } = judged;
    Ok(Answer {
        report,
        at: question.at,
        at_was_given: wishes.at.is_some(),
        now,
        purpose,
        files,
        digests,
        offline: app.evidence().offline(),
        sources,
        notes,
        lists: prepared.lists.clone(),
        anchors: prepared.anchors,
    })
}

/// What is given, before it is read and gone.
fn facts(submission: &Submission) -> (Vec<FileFacts>, Vec<(&'static str, Vec<u8>)>) {
    let pages = match &submission.subject {
        Subject::File(file) => std::slice::from_ref(file),
        Subject::Scan(pages) => pages.as_slice(),
    };
    let mut files: Vec<FileFacts> = pages.iter().map(|page| FileFacts::of("file", page)).collect();
    let mut digests = Vec::new();
    match &submission.covered {
        Covered::Inside => {}
        Covered::Data(data) => files.push(FileFacts::of("data", data)),
        Covered::Digests(given) => {
            for (algorithm, value) in given {
                let name = DIGESTS.iter().find(|(_, known)| known == algorithm);
                digests.extend(name.map(|(name, _)| (*name, value.clone())));
            }
        }
    }
    (files, digests)
}

/// Where it is judged.
struct Bench<'a> {
    evidence: &'a Evidence,
    turn: &'a mut Turn,
    now: Instant,
    adapt: Option<&'a dyn Fn(Verifier) -> Verifier>,
}

impl Bench<'_> {
    fn judge(
        self,
        judge: impl FnMut(&Verifier) -> Result<Report, Problem>,
    ) -> Result<Judged, Problem> {
        self.evidence.judge(self.turn, self.now, self.adapt, judge)
    }
}

fn of_file(
    bench: Bench<'_>,
    file: Upload,
    covered: Covered,
    question: &Question<'_>,
) -> Result<Judged, Problem> {
    let mut file = file.open().map_err(unread)?;
    let mut data = match covered {
        Covered::Inside => None,
        Covered::Data(upload) => Some(upload.open_content().map_err(unread)?),
        Covered::Digests(digests) => {
            let digests: Vec<_> = digests.iter().map(|(a, d)| (*a, d.as_slice())).collect();
            let file = file.into_held().map_err(unread)?;
            let message = file.held().unwrap_or_default();
            return bench.judge(|by| Ok(by.verify_digests(message, &digests, question)?));
        }
    };
    bench.judge(|verifier| {
        if let Some(message) = file.held()
            && let Some(question) = with_held(question, data.as_ref())
        {
            return Ok(verifier.verify(message, &question)?);
        }
        let mut data = data.as_mut().map(Opened::reader).transpose().map_err(unread)?;
        let data = data.as_mut().map(|data| data as &mut dyn Read);
        let mut message = file.reader().map_err(unread)?;
        Ok(verifier.verify_seekable(&mut message, data, question)?)
    })
}

/// The question with its content, unless that is too long to be held.
fn with_held<'a>(question: &Question<'a>, data: Option<&'a Opened>) -> Option<Question<'a>> {
    match data {
        None => Some(question.clone()),
        Some(data) => Some(question.clone().with_data(data.held()?)),
    }
}

/// Pages of one document in any order: PDF files, pictures, and texts of its barcodes. They are read
/// once, whatever is fetched for them after.
fn of_scan(
    bench: Bench<'_>,
    pages: Vec<Upload>,
    covered: Covered,
    question: &Question<'_>,
) -> Result<Judged, Problem> {
    let held = |file: Upload| file.open().and_then(Opened::into_held).map_err(unread);
    let data = match covered {
        Covered::Inside => None,
        // The signature in the barcodes of a card is detached.
        Covered::Data(data) => Some(held(data)?),
        Covered::Digests(_) => {
            return Err(Problem::new(Code::NotPossible).with_words(Words {
                kk: "сканмен бірге хеш берілмейді: құжаттың өзін data ретінде жіберіңіз",
                ru: "к скану не прилагается хеш: отправьте сам документ как data",
                en: "no digest goes with a scan: send the document itself as data",
            }));
        }
    };
    let pages = pages.into_iter().map(held).collect::<Result<Vec<_>, _>>()?;
    let pages: Vec<&[u8]> = pages.iter().map(|page| page.held().unwrap_or_default()).collect();
    let question = with_held(question, data.as_ref()).unwrap_or_else(|| question.clone());
    match ScannedPages::read(&pages, &Limits::default()) {
        Ok(read) => bench.judge(|verifier| Ok(verifier.verify_scanned(&read, &question)?)),
        // The report on a damaged page is the verifier's to make.
        Err(_) => bench.judge(|verifier| Ok(verifier.verify_scan(&pages, &question)?)),
    }
}

fn unread(_: io::Error) -> Problem {
    Problem::new(Code::Storage).retry_after(30)
}

impl Answer {
    /// The report with what was asked about what, and what was fetched for it. Keys are only ever
    /// added.
    pub(crate) fn to_json(&self, lang: Lang) -> Value {
        let mut out = self.report.to_json(lang);
        if let Some(out) = out.as_object_mut() {
            let asked = json!({
                "at": self.at.to_string(),
                "at_was_given": self.at_was_given,
                "now": self.now.to_string(),
                "purpose": purpose_name(self.purpose),
            });
            out.insert("asked".into(), asked);
            // Of a scan its first page.
            let file = self.files.first();
            let file = file.map(|file| json!({ "bytes": file.bytes, "sha256": hex(&file.sha256) }));
            out.insert("file".into(), json!(file));
            let fetch = json!({
                "offline": self.offline,
                "used": self.sources.iter().map(source).collect::<Vec<_>>(),
                "problems": self.notes.iter().map(|one| note(one, lang)).collect::<Vec<_>>(),
            });
            out.insert("fetch".into(), fetch);
        }
        out
    }
}

pub(crate) fn source(source: &Source) -> Value {
    json!({
        "kind": source.kind.code(),
        "address": source.address,
        "fetched": source.fetched.to_string(),
        "from_cache": source.from_cache,
    })
}

fn note(note: &Note, lang: Lang) -> Value {
    json!({
        "kind": note.kind.code(),
        "address": note.address,
        "reason": note.problem.code(),
        "message": note.text(lang),
    })
}

/// What the certificate must be fit for, by its word in the API.
pub(crate) fn purpose(name: &str) -> Option<Purpose> {
    [Purpose::Sign, Purpose::Authenticate].into_iter().find(|one| purpose_name(*one) == name)
}

const fn purpose_name(purpose: Purpose) -> &'static str {
    match purpose {
        Purpose::Authenticate => "auth",
        _ => "sign",
    }
}

/// The digests that may stand for a document, by their words in the API. SHA-1 is not among them:
/// two documents may have one.
pub(crate) const DIGESTS: [(&str, DigestAlgorithm); 7] = [
    ("gost34311", DigestAlgorithm::Gost3411),
    ("gost3411-94", DigestAlgorithm::Gost3411CryptoPro),
    ("gost2015-256", DigestAlgorithm::Streebog256),
    ("gost2015-512", DigestAlgorithm::Streebog512),
    ("sha256", DigestAlgorithm::Sha256),
    ("sha384", DigestAlgorithm::Sha384),
    ("sha512", DigestAlgorithm::Sha512),
];

pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}

/// Octets in hexadecimal.
pub(crate) fn octets(text: &str) -> Option<Vec<u8>> {
    if !text.is_ascii() || !text.len().is_multiple_of(2) {
        return None;
    }
    let pairs = text.as_bytes().chunks_exact(2);
    pairs.map(|pair| u8::from_str_radix(str::from_utf8(pair).ok()?, 16).ok()).collect()
}
