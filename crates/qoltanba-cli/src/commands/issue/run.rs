//! One run: a document into its file, or many into a folder with its register.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, IsTerminal as _},
    panic::{self, AssertUnwindSafe},
    path::{Path, PathBuf},
};

use indicatif::{ProgressBar, ProgressStyle};
use qoltanba::{
    Lang,
    paper::document::{OutputDocument, UniqueNumber},
};
use rayon::prelude::*;
use serde_json::{Map, Value, json};

use super::{
    draw,
    items::Item,
    press::{Kind, Press, Problem},
    register::{Given, Register, Written},
    sha256,
};
use crate::{
    args,
    clock::now,
    exit::{Exit, Failure, Result, about, shown},
    files::{self, Existing},
    output::{self, Console, Pick as _, STRONG, note, paint, warn},
};

/// How many documents are given numbers at once, before any of them is made.
const BATCH: usize = 128;

/// Where documents go.
pub(super) enum Destination {
    /// One file.
    File(PathBuf, Kind),
    /// A folder with a register.
    Folder(PathBuf),
}

impl Destination {
    pub(super) fn new(how: &args::Issuing, several: bool, lang: Lang) -> Result<Self> {
        let Some(out) = &how.output else {
            return Err(Failure::usage(lang.pick(
                "қайда жазу керек: -o ФАЙЛ.pdf немесе -o БУМА/",
                "куда писать: -o ФАЙЛ.pdf или -o ПАПКА/",
                "where to write: -o FILE.pdf or -o FOLDER/",
            )));
        };
        let kind = out.extension().and_then(|ending| match ending.to_str() {
            Some("pdf") => Some(Kind::Pdf),
            Some("xml") => Some(Kind::Xml),
            _ => None,
        });
        let standard = files::is_standard_stream(out);
        match kind.or(standard.then_some(Kind::Pdf)) {
            Some(kind) if !several && !out.is_dir() => {
                files::refuse_existing(out, Existing::from_force(how.force || standard), lang)?;
                Ok(Self::File(out.clone(), kind))
            }
            Some(_) if !out.is_dir() => Err(Failure::usage(about(
                out,
                lang.pick(
                    "бірнеше құжат үшін -o бума болуы керек",
                    "для нескольких документов -o должен быть папкой",
                    "several documents go into a folder: -o FOLDER/",
                ),
            ))),
            _ => {
                let failed = |error: io::Error| Failure::writing(out, &error, lang);
                fs::create_dir_all(out).map_err(failed)?;
                Ok(Self::Folder(out.clone()))
            }
        }
    }

    pub(super) const fn kind(&self) -> Kind {
        match self {
            Self::File(_, kind) => *kind,
            Self::Folder(_) => Kind::Pdf,
        }
    }
}

/// What became of one item.
enum Outcome {
    Issued {
        made: Made,
        remarks: Vec<String>,
        again: Option<Again>,
    },
    /// It was there, and whole.
    Whole {
        made: Made,
        /// It was made by other settings than those of this run.
        by_others: bool,
    },
    Problem(Problem),
}

/// A document in its file.
struct Made {
    number: UniqueNumber,
    file: PathBuf,
    sha256: String,
}

/// Why a file that was written before is made again.
#[derive(Clone, Copy)]
enum Again {
    Missing,
    Altered,
}

impl Again {
    const fn code(self) -> &'static str {
        match self {
            Self::Missing => "missing",
            Self::Altered => "altered",
        }
    }

    fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::Missing => lang.pick(
                "жазылғаннан кейін жойылған, қайта жасалды",
                "после записи был удалён, создан заново",
                "was taken away after it was written, and is made again",
            ),
            Self::Altered => lang.pick(
                "жазылғаннан кейін өзгертілген, қайта жасалды",
                "после записи был изменён, создан заново",
                "was altered after it was written, and is made again",
            ),
        }
    }
}

/// What there is in the place of the file of an order.
enum Found {
    Whole(Outcome),
    ToMake { again: Option<Again>, existing: Existing },
}

/// The data of an item with its number.
struct Order {
    data: Map<String, Value>,
    given: Given,
}

pub(super) struct Run<'a> {
    press: &'a Press<'a>,
    how: &'a args::Issuing,
    lang: Lang,
    stdout: Console<anstream::AutoStream<io::Stdout>>,
    exit: Exit,
    counts: [usize; 3],
    told: BTreeSet<String>,
}

impl<'a> Run<'a> {
    pub(super) fn new(press: &'a Press<'a>, how: &'a args::Issuing, lang: Lang) -> Self {
        let (stdout, exit) = (Console::stdout(), Exit::Passed);
        Self { press, how, lang, stdout, exit, counts: [0; 3], told: BTreeSet::new() }
    }

    pub(super) fn issue(&mut self, items: Vec<Item>, into: &Destination) -> Result<Exit> {
        match into {
            Destination::File(path, _) => {
                let [item] = items.as_slice() else {
                    return Err(Failure::usage(self.lang.pick(
                        "деректер жоқ",
                        "данных нет",
                        "there are no data",
                    )));
                };
                let outcome = self.to_file(item, path);
                self.tell(item, &outcome, false)?;
            }
            Destination::Folder(folder) => self.fill_folder(&items, folder)?,
        }
        Ok(self.exit)
    }

    fn to_file(&self, item: &Item, path: &Path) -> Outcome {
        let work = || {
            let mut data = item.data.clone().map_err(Problem::from)?;
            let number = self.number(&mut data).map_err(Problem::from)?;
            let given = Given {
                number: number.unwrap_or_else(|| draw(|_| false)),
                issued: self.how.issued.map_or_else(now, |time| time.0),
            };
            let document = self.press.document(&data, &given)?;
            let mut remarks = self.remarks(&document, &given);
            let (bytes, without) = self.press.make(document)?;
            remarks.extend(without);
            if files::is_standard_stream(path) {
                Console::raw_stdout().write(&bytes)?;
            } else {
                files::write(path, &bytes, Existing::from_force(self.how.force), self.lang)?;
            }
            let made = Made { number: given.number, file: path.to_owned(), sha256: sha256(&bytes) };
            Ok(Outcome::Issued { made, remarks, again: None })
        };
        work().unwrap_or_else(Outcome::Problem)
    }

    fn remarks(&self, document: &OutputDocument, given: &Given) -> Vec<String> {
        let mut remarks = self.press.unconfirmed(given);
        remarks.extend(self.press.remarks(document));
        remarks
    }

    /// The number that was asked for: for the one document, or in its data where the form has no
    /// such field.
    fn number(&self, data: &mut Map<String, Value>) -> Result<Option<UniqueNumber>> {
        const NAME: &str = "number";
        if self.press.form.fields().iter().any(|field| field.id() == NAME) {
            return Ok(self.how.number.clone());
        }
        let Some(written) = data.remove(NAME) else { return Ok(self.how.number.clone()) };
        let number = written.as_str().map(UniqueNumber::new);
        match number {
            Some(Ok(number)) => Ok(Some(number)),
            _ => Err(Failure::data(
                "number",
                format!(
                    "{NAME}: {}",
                    self.lang.pick(
                        "құжаттың нөмірі тырнақшадағы 14 цифрдан тұрады",
                        "номер документа — 14 цифр в кавычках",
                        "the number of a document is 14 digits in quotes",
                    )
                ),
            )),
        }
    }

    fn fill_folder(&mut self, items: &[Item], folder: &Path) -> Result<()> {
        if self.how.number.is_some() && items.len() > 1 {
            return Err(Failure::usage(self.lang.pick(
                "--number тек бір құжат үшін; деректерге \"number\" жазыңыз",
                "--number только для одного документа; запишите \"number\" в данные",
                "--number is for one document; write \"number\" into the data",
            )));
        }
        let mut register = Register::open(folder, self.lang)?;
        let progress = progress(items.len());
        let mut copies = BTreeMap::new();
        for batch in items.chunks(BATCH) {
            let orders = self.orders(batch, &mut register, &mut copies)?;
            let outcomes: Vec<Outcome> = orders
                .into_par_iter()
                .map(|order| {
                    let outcome = match order {
                        Ok(order) => self.fulfil(&order, &register, folder),
                        Err(problem) => Outcome::Problem(problem),
                    };
                    progress.inc(1);
                    outcome
                })
                .collect();
            let mut told = Ok(());
            progress.suspend(|| {
                told = batch
                    .iter()
                    .zip(&outcomes)
                    .try_for_each(|(item, outcome)| self.tell(item, outcome, true));
            });
            told?;
        }
        progress.finish_and_clear();
        self.summary(folder)
    }

    /// Gives each item its number: the one that it had before, the one that it names, or a new one.
    fn orders(
        &self,
        batch: &[Item],
        register: &mut Register,
        copies: &mut BTreeMap<String, usize>,
    ) -> Result<Vec<Result<Order, Problem>>> {
        let mut fresh = Vec::new();
        let mut taken = BTreeSet::new();
        let mut orders = Vec::new();
        for item in batch {
            let mut order = || -> Result<_, Problem> {
                let mut data = item.data.clone()?;
                let number = self.number(&mut data)?;
                // Two documents of the same data are two, each known by its place among them.
                let digest = Item::digest(&self.press.form, &data);
                let digest = match &number {
                    Some(number) => format!("{digest}@{number}"),
                    None => {
                        let copy = copies.entry(digest.clone()).or_insert(0);
                        *copy += 1;
                        format!("{digest}#{copy}")
                    }
                };
                if let Some(given) = register.given(&digest) {
                    return Ok(Order { data, given: given.clone() });
                }
                let is_taken =
                    |number: &UniqueNumber| register.has(number) || taken.contains(number);
                let given = Given {
                    number: match number {
                        Some(number) if is_taken(&number) => {
                            return Err(self.number_taken(&number).into());
                        }
                        Some(number) => number,
                        None => draw(is_taken),
                    },
                    issued: self.how.issued.map_or_else(now, |time| time.0),
                };
                // What cannot be made takes no number.
                self.press.document(&data, &given)?;
                taken.insert(given.number.clone());
                fresh.push((digest, given.clone()));
                Ok(Order { data, given })
            };
            orders.push(order());
        }
        register.give(fresh, self.lang)?;
        Ok(orders)
    }

    fn number_taken(&self, number: &UniqueNumber) -> Failure {
        let what = self.lang.pick(
            "бұл нөмір басқа құжатқа берілген",
            "этот номер уже присвоен другому документу",
            "this number was given to another document",
        );
        Failure::data("number_taken", format!("{number}: {what}"))
    }

    /// Makes the file of an order, unless it is whole.
    fn fulfil(&self, order: &Order, register: &Register, folder: &Path) -> Outcome {
        let file = folder.join(format!("{}.pdf", order.given.number));
        let work = || match self.found(order, &file, register)? {
            Found::Whole(outcome) => Ok(outcome),
            Found::ToMake { again, existing } => self.make(order, &file, register, again, existing),
        };
        // A defect of this program must not take the other documents with it.
        panic::catch_unwind(AssertUnwindSafe(work))
            .unwrap_or_else(|_| {
                Err(Failure::software(self.lang.pick(
                    "бұл бағдарламаның қатесі, хабарлаңыз",
                    "это ошибка программы, сообщите о ней",
                    "this is a defect of the program, please report it",
                ))
                .into())
            })
            .unwrap_or_else(Outcome::Problem)
    }

    /// What there is in the place of a file. Whole is what the register says was written; where it
    /// says nothing, what would be made now, since a run that was cut off had no time to write it
    /// down. Anything else is another's.
    fn found(
        &self,
        Order { data, given }: &Order,
        file: &Path,
        register: &Register,
    ) -> Result<Found, Problem> {
        let written = register.written(&given.number);
        let made = |sha256| Made { number: given.number.clone(), file: file.to_owned(), sha256 };
        let replace = |again| Found::ToMake { again, existing: Existing::Replace };
        let bytes = match fs::read(file) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                let again = written.map(|_| Again::Missing);
                return Ok(Found::ToMake { again, existing: Existing::Keep });
            }
            Err(error) => return Err(Failure::reading(file, &error, self.lang).into()),
        };
        let sha256 = sha256(&bytes);
        match written {
            Some(written) if written.sha256 == sha256 => {
                let by_others = written.settings != self.press.settings;
                Ok(Found::Whole(Outcome::Whole { made: made(sha256), by_others }))
            }
            Some(_) => Ok(replace(Some(Again::Altered))),
            None => {
                let document = self.press.document(data, given)?;
                if self.press.could_have_made(&bytes, &document) {
                    self.write_down(given, &sha256, register)?;
                    let made = made(sha256);
                    Ok(Found::Whole(Outcome::Whole { made, by_others: false }))
                } else if self.how.force {
                    Ok(replace(None))
                } else {
                    Err(self.not_ours(file).into())
                }
            }
        }
    }

    fn make(
        &self,
        Order { data, given }: &Order,
        file: &Path,
        register: &Register,
        again: Option<Again>,
        existing: Existing,
    ) -> Result<Outcome, Problem> {
        let document = self.press.document(data, given)?;
        let mut remarks = self.remarks(&document, given);
        let (bytes, without) = self.press.make(document)?;
        remarks.extend(without);
        if let Some(again) = again {
            remarks.push(about(file, again.text(self.lang)));
        }
        files::write_of_batch(file, &bytes, existing, self.lang)?;
        let sha256 = sha256(&bytes);
        self.write_down(given, &sha256, register)?;
        let made = Made { number: given.number.clone(), file: file.to_owned(), sha256 };
        Ok(Outcome::Issued { made, remarks, again })
    }

    fn write_down(&self, given: &Given, sha256: &str, register: &Register) -> Result<()> {
        let written = Written { sha256: sha256.to_owned(), settings: self.press.settings.clone() };
        register.write(&given.number, written, self.press.check.code(), self.lang)
    }

    fn not_ours(&self, file: &Path) -> Failure {
        let what = self.lang.pick(
            "мұндай файл бар, ал тізілім оны білмейді: өзгертілген немесе басқа біреудікі; ауыстыру үшін --force беріңіз",
            "такой файл уже есть, а реестр его не знает: он чужой или изменён; чтобы заменить, укажите --force",
            "is there already, and the register does not know it: it is another's, or altered; give --force to replace it",
        );
        Failure::data("file_in_the_way", about(file, what))
    }

    /// Tells what became of an item; of many, those that went well are counted only.
    fn tell(&mut self, item: &Item, outcome: &Outcome, of_many: bool) -> Result<()> {
        let (index, exit) = match outcome {
            Outcome::Issued { .. } => (0, Exit::Passed),
            Outcome::Whole { .. } => (1, Exit::Passed),
            Outcome::Problem(problem) => (2, problem.exit()),
        };
        if let Some(count) = self.counts.get_mut(index) {
            *count += 1;
        }
        self.exit = self.exit.worst(exit);
        if self.how.json {
            return self.stdout.write(output::json_line(&self.json(item, outcome)));
        }
        match outcome {
            Outcome::Issued { made, remarks, .. } => {
                for remark in remarks {
                    if self.told.insert(remark.clone()) {
                        warn(remark);
                    }
                }
                if !of_many {
                    let written = self.lang.pick("Жазылды:", "Записано:", "Written:");
                    note(&format!("{written} {} ({})", shown(&made.file), made.number));
                }
            }
            Outcome::Whole { by_others: false, .. } => {}
            Outcome::Whole { by_others: true, .. } => {
                let what = self.lang.pick(
                    "бұрыннан бар құжаттар басқа баптаулармен шығарылған (кілт, беруші, тақырып, құқықтық мәтіндер, тіл немесе уақыт белгісі) және сол күйінде қалады",
                    "документы, которые уже были, выданы с другими настройками (ключ, услугодатель, заголовок, правовые тексты, язык или метка времени) и остаются как есть",
                    "documents that were there were issued with other settings (key, provider, header, texts of law, language or time stamp) and stay as they are",
                );
                if self.told.insert(what.to_owned()) {
                    warn(what);
                }
            }
            Outcome::Problem(problem) => {
                for line in format!("{}: {}", item.place, problem.failure.message).lines() {
                    warn(line);
                }
            }
        }
        Ok(())
    }

    fn json(&self, item: &Item, outcome: &Outcome) -> Value {
        let mut line = Map::new();
        line.insert("item".into(), json!(item.place));
        line.insert("form".into(), json!(self.press.form.name().id));
        let mut tell = |status: &str, made: &Made| {
            line.insert("status".into(), json!(status));
            line.insert("number".into(), json!(made.number.as_str()));
            line.insert("file".into(), json!(made.file.to_string_lossy()));
            line.insert("sha256".into(), json!(made.sha256));
            line.insert("signer_check".into(), self.press.check.to_json());
        };
        match outcome {
            Outcome::Issued { made, remarks, again } => {
                tell("issued", made);
                line.insert("remarks".into(), json!(remarks));
                line.insert("again".into(), json!(again.map(Again::code)));
            }
            Outcome::Whole { made, by_others } => {
                tell("whole", made);
                let settings = if *by_others { "other" } else { "same" };
                line.insert("settings".into(), json!(settings));
            }
            Outcome::Problem(problem) => {
                line.insert("status".into(), json!("error"));
                line.insert("reason".into(), json!(problem.failure.reason));
                line.insert("message".into(), json!(problem.failure.message));
                line.insert("faults".into(), json!(problem.faults));
            }
        }
        Value::Object(line)
    }

    fn summary(&mut self, folder: &Path) -> Result<()> {
        if self.how.json {
            return Ok(());
        }
        let [issued, whole, problems] = self.counts;
        let lang = self.lang;
        let parts = [
            (issued, lang.pick("шығарылды", "выдано", "issued")),
            (whole, lang.pick("бұрыннан бар", "уже были", "were there")),
            (problems, lang.pick("шығарылмады", "не выдано", "not issued")),
        ];
        let parts: Vec<String> = parts
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| format!("{word} {count}"))
            .collect();
        let head = lang.pick("Құжаттар", "Документов", "Documents");
        let head = paint(STRONG, format!("{head}: {}", issued + whole + problems));
        self.stdout.write(format!("{head} — {} ({})\n", parts.join(", "), shown(folder)))
    }
}

/// A progress bar, which shows itself on a terminal only.
fn progress(items: usize) -> ProgressBar {
    if items < 2 || !io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new(items as u64);
    match ProgressStyle::with_template("{bar:32} {pos}/{len} {eta}") {
        Ok(style) => bar.with_style(style),
        Err(_) => bar,
    }
}
