//! `qoltanba verify`.

use std::{
    io::{self, IsTerminal as _},
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};
use qoltanba::{Error, Lang, Question, Report, Verdict, Verifier, danger, policy::Policy};
use qoltanba_fetch::Session;
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use crate::{
    args,
    clock::now,
    commands::read,
    evidence::Evidence,
    exit::{Exit, Failure, Result, about, shown},
    files,
    network::{self, Asked, Story},
    output::{self, Console, Pick as _, STRONG, complain, paint, warn},
};

/// How many answers wait for their turn before they are shown.
const BATCH: usize = 256;

/// Verifies every file and answers in the order of the arguments.
pub(crate) fn run(args: &args::Verify, lang: Lang) -> Result<Exit> {
    refuse_nonsense(args, lang)?;
    let now = now();
    let evidence = Evidence::read(&args.evidence, now, lang)?;
    for problem in &evidence.problems {
        warn(&problem.text());
    }
    let data = match &args.data {
        None => Data::None,
        Some(path) if !args.scan && files::large(path).is_some() => Data::Large(path),
        Some(path) => Data::Held(files::read(path, lang)?),
    };
    let mut question = Question::at(args.at.unwrap_or(now));
    if let Data::Held(bytes) = &data {
        question.data = Some(bytes);
    }
    question.elements.clone_from(&args.element);
    question.expect_iin = args.expect_iin;
    question.expect_bin = args.expect_bin;
    question.expect_role.clone_from(&args.expect_role);
    let mut policy = args.policy.map_or_else(Policy::default, Policy::from);
    if args.archived {
        policy.time_stamps = danger::archived_time_stamps();
    }
    let verifier = evidence.verifier(policy.with_purpose(args.purpose.into()));
    let fetcher = network::fetcher(&args.network, lang)?;

    let scan = args.scan.then(|| read::pages(&args.files, lang)).transpose()?;
    // A scan is one document: it goes by the name of its first page.
    let subjects = if args.scan { args.files.get(..1).unwrap_or_default() } else { &args.files };
    let mut show = Show::new(args.json, &evidence, lang);
    let progress = progress(subjects.len());
    let mut asking = Asking {
        session: fetcher.begin(&verifier, now),
        scan,
        data: &data,
        question: &question,
        stdin: subjects
            .iter()
            .find(|p| !args.scan && files::is_standard_stream(p))
            .map(|p| files::read(p, lang)),
        progress: &progress,
        lang,
    };
    for batch in subjects.chunks(BATCH) {
        let answers = asking.answers(batch);
        progress.suspend(|| {
            batch.iter().zip(answers).try_for_each(|(path, (answer, asked))| {
                let story = Story::of(&asking.session, &asked, args.network.offline);
                show.answer(path, &answer, &story)
            })
        })?;
    }
    progress.finish_and_clear();
    show.summary()?;
    Ok(show.exit)
}

/// What is asked about every file, and who gets what is missing.
struct Asking<'a> {
    session: Session<'a>,
    /// The pages of the one document.
    scan: Option<read::Pages>,
    data: &'a Data<'a>,
    question: &'a Question<'a>,
    /// Standard input, which can be read only once.
    stdin: Option<Result<Vec<u8>>>,
    progress: &'a ProgressBar,
    lang: Lang,
}

impl Asking<'_> {
    /// Judges files; then fetches what they lack, each thing once, and judges those again.
    fn answers(&mut self, batch: &[PathBuf]) -> Vec<(Result<Report>, Asked)> {
        let (data, question, lang) = (self.data, self.question, self.lang);
        let stdin = self.stdin.as_ref();
        let scan = self.scan.as_ref();
        let judge = |verifier: &Verifier, path: &Path| match scan {
            Some(pages) => guarded(path, lang, || {
                let answer = match &pages.read {
                    Ok(read) => verifier.verify_scanned(read, question),
                    // The report on a damaged page is the verifier's to make.
                    Err(_) => verifier.verify_scan(&pages.files, question),
                };
                answer.map_err(|error| Failure::of_core(&error, lang).about(path))
            }),
            None => verify(verifier, path, stdin, data, question, lang),
        };
        let verifier = self.session.verifier();
        let progress = self.progress;
        let mut answers: Vec<_> = batch
            .par_iter()
            .map(|path| {
                let answer = judge(&verifier, path);
                progress.inc(1);
                (answer, Asked::default())
            })
            .collect();
        for _ in 0..network::ROUNDS {
            let mut unclear = Vec::new();
            for (answer, asked) in &mut answers {
                if let Ok(report) = answer
                    && report.missing().next().is_some()
                {
                    asked.remember(report);
                    unclear.push(&*report);
                }
            }
            if unclear.is_empty() || !self.session.get(&unclear) {
                break;
            }
            let verifier = self.session.verifier();
            answers.par_iter_mut().zip(batch).for_each(|((answer, _), path)| {
                if answer.as_ref().is_ok_and(|report| report.missing().next().is_some()) {
                    *answer = judge(&verifier, path);
                }
            });
        }
        answers
    }
}

fn refuse_nonsense(args: &args::Verify, lang: Lang) -> Result<()> {
    if args.data.is_some() && args.files.len() > 1 && !args.scan {
        return Err(Failure::usage(lang.pick(
            "--data тек бір FILE-мен бірге беріледі",
            "--data указывается только с одним FILE",
            "--data goes with one FILE only",
        )));
    }
    let streams = args.files.iter().chain(&args.data).filter(|p| files::is_standard_stream(p));
    if streams.count() > 1 {
        return Err(Failure::usage(lang.pick(
            "стандартты кірісті бір-ақ рет оқуға болады",
            "стандартный ввод можно прочитать только один раз",
            "standard input can be read only once",
        )));
    }
    Ok(())
}

/// The document of a detached signature.
enum Data<'a> {
    None,
    Held(Vec<u8>),
    /// Too large to hold; read as a stream.
    Large(&'a Path),
}

/// Verifies one file.
fn verify(
    verifier: &Verifier,
    path: &Path,
    stdin: Option<&Result<Vec<u8>>>,
    data: &Data<'_>,
    question: &Question<'_>,
    lang: Lang,
) -> Result<Report> {
    let work = || {
        let failed = |error: Error| Failure::of_core(&error, lang).about(path);
        let mut data = match data {
            Data::Large(path) => files::large(path).map(|large| large.file),
            Data::None | Data::Held(_) => None,
        };
        let streamed = data.as_mut().map(|file| file as &mut dyn io::Read);
        if let Some(mut message) = files::large_message(path) {
            return verifier.verify_seekable(&mut message.file, streamed, question).map_err(failed);
        }
        let read;
        let document = match stdin.filter(|_| files::is_standard_stream(path)) {
            Some(held) => held.as_ref().map_err(Clone::clone)?,
            None => {
                read = files::read(path, lang)?;
                &read
            }
        };
        match streamed {
            None => verifier.verify(document, question),
            streamed => verifier.verify_stream(&mut document.as_slice(), streamed, question),
        }
        .map_err(failed)
    };
    guarded(path, lang, work)
}

/// A defect of this program must not take the other files with it.
fn guarded(path: &Path, lang: Lang, work: impl FnOnce() -> Result<Report>) -> Result<Report> {
    panic::catch_unwind(AssertUnwindSafe(work)).unwrap_or_else(|_| {
        let defect = lang.pick(
            "бұл бағдарламаның қатесі, хабарлаңыз",
            "это ошибка программы, сообщите о ней",
            "this is a defect of the program, please report it",
        );
        Err(Failure::software(about(path, defect)))
    })
}

/// A progress bar, which shows itself on a terminal only.
fn progress(files: usize) -> ProgressBar {
    if files < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(files as u64);
    match ProgressStyle::with_template("{bar:32} {pos}/{len} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}

/// Shows answers and remembers the worst.
struct Show<'a> {
    as_json: bool,
    evidence: &'a Evidence,
    lang: Lang,
    stdout: Console<anstream::AutoStream<io::Stdout>>,
    exit: Exit,
    counts: Counts,
}

#[derive(Default)]
struct Counts {
    passed: usize,
    failed: usize,
    indeterminate: usize,
    unread: usize,
}

impl Counts {
    const fn judged(&self) -> usize {
        self.passed + self.failed + self.indeterminate
    }

    const fn all(&self) -> usize {
        self.judged() + self.unread
    }
}

impl<'a> Show<'a> {
    fn new(as_json: bool, evidence: &'a Evidence, lang: Lang) -> Self {
        let stdout = Console::stdout();
        Self { as_json, evidence, lang, stdout, exit: Exit::Passed, counts: Counts::default() }
    }

    fn answer(&mut self, path: &Path, answer: &Result<Report>, story: &Story) -> Result<()> {
        let exit = answer.as_ref().map_or_else(|f| f.exit, |r| r.verdict().into());
        self.exit = self.exit.worst(exit);
        let first = self.counts.judged() == 0;
        match answer.as_ref().map(Report::verdict) {
            Ok(Verdict::Passed) => self.counts.passed += 1,
            Ok(Verdict::Failed) => self.counts.failed += 1,
            Ok(Verdict::Indeterminate) => self.counts.indeterminate += 1,
            Err(_) => self.counts.unread += 1,
        }
        if self.as_json {
            let line = output::json_line(&self.json(path, answer, story));
            return self.stdout.write(line);
        }
        match answer {
            Ok(report) => {
                let gap = if first { "" } else { "\n" };
                let text = output::report(&shown(path), report, self.lang);
                let fetched = output::story(story, self.lang);
                self.stdout.write(format!("{gap}{text}{fetched}"))
            }
            Err(failure) => {
                complain(failure);
                Ok(())
            }
        }
    }

    /// One object, whatever happened to the file.
    fn json(&self, path: &Path, answer: &Result<Report>, story: &Story) -> Value {
        let mut line = Map::new();
        line.insert("file".into(), json!(path.to_string_lossy()));
        match answer {
            Ok(report) => {
                if let Value::Object(report) = report.to_json(self.lang) {
                    line.extend(report);
                }
            }
            Err(failure) => {
                line.insert("version".into(), json!(1));
                line.insert("verdict".into(), json!("error"));
                line.insert("reason".into(), json!(failure.reason));
                line.insert("message".into(), json!(failure.message));
                line.insert("signatures".into(), json!([]));
            }
        }
        let problems = self.evidence.problems.iter().map(|p| p.to_json()).collect();
        line.insert("evidence_problems".into(), problems);
        line.insert("fetch".into(), story.to_json(self.lang));
        Value::Object(line)
    }

    /// How many of each, when there are several.
    fn summary(&mut self) -> Result<()> {
        let counts = &self.counts;
        if self.as_json || counts.all() < 2 {
            return Ok(());
        }
        let lang = self.lang;
        let parts = [
            (counts.passed, lang.pick("жарамды", "действительны", "valid")),
            (counts.failed, lang.pick("жарамсыз", "недействительны", "not valid")),
            (counts.indeterminate, lang.pick("анықталмады", "не установлено", "not established")),
            (counts.unread, lang.pick("оқылмады", "не прочитано", "not read")),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{word} {count}"))
            .collect();
        let files = lang.pick("Файлдар", "Файлов", "Files");
        let head = paint(STRONG, format!("{files}: {}", counts.all()));
        self.stdout.write(format!("\n{head} — {}\n", parts.join(", ")))
    }
}
