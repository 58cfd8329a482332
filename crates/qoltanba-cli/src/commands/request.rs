//! `qoltanba request`.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _},
    path::Path,
};

use qoltanba::{
    Instant, Lang, Question,
    numbers::{Bin, Iin},
    policy::{Policy, Preset},
    request::{
        Admission, Admit, Profile, RequestAnswer, RequestCheck, RequestKey, RequestQuestion,
    },
};
use serde_json::{Map, Value, json};

use crate::{
    args,
    clock::now,
    evidence::Evidence,
    exit::{Exit, Failure, Result, about, shown},
    files,
    network::{self, Asked, Story},
    output::{self, Console, Pick as _, warn},
};

/// Accepts a request, refuses it, or says what could not be checked.
pub(crate) fn run(args: &args::Request, lang: Lang) -> Result<Exit> {
    let streams = [Some(&args.file), args.data.as_ref()];
    if streams.into_iter().flatten().filter(|path| files::is_standard_stream(path)).count() > 1 {
        return Err(Failure::usage(lang.pick(
            "стандартты кірісті бір-ақ рет оқуға болады",
            "стандартный ввод можно прочитать только один раз",
            "standard input can be read only once",
        )));
    }
    let heard = hear(
        &Asking {
            file: &args.file,
            profile: &args.profile,
            data: args.data.as_deref(),
            evidence: &args.evidence,
            network: &args.network,
            at: args.at,
            expect_iin: args.expect_iin,
            expect_bin: args.expect_bin,
            expect_number: args.expect_number.as_deref(),
            policy: args.policy,
            seen: args.seen.as_deref(),
        },
        lang,
    )?;
    let Heard { answer, profile, evidence, story } = heard;
    let mut stdout = Console::stdout();
    if args.json {
        stdout.write(output::json_line(&json_of(args, &answer, &evidence, &story, lang)))?;
    } else {
        let remembered = args.seen.is_some();
        let text = output::answer(&shown(&args.file), &answer, &profile, remembered, lang);
        stdout.write(text + &output::story(&story, lang))?;
    }
    Ok(match answer {
        RequestAnswer::Accepted(_) => Exit::Passed,
        RequestAnswer::Refused(_) => Exit::Failed,
        RequestAnswer::Unchecked(_) => Exit::Indeterminate,
    })
}

/// What is asked about a request.
pub(super) struct Asking<'a> {
    pub(super) file: &'a Path,
    pub(super) profile: &'a Path,
    pub(super) data: Option<&'a Path>,
    pub(super) evidence: &'a args::Evidence,
    pub(super) network: &'a args::Network,
    pub(super) at: Option<Instant>,
    pub(super) expect_iin: Option<Iin>,
    pub(super) expect_bin: Option<Bin>,
    pub(super) expect_number: Option<&'a str>,
    pub(super) policy: Option<Preset>,
    pub(super) seen: Option<&'a Path>,
}

/// What the check came to, and by what.
pub(super) struct Heard {
    pub(super) answer: RequestAnswer,
    pub(super) profile: Profile,
    pub(super) evidence: Evidence,
    pub(super) story: Story,
}

/// Checks a request.
pub(super) fn hear(asking: &Asking<'_>, lang: Lang) -> Result<Heard> {
    let profile = profile(asking.profile, lang)?;
    let now = now();
    let evidence = Evidence::read(asking.evidence, now, lang)?;
    for problem in &evidence.problems {
        warn(&problem.text());
    }
    let data = asking.data.map(|path| files::read(path, lang)).transpose()?;
    let document = files::read(asking.file, lang)?;
    let mut question = RequestQuestion::at(asking.at.unwrap_or(now));
    question.data = data.as_deref();
    question.expect_iin = asking.expect_iin;
    question.expect_bin = asking.expect_bin;
    question.expect_number = asking.expect_number;

    let policy = asking.policy.map_or_else(Policy::default, Policy::from);
    let verifier = evidence.verifier(policy);
    let fetcher = network::fetcher(asking.network, lang)?;
    let mut session = fetcher.begin(&verifier, now);
    let mut asked = Asked::default();
    let mut signatures = Question::at(question.at);
    signatures.data = question.data;
    for _ in 0..network::ROUNDS {
        let Ok(report) = session.verifier().verify(&document, &signatures) else { break };
        asked.remember(&report);
        if !session.get(&[&report]) {
            break;
        }
    }
    let verifier = session.verifier();
    let story = Story::of(&session, &asked, asking.network.offline);
    let check = RequestCheck::new(&verifier, &profile);
    let mut seen = asking.seen.map(|path| Seen::open(path, lang)).transpose()?;
    let mut all_new = |_: &RequestKey| Admission::New;
    let admit: &mut dyn Admit = match &mut seen {
        Some(seen) => seen,
        None => &mut all_new,
    };
    let answer = check
        .answer(&document, &question, admit)
        .map_err(|error| Failure::of_core(&error, lang).about(asking.file))?;
    Ok(Heard { answer, profile, evidence, story })
}

fn json_of(
    args: &args::Request,
    answer: &RequestAnswer,
    evidence: &Evidence,
    story: &Story,
    lang: Lang,
) -> Value {
    let mut line = Map::new();
    line.insert("file".into(), json!(args.file.to_string_lossy()));
    if let Value::Object(answer) = answer.to_json() {
        line.extend(answer);
    }
    line.insert("replay_checked".into(), json!(args.seen.is_some()));
    line.insert(
        "evidence_problems".into(),
        evidence.problems.iter().map(|problem| problem.to_json()).collect(),
    );
    line.insert("fetch".into(), story.to_json(lang));
    Value::Object(line)
}

/// A built-in profile by its name, or one of a file.
fn profile(given: &Path, lang: Lang) -> Result<Profile> {
    let built_in = given.to_str().filter(|name| Profile::names().any(|known| known == *name));
    let read = match built_in {
        Some(name) => Profile::named(name),
        None => {
            let bytes = files::read(given, lang)?;
            let text = String::from_utf8(bytes).map_err(|_| {
                let what = lang.pick(
                    "профиль UTF-8 мәтіні емес",
                    "профиль не является текстом UTF-8",
                    "the profile is no text in UTF-8",
                );
                Failure::data("profile", about(given, what))
            })?;
            Profile::from_toml(&text)
        }
    };
    read.map_err(|error| Failure::data("profile", about(given, &error.text(lang))))
}

/// The digests of requests that were accepted, one a line.
struct Seen {
    file: File,
    path: String,
}

impl Seen {
    fn open(path: &Path, lang: Lang) -> Result<Self> {
        let failed = |error: io::Error| Failure::writing(path, &error, lang);
        if fs::metadata(path).is_ok_and(|found| !found.is_file()) {
            return Err(Failure::reading(path, &io::ErrorKind::IsADirectory.into(), lang));
        }
        let file = OpenOptions::new().read(true).append(true).create(true).open(path);
        Ok(Self { file: file.map_err(failed)?, path: shown(path) })
    }

    /// Under a lock, so that of two that come at once one is new.
    fn remember(&mut self, key: &RequestKey) -> io::Result<Admission> {
        self.file.lock()?;
        let admission = self.look_and_add(&key.to_string());
        self.file.unlock()?;
        admission
    }

    fn look_and_add(&mut self, key: &str) -> io::Result<Admission> {
        self.file.seek(SeekFrom::Start(0))?;
        let mut reader = BufReader::new(&self.file);
        let (mut line, mut whole) = (String::new(), true);
        while reader.read_line(&mut line)? > 0 {
            if line.trim_end() == key {
                return Ok(Admission::AlreadyAccepted);
            }
            whole = line.ends_with('\n');
            line.clear();
        }
        // A line that was cut off by a crash told nobody anything.
        let gap = if whole { "" } else { "\n" };
        self.file.write_all(format!("{gap}{key}\n").as_bytes())?;
        self.file.sync_data()?;
        Ok(Admission::New)
    }
}

impl Admit for Seen {
    fn admit(&mut self, key: &RequestKey) -> Admission {
        self.remember(key).unwrap_or_else(|error| {
            warn(&format!("--seen {}: {error}", self.path));
            Admission::Unknown
        })
    }
}
