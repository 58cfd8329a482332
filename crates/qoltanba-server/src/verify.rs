//! What is asked about a file, and the answer: the same for the API, the page and the protocol.

use std::io::{self, Read};

use qoltanba::{
    Instant, Lang, Question, Report, Verifier,
    algorithm::DigestAlgorithm,
    certificate::Purpose,
    identity::Role,
    numbers::{Bin, Iin},
    paper::{Barcode, ScannedPages},
    policy::{Policy, Preset},
    verify::{Recognised, recognise},
};
use qoltanba_fetch::{Note, Source};
use serde_json::{Value, json};

use crate::{
    app::App,
    content::{DocumentLimits, Signed},
    evidence::{Evidence, Judged, ListState},
    lang::Words,
    problem::{Code, Problem},
    upload::{self, Opened, Upload},
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
    /// Whether what was signed is wanted with the answer.
    pub(crate) show: bool,
}

#[derive(Debug)]
pub(crate) enum Subject {
    /// One file of any kind.
    File(Upload),
    /// Files as a person hands them over: one of any kind, pages of one document, or a signature
    /// with the document that it is kept apart from.
    Handed(Vec<Upload>),
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

impl Wishes {
    fn question(&self, now: Instant) -> Question<'static> {
        let mut question = Question::at(self.at.unwrap_or(now));
        question.elements.clone_from(&self.elements);
        question.expect_iin = self.expect_iin;
        question.expect_bin = self.expect_bin;
        question.expect_role.clone_from(&self.expect_role);
        question
    }

    fn purpose(&self) -> Purpose {
        self.purpose.unwrap_or(Purpose::Sign)
    }

    /// Whether a document is judged as a whole, now, and by the rules for documents: a part of it, a
    /// certificate for logging in, or a moment before a revocation may be good where the document
    /// is not.
    pub(crate) fn are_of_whole_document(&self, now: Instant) -> bool {
        let national = Preset::at(now);
        self.at.is_none()
            && self.elements.is_empty()
            && self.purpose() == Purpose::Sign
            && self.preset.is_none_or(|preset| preset == national)
    }

    fn to_json(&self, at: Instant, now: Instant) -> Value {
        json!({
            "at": at.to_string(),
            "at_was_given": self.at.is_some(),
            "now": now.to_string(),
            "purpose": purpose_name(self.purpose()),
            "policy": self.preset.map(Preset::name),
            "elements": self.elements,
            "expect_iin": self.expect_iin.map(|iin| iin.to_string()),
            "expect_bin": self.expect_bin.map(|bin| bin.to_string()),
            "expect_role": self.expect_role.iter().map(Role::to_string).collect::<Vec<_>>(),
        })
    }
}

/// What came of it.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) report: Report,
    /// What was asked for besides.
    pub(crate) wishes: Wishes,
    /// The moment that was judged at.
    pub(crate) at: Instant,
    pub(crate) now: Instant,
    /// What was signed, where it was asked for and is proved.
    pub(crate) content: Vec<Signed>,
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
        let name = Some(file.name().to_owned()).filter(|name| !name.is_empty());
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
    let Submission { subject, covered, wishes, show, .. } = submission;
    let question = wishes.question(now);
    let (preset, purpose) = (wishes.preset, wishes.purpose());
    let adapt = move |verifier: Verifier| {
        let policy = preset.map_or_else(|| verifier.policy().clone(), Policy::from);
        verifier.with_policy(policy.with_purpose(purpose))
    };
    let changes = preset.is_some() || purpose != Purpose::Sign;
    let adapt: Option<&dyn Fn(Verifier) -> Verifier> = if changes { Some(&adapt) } else { None };
    let limits = app.config().document_limits();
    let bench = Bench { evidence: app.evidence(), turn, now, adapt, show, limits };
    let (subject, covered) = sorted(subject, covered)?;
    let (files, digests) = facts(&subject, &covered);
    let (judged, content) = match subject {
        Subject::File(file) => of_file(bench, file, covered, &question)?,
        Subject::Handed(pages) | Subject::Scan(pages) => of_scan(bench, pages, covered, &question)?,
    };
    let prepared = app.evidence().prepared();
    let Judged { report, sources, notes } = judged;
    Ok(Answer {
        report,
        wishes,
        at: question.at,
        now,
        content,
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
fn facts(subject: &Subject, covered: &Covered) -> (Vec<FileFacts>, Vec<(&'static str, Vec<u8>)>) {
    let pages = match subject {
        Subject::File(file) => std::slice::from_ref(file),
        Subject::Handed(pages) | Subject::Scan(pages) => pages.as_slice(),
    };
    let mut files: Vec<FileFacts> = pages.iter().map(|page| FileFacts::of("file", page)).collect();
    let mut digests = Vec::new();
    match covered {
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

/// Tells what files that a person hands over are to each other, by what they are.
fn sorted(subject: Subject, covered: Covered) -> Result<(Subject, Covered), Problem> {
    let Subject::Handed(mut files) = subject else { return Ok((subject, covered)) };
    let mut heads = Vec::new();
    for file in &mut files {
        heads.push(file.head().map_err(unread)?);
    }
    let is_message = |head: &Vec<u8>| {
        matches!(recognise(head), Some(Recognised::SignedMessage(_) | Recognised::TimeStamp(_)))
    };
    let is_picture = |head: &Vec<u8>| matches!(recognise(head), Some(Recognised::Picture(_)));
    match (heads.as_slice(), &covered) {
        ([one], _) if !is_picture(one) => {}
        ([one, other], Covered::Inside) if is_message(one) != is_message(other) => {
            if is_message(other) {
                files.swap(0, 1);
            }
            if let (Some(data), Some(message)) = (files.pop(), files.pop()) {
                return Ok((Subject::File(message), Covered::Data(data)));
            }
        }
        _ => return Ok((Subject::Scan(files), covered)),
    }
    let file = files.pop().ok_or(Problem::new(Code::NoFile))?;
    Ok((Subject::File(file), covered))
}

/// Where it is judged.
struct Bench<'a> {
    evidence: &'a Evidence,
    turn: &'a mut Turn,
    now: Instant,
    adapt: Option<&'a dyn Fn(Verifier) -> Verifier>,
    show: bool,
    limits: DocumentLimits,
}

impl Bench<'_> {
    fn judge(
        &mut self,
        judge: impl FnMut(&Verifier) -> Result<Report, Problem>,
    ) -> Result<Judged, Problem> {
        self.evidence.judge(self.turn, self.now, self.adapt, judge)
    }
}

fn of_file(
    mut bench: Bench<'_>,
    file: Upload,
    covered: Covered,
    question: &Question<'_>,
) -> Result<(Judged, Vec<Signed>), Problem> {
    let mut file = file.open().map_err(unread)?;
    let mut data = match covered {
        Covered::Inside => None,
        Covered::Data(upload) => Some(upload.open_content().map_err(unread)?),
        Covered::Digests(digests) => {
            let digests: Vec<_> = digests.iter().map(|(a, d)| (*a, d.as_slice())).collect();
            let file = file.into_held().map_err(unread)?;
            let message = file.held().unwrap_or_default();
            let judged = bench.judge(|by| Ok(by.verify_digests(message, &digests, question)?))?;
            return Ok((judged, Vec::new()));
        }
    };
    let judged = bench.judge(|verifier| {
        if let Some(message) = file.held()
            && let Some(question) = with_held(question, data.as_ref())
        {
            return Ok(verifier.verify(message, &question)?);
        }
        let mut data = data.as_mut().map(Opened::reader).transpose().map_err(unread)?;
        let data = data.as_mut().map(|data| data as &mut dyn Read);
        let mut message = file.reader().map_err(unread)?;
        Ok(verifier.verify_seekable(&mut message, data, question)?)
    })?;
    let held = bench.show.then(|| file.held()).flatten();
    let content = held.map(|file| {
        let data = data.as_ref().and_then(Opened::held);
        Signed::of_file(&judged.report, file, data, &bench.limits)
    });
    Ok((judged, content.unwrap_or_default()))
}

/// The question with its content, unless that is too long to be held.
fn with_held<'a>(question: &Question<'a>, data: Option<&'a Opened>) -> Option<Question<'a>> {
    match data {
        None => Some(question.clone()),
        Some(data) => Some(question.clone().with_data(data.held()?)),
    }
}

/// Pages of one document: PDF files, pictures, the texts of its barcodes.
fn of_scan(
    mut bench: Bench<'_>,
    pages: Vec<Upload>,
    covered: Covered,
    question: &Question<'_>,
) -> Result<(Judged, Vec<Signed>), Problem> {
    let data = match covered {
        Covered::Inside => None,
        // The signature in the barcodes of a card is detached.
        Covered::Data(data) => Some(data.open().and_then(Opened::into_held).map_err(unread)?),
        Covered::Digests(_) => {
            return Err(Problem::new(Code::NotPossible).with_words(Words {
                kk: "сканмен бірге хеш берілмейді: құжаттың өзін data ретінде жіберіңіз",
                ru: "к скану не прилагается хеш: отправьте сам документ как data",
                en: "no digest goes with a scan: send the document itself as data",
            }));
        }
    };
    let question = &with_held(question, data.as_ref()).unwrap_or_else(|| question.clone());
    let opened = pages.into_iter().map(|page| page.open().and_then(Opened::into_held));
    let opened: Vec<Opened> = opened.collect::<io::Result<_>>().map_err(unread)?;
    let files: Vec<&[u8]> = opened.iter().map(|page| page.held().unwrap_or_default()).collect();
    let is_page = |file: &[u8]| match recognise(file) {
        Some(Recognised::Pdf(_) | Recognised::Picture(_)) => true,
        // The text of a barcode alone is XML too.
        Some(Recognised::Xml(_)) => is_barcode(file),
        Some(_) => false,
        None => str::from_utf8(file).is_ok(),
    };
    if !files.iter().all(|file| is_page(file)) {
        return Err(Problem::new(Code::Unrecognised).with_words(PAGES));
    }
    // Pages are read once, however often they are judged.
    let Ok(found) = ScannedPages::read(&files, &bench.limits.0) else {
        let judged = bench.judge(|verifier| Ok(verifier.verify_scan(&files, question)?))?;
        return Ok((judged, Vec::new()));
    };
    let judged = bench.judge(|verifier| Ok(verifier.verify_scanned(&found, question)?))?;
    let content = bench.show.then(|| Signed::of_pages(&judged.report, &found, &bench.limits));
    Ok((judged, content.unwrap_or_default()))
}

/// Whether a file begins with the text of a barcode.
fn is_barcode(file: &[u8]) -> bool {
    let text = str::from_utf8(file).ok();
    let first = text.and_then(|text| text.lines().find(|line| !line.trim().is_empty()));
    first.is_some_and(|line| matches!(Barcode::read(line.trim()), Ok(Barcode::Part(_))))
}

const PAGES: Words = Words {
    kk: "бірнеше файл бірге берілсе, олар бір құжаттың беттері (PDF, суреттер, штрих-код мәтіндері) немесе қолтаңба мен оның құжаты болуы керек; басқа файлдарды бір-бірден тексеріңіз",
    ru: "несколько файлов вместе должны быть страницами одного документа (PDF, снимки, тексты штрих-кодов) или подписью с её документом; остальные файлы проверяйте по одному",
    en: "several files together must be the pages of one document (PDF, pictures, texts of barcodes), or a signature with its document; check other files one by one",
};

fn unread(error: io::Error) -> Problem {
    upload::unread(&error)
}

impl Answer {
    /// The report with what was asked about what, and what was fetched for it. Keys are only ever
    /// added.
    pub(crate) fn to_json(&self, lang: Lang) -> Value {
        let mut out = self.report.to_json(lang);
        if let Some(out) = out.as_object_mut() {
            out.insert("asked".into(), self.wishes.to_json(self.at, self.now));
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
