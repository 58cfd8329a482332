//! The register of a folder: which number was given to which data, and which file is whole.
//!
//! A number is written down, and is on the disk, before its file is made; a file takes its name
//! only when it is whole, and its digest is written down behind that. So whenever a run ends, the
//! next one knows which numbers were given and which files are as they were written. A run holds
//! the lock of the register.
//!
//! Each line is an object: `item`, `number`, `issued` when a number is given, and `number`,
//! `sha256`, `settings`, `signer_check` when its file is written.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Mutex, PoisonError},
};

use qoltanba::{Instant, Lang, paper::document::UniqueNumber};
use serde_json::{Value, json};

use crate::{
    exit::{Failure, Result, about},
    files,
    output::Pick as _,
};

const NAME: &str = "issued.jsonl";

/// What was given to the data of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Given {
    pub(super) number: UniqueNumber,
    pub(super) issued: Instant,
}

/// A file as it was written.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) sha256: String,
    /// The digest of the settings by which it was made.
    pub(super) settings: String,
}

/// The register of one folder.
pub(super) struct Register {
    log: Log,
    path: PathBuf,
    given: BTreeMap<String, Given>,
    numbers: BTreeSet<UniqueNumber>,
    written: Mutex<BTreeMap<UniqueNumber, Written>>,
}

impl Register {
    /// Opens the register of a folder, and takes away what a run left half-written.
    pub(super) fn open(folder: &Path, lang: Lang) -> Result<Self> {
        let path = folder.join(NAME);
        let failed = |error: io::Error| Failure::writing(&path, &error, lang);
        let file = OpenOptions::new().read(true).append(true).create(true).open(&path);
        let mut file = file.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {}
            Err(TryLockError::WouldBlock) => {
                let what = lang.pick(
                    "бұл бумада басқа шығару жүріп жатыр",
                    "в этой папке уже идёт другая выдача",
                    "another run issues into this folder",
                );
                return Err(Failure::unavailable("busy", about(folder, what)));
            }
            Err(TryLockError::Error(error)) => return Err(failed(error)),
        }
        #[cfg(unix)]
        File::open(folder).and_then(|folder| folder.sync_all()).map_err(failed)?;
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        file.read_to_end(&mut bytes).map_err(failed)?;
        // A line that was cut off told nobody anything: its file was not begun.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let (lines, rest) = bytes.split_at(whole);
        let mut register = Self {
            log: Log::new(file, whole as u64),
            path: path.clone(),
            given: BTreeMap::new(),
            numbers: BTreeSet::new(),
            written: Mutex::default(),
        };
        for (index, line) in lines.split(|byte| *byte == b'\n').enumerate() {
            if !line.is_empty() {
                register.read(line).map_err(|what| damaged(&path, index + 1, what, lang))?;
            }
        }
        if !rest.is_empty() {
            register.log.cut().map_err(failed)?;
        }
        sweep(folder).map_err(failed)?;
        Ok(register)
    }

    fn read(&mut self, line: &[u8]) -> Result<(), Damage> {
        let line: Value = serde_json::from_slice(line).map_err(|_| Damage::NoLine)?;
        let text = |name: &str| line.get(name).and_then(Value::as_str);
        let number = text("number").and_then(|number| UniqueNumber::new(number).ok());
        let number = number.ok_or(Damage::NoLine)?;
        // What was written by settings that nobody knows was written by other ones.
        let settings = text("settings").unwrap_or_default().to_owned();
        match (text("item"), text("sha256")) {
            (Some(item), None) => {
                let issued = text("issued").and_then(|issued| issued.parse().ok());
                let given = Given { number: number.clone(), issued: issued.ok_or(Damage::NoLine)? };
                let again = self.given.insert(item.to_owned(), given).is_some();
                if !self.numbers.insert(number.clone()) || again {
                    return Err(Damage::Twice(number));
                }
            }
            (None, Some(sha256)) if self.numbers.contains(&number) => {
                let written = Written { sha256: sha256.to_owned(), settings };
                let all = self.written.get_mut().unwrap_or_else(PoisonError::into_inner);
                all.insert(number, written);
            }
            (None, Some(_)) => return Err(Damage::NeverGiven(number)),
            _ => return Err(Damage::NoLine),
        }
        Ok(())
    }

    /// What was given to these data before.
    pub(super) fn given(&self, item: &str) -> Option<&Given> {
        self.given.get(item)
    }

    /// Whether a number was given.
    pub(super) fn has(&self, number: &UniqueNumber) -> bool {
        self.numbers.contains(number)
    }

    /// The file of a number as it was written, if it was.
    pub(super) fn written(&self, number: &UniqueNumber) -> Option<Written> {
        self.written.lock().unwrap_or_else(PoisonError::into_inner).get(number).cloned()
    }

    /// Gives numbers to the data of documents, before anything is made of them.
    pub(super) fn give(&mut self, all: Vec<(String, Given)>, lang: Lang) -> Result<()> {
        let line = |(item, given): &(String, Given)| {
            let (number, issued) = (given.number.as_str(), given.issued.to_string());
            format!("{}\n", json!({ "item": item, "number": number, "issued": issued }))
        };
        let lines: String = all.iter().map(line).collect();
        self.log
            .append(&lines, true)
            .map_err(|error| Failure::writing(&self.path, &error, lang))?;
        for (item, given) in all {
            self.numbers.insert(given.number.clone());
            self.given.insert(item, given);
        }
        Ok(())
    }

    /// Writes down that the file of a number is whole. Should that be lost, the file itself tells.
    pub(super) fn write(
        &self,
        number: &UniqueNumber,
        written: Written,
        signer_check: &str,
        lang: Lang,
    ) -> Result<()> {
        let line = json!({
            "number": number.as_str(),
            "sha256": written.sha256,
            "settings": written.settings,
            "signer_check": signer_check,
        });
        self.log
            .append(&format!("{line}\n"), false)
            .map_err(|error| Failure::writing(&self.path, &error, lang))?;
        let mut all = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        all.insert(number.clone(), written);
        Ok(())
    }
}

/// Lines in a file, every one of them whole.
struct Log(Mutex<Tail>);

struct Tail {
    file: File,
    /// Where the last whole line ends; unknown when it could not be gone back to.
    end: Option<u64>,
}

impl Log {
    const fn new(file: File, end: u64) -> Self {
        Self(Mutex::new(Tail { file, end: Some(end) }))
    }

    /// Takes away what stands behind the last whole line.
    fn cut(&self) -> io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).cut()
    }

    /// Appends whole lines, or nothing.
    fn append(&self, lines: &str, to_disk: bool) -> io::Result<()> {
        let mut tail = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let end = tail.end.ok_or(io::ErrorKind::InvalidData)?;
        let appended = tail
            .file
            .write_all(lines.as_bytes())
            .and_then(|()| if to_disk { tail.file.sync_data() } else { Ok(()) });
        match appended {
            Ok(()) => {
                tail.end = Some(end + lines.len() as u64);
                Ok(())
            }
            Err(error) => {
                // Behind a half line nothing else may stand.
                if tail.cut().is_err() {
                    tail.end = None;
                }
                Err(error)
            }
        }
    }
}

impl Tail {
    fn cut(&mut self) -> io::Result<()> {
        let end = self.end.ok_or(io::ErrorKind::InvalidData)?;
        self.file.set_len(end)
    }
}

/// Half-written files have names of their own.
fn sweep(folder: &Path) -> io::Result<()> {
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_name().as_encoded_bytes().starts_with(files::OF_BATCH.as_bytes()) {
            std::fs::remove_file(entry.path())?;
        }
    }
    Ok(())
}

/// What is wrong with a line.
enum Damage {
    NoLine,
    Twice(UniqueNumber),
    NeverGiven(UniqueNumber),
}

fn damaged(path: &Path, line: usize, damage: Damage, lang: Lang) -> Failure {
    let what = match damage {
        Damage::NoLine => lang
            .pick("тізілім жолы емес", "это не строка реестра", "this is no line of a register")
            .to_owned(),
        Damage::Twice(number) => {
            let what = lang.pick(
                "нөмір екі рет берілген",
                "номер присвоен дважды",
                "the number was given twice",
            );
            format!("{what}: {number}")
        }
        Damage::NeverGiven(number) => {
            let what = lang.pick(
                "нөмір берілмеген, ал файлы жазылған",
                "файл записан под номером, который не выдавался",
                "a file is written under a number that was not given",
            );
            format!("{what}: {number}")
        }
    };
    let (place, so) = (
        lang.pick("жол", "строка", "line"),
        lang.pick(
            "тізілім бүлінген: нөмірлер екінші рет берілмеуі үшін ештеңе шығарылмады; жаңа бума таңдаңыз немесе тізілімді қалпына келтіріңіз",
            "реестр повреждён: чтобы не присвоить номер дважды, ничего не выдано; выберите новую папку или восстановите реестр",
            "the register is damaged: nothing is issued, lest a number be given twice; take a new folder or restore it",
        ),
    );
    Failure::data("register", about(path, &format!("{so} ({place} {line}: {what})")))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn line(item: &str, number: &str) -> String {
        let issued = "2026-11-22T12:00:00Z";
        json!({ "item": item, "number": number, "issued": issued }).to_string() + "\n"
    }

    fn open(text: &str) -> Result<(), String> {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join(NAME), text).unwrap();
        Register::open(folder.path(), Lang::En).map(drop).map_err(|failure| failure.message)
    }

    #[test]
    fn a_register_that_contradicts_itself_gives_no_numbers() {
        let (one, other) = ("70420000000013", "70420000000021");
        open(&(line("a", one) + &line("b", other))).unwrap();
        for (text, what) in [
            (
                line("a", one) + &line("b", one),
                "line 2: the number was given twice: 70420000000013",
            ),
            (line("a", one) + &line("a", other), "line 2: the number was given twice"),
            (format!("{}\n", json!({ "number": one, "sha256": "00" })), "was not given"),
            ("{}\n".to_owned(), "line 1: this is no line"),
            (format!("{}not a line\n", line("a", one)), "line 2: this is no line"),
        ] {
            let said = open(&text).unwrap_err();
            assert!(said.contains(what) && said.contains("damaged"), "{said}");
        }
    }

    #[test]
    fn what_was_cut_off_is_taken_away_and_what_follows_is_whole() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(NAME);
        let whole = line("a", "70420000000013");
        fs::write(&path, format!("{whole}{}", &line("b", "70420000000021")[..30])).unwrap();
        let mut register = Register::open(folder.path(), Lang::En).unwrap();
        assert_eq!(fs::read_to_string(&path).unwrap(), whole);
        let number = UniqueNumber::new("70420000000021").unwrap();
        assert!(!register.has(&number));
        let given = Given { number, issued: Instant::from_unix(0) };
        register.give(vec![("b".to_owned(), given)], Lang::En).unwrap();
        drop(register);
        assert!(open(&fs::read_to_string(&path).unwrap()).is_ok());
    }
}
