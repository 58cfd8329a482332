//! The register of a folder: which number was given to which data, and which file is whole.
//!
//! A number is written down, and is on the disk, before its file is made; a file takes its name
//! only when it is whole. So whenever a run ends, the next one knows which numbers were given, and
//! a file that is there is whole. A run holds the lock of the register.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::{File, OpenOptions, TryLockError},
    io::{self, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::Mutex,
};

use qoltanba::{Instant, Lang, paper::UniqueNumber};
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

/// The register of one folder.
pub(super) struct Register {
    file: Mutex<File>,
    path: PathBuf,
    given: BTreeMap<String, Given>,
    numbers: BTreeSet<UniqueNumber>,
    /// The digests of files that were whole when they were written.
    whole: BTreeMap<UniqueNumber, String>,
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
        let mut bytes = Vec::new();
        file.seek(SeekFrom::Start(0)).map_err(failed)?;
        file.read_to_end(&mut bytes).map_err(failed)?;
        let mut register = Self {
            file: Mutex::new(file),
            path: path.clone(),
            given: BTreeMap::new(),
            numbers: BTreeSet::new(),
            whole: BTreeMap::new(),
        };
        // A line that was cut off told nobody anything: its file was not begun.
        let whole = bytes.iter().rposition(|byte| *byte == b'\n').map_or(0, |end| end + 1);
        let (lines, rest) = bytes.split_at(whole);
        for line in lines.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()) {
            register.read(line).ok_or_else(|| damaged(&path, lang))?;
        }
        if !rest.is_empty() {
            register.cut(whole).map_err(failed)?;
        }
        sweep(folder).map_err(failed)?;
        Ok(register)
    }

    fn read(&mut self, line: &[u8]) -> Option<()> {
        let line: Value = serde_json::from_slice(line).ok()?;
        let text = |name: &str| line.get(name).and_then(Value::as_str);
        let number = UniqueNumber::new(text("number")?).ok()?;
        match (text("item"), text("sha256")) {
            (Some(item), None) => {
                let given = Given { number: number.clone(), issued: text("issued")?.parse().ok()? };
                self.numbers.insert(number);
                self.given.insert(item.to_owned(), given);
            }
            (None, Some(sha256)) => drop(self.whole.insert(number, sha256.to_owned())),
            _ => return None,
        }
        Some(())
    }

    fn cut(&mut self, length: usize) -> io::Result<()> {
        let file = self.file.get_mut().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.set_len(length as u64)
    }

    /// What was given to these data before.
    pub(super) fn given(&self, item: &str) -> Option<&Given> {
        self.given.get(item)
    }

    /// Whether a number was given.
    pub(super) fn has(&self, number: &UniqueNumber) -> bool {
        self.numbers.contains(number)
    }

    /// The digest of the file of a number, if it was written.
    pub(super) fn digest(&self, number: &UniqueNumber) -> Option<&str> {
        self.whole.get(number).map(String::as_str)
    }

    /// Gives numbers to the data of documents, before anything is made of them.
    pub(super) fn give(&mut self, all: Vec<(String, Given)>, lang: Lang) -> Result<()> {
        let line = |(item, given): &(String, Given)| {
            let (number, issued) = (given.number.as_str(), given.issued.to_string());
            format!("{}\n", json!({ "item": item, "number": number, "issued": issued }))
        };
        let lines: String = all.iter().map(line).collect();
        self.append(&lines, true).map_err(|error| Failure::writing(&self.path, &error, lang))?;
        for (item, given) in all {
            self.numbers.insert(given.number.clone());
            self.given.insert(item, given);
        }
        Ok(())
    }

    /// Writes down that the file of a number is whole. Should that be lost, the file itself tells.
    pub(super) fn written(&self, number: &UniqueNumber, sha256: &str, lang: Lang) -> Result<()> {
        let line = format!("{}\n", json!({ "number": number.as_str(), "sha256": sha256 }));
        self.append(&line, false).map_err(|error| Failure::writing(&self.path, &error, lang))
    }

    fn append(&self, lines: &str, to_disk: bool) -> io::Result<()> {
        let mut file = self.file.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        file.write_all(lines.as_bytes())?;
        if to_disk { file.sync_data() } else { Ok(()) }
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

fn damaged(path: &Path, lang: Lang) -> Failure {
    let what = lang.pick(
        "тізілім бүлінген: нөмірлер екінші рет берілмеуі үшін ештеңе шығарылмады; жаңа бума таңдаңыз немесе тізілімді қалпына келтіріңіз",
        "реестр повреждён: чтобы не выдать номер дважды, ничего не выдано; выберите новую папку или восстановите реестр",
        "the register is damaged: nothing is issued, lest a number be given twice; take a new folder or restore it",
    );
    Failure::data("register", about(path, what))
}
