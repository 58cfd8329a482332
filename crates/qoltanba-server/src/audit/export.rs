//! New entries and a head to a file, again and again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use rusqlite::{OptionalExtension as _, params};
use serde::Serialize;
use tokio::{task, time};
use utoipa::ToSchema;

use super::{
    Entry, Event, append, digest_of,
    head::{Head, HeadKey, Sealing, Statement, state},
    last, whole,
};
use crate::{
    app::App,
    config::Config,
    key::KeyStatus,
    problem::Problem,
    store::{Db, Fault, Trouble},
};

/// Where heads go, and by which key they are signed.
#[derive(Debug, Clone)]
pub(crate) struct Exporter {
    key: Option<HeadKey>,
    file: PathBuf,
    every: Duration,
    /// The last head that was written, so that what stands before it is not read again.
    written: Arc<Mutex<Option<Written>>>,
    trouble: Arc<Mutex<Option<ExportTrouble>>>,
}

/// What is wrong with the export of the audit log.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum ExportTrouble {
    /// The database is not the one that was exported, or is of an earlier moment, as after a
    /// backup was put in its place. Nothing is exported until the right one is there, or the export
    /// was moved aside.
    DatabaseIsOlder,
    /// It cannot be written.
    NotWritten,
}

impl Exporter {
    pub(crate) fn new(config: &Config, key: Option<HeadKey>) -> Self {
        let named = &config.audit.export;
        let file = match named.as_os_str().is_empty() {
            true => config.server.data.join("audit.jsonl"),
            false => named.clone(),
        };
        let every = Duration::from_secs(config.audit.export_seconds);
        Self { key, file, every, written: Arc::default(), trouble: Arc::default() }
    }

    /// What was wrong with the last round.
    pub(crate) fn trouble(&self) -> Option<ExportTrouble> {
        *self.trouble.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Exports again and again; ends with the runtime.
pub(crate) async fn keep_exported(app: App) {
    if app.exporter().key.is_none() {
        tracing::warn!("heads of the audit log are not signed: key.file is not set");
    }
    let mut round = time::interval(app.exporter().every);
    round.set_missed_tick_behavior(time::MissedTickBehavior::Delay);
    loop {
        round.tick().await;
        export(&app).await;
    }
}

/// Exports once. What cannot be written is tried again with the next round.
pub(crate) async fn export(app: &App) {
    let app = app.clone();
    let exporter = app.exporter().clone();
    let done = task::spawn_blocking(move || once(&app)).await;
    let trouble = match done {
        Ok(Ok(true)) => None,
        Ok(Ok(false)) => {
            tracing::error!(
                "the database does not go on where the export of its audit log ends: is it from an \
                 older backup? To begin a new export, move the old one aside"
            );
            Some(ExportTrouble::DatabaseIsOlder)
        }
        Ok(Err(error)) => {
            tracing::error!(error = %error, "the audit log was not exported");
            Some(ExportTrouble::NotWritten)
        }
        Err(_) => Some(ExportTrouble::NotWritten),
    };
    *exporter.trouble.lock().unwrap_or_else(PoisonError::into_inner) = trouble;
}

/// Whether the database goes on where the export ends; else nothing was written anywhere.
fn once(app: &App) -> io::Result<bool> {
    let (exporter, now) = (app.exporter().clone(), app.now());
    let mut written = exporter.written.lock().unwrap_or_else(PoisonError::into_inner);
    // A head is stated also where the file cannot be had.
    let target = Target::open(&exporter.file, written.take());
    let exported = target.as_ref().ok().and_then(Target::statement).cloned();
    let counts = app.registry().counts().take();
    let key = exporter.key.clone();
    let lapse = app.key_status().and_then(KeyStatus::lapse);
    let stated = app.store().write_here(move |db| {
        if let Some(exported) = exported
            && !has(db, &exported)?
        {
            return Ok(false);
        }
        if let Some(counted) = counts.event() {
            append(db, now, &counted)?;
        }
        add_head(db, (key.as_ref(), lapse), now)?;
        Ok(true)
    });
    if !matches!(stated, Ok(true)) {
        app.registry().counts().give_back(counts);
    }
    if !stated.map_err(|problem| failed(&problem))? {
        return Ok(false);
    }
    let mut target = target?;
    target.cut()?;
    loop {
        let from = target.sequence();
        let piece = app.store().write_here(move |db| read(db, from));
        let piece = piece.map_err(|problem| failed(&problem))?;
        if piece.is_empty() {
            *written = target.last;
            return Ok(true);
        }
        target.add(&piece)?;
    }
}

/// Whether the entry that a head names is there, as it names it.
fn has(db: &Db<'_>, statement: &Statement) -> Result<bool, Trouble> {
    let sql = "SELECT digest FROM audit WHERE sequence = ?1";
    let kept = db.sql.query_row(sql, [whole(statement.sequence)?], |row| row.get(0)).optional()?;
    Ok(kept.is_some() && kept == digest_of(&statement.digest))
}

fn failed(problem: &Problem) -> io::Error {
    io::Error::other(problem.code.name())
}

/// States a head, unless there is one of the last entry.
fn add_head(db: &Db<'_>, by: Sealing<'_>, now: qoltanba::Instant) -> Result<(), Trouble> {
    let Some((sequence, digest)) = last(db)? else { return Ok(()) };
    let at = whole(sequence)?;
    let there = "SELECT EXISTS (SELECT 1 FROM head WHERE sequence = ?1)";
    if db.sql.query_row(there, [at], |row| row.get(0))? {
        return Ok(());
    }
    let first: String =
        db.sql.query_row("SELECT line FROM audit WHERE sequence = 1", [], |row| row.get(0))?;
    let first: Entry = serde_json::from_str(&first).map_err(|_| Fault::Corrupt)?;
    let Event::LogBegun { log } = first.event else { return Err(Fault::Corrupt.into()) };
    let head = state(by, &log, (sequence, digest), now).ok_or(Fault::Unavailable)?;
    let line = serde_json::to_string(&head).map_err(|_| Fault::Unavailable)?;
    db.sql.execute("INSERT INTO head VALUES (?1, ?2)", params![at, line])?;
    Ok(())
}

/// The entries after one up to the next head, and that head; nothing when there is none.
fn read(db: &Db<'_>, after: i64) -> Result<Vec<String>, Trouble> {
    let sql = "SELECT sequence, line FROM head WHERE sequence > ?1 ORDER BY sequence LIMIT 1";
    let head = db.sql.query_row(sql, [after], |row| Ok((row.get::<_, i64>(0)?, row.get(1)?)));
    let Some((to, head)) = head.optional()? else { return Ok(Vec::new()) };
    let sql = "SELECT line FROM audit WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence";
    let mut statement = db.sql.prepare(sql)?;
    let lines = statement.query_map([after, to], |row| row.get(0))?;
    let mut lines: Vec<String> = lines.collect::<Result<_, _>>()?;
    lines.push(head);
    Ok(lines)
}

/// The file of the export.
struct Target {
    file: File,
    last: Option<Written>,
}

/// A head in the file.
#[derive(Debug)]
struct Written {
    line: String,
    statement: Statement,
    begins: u64,
}

impl Written {
    fn of(line: &str, begins: u64) -> Option<Self> {
        let statement = serde_json::from_str::<Head>(line).ok()?.statement()?;
        Some(Self { line: line.to_owned(), statement, begins })
    }

    const fn end(&self) -> u64 {
        self.begins + self.line.len() as u64 + 1
    }

    /// Whether it stands in the file where it was written.
    fn stands_in(&self, file: &mut File) -> io::Result<bool> {
        file.seek(SeekFrom::Start(self.begins))?;
        let mut there = Vec::new();
        file.take(self.line.len() as u64 + 1).read_to_end(&mut there)?;
        Ok(there.strip_suffix(b"\n") == Some(self.line.as_bytes()))
    }

    /// The last one of a file.
    fn find(file: &mut File) -> io::Result<Option<Self>> {
        file.seek(SeekFrom::Start(0))?;
        let mut lines = BufReader::new(file);
        let (mut last, mut begins, mut line) = (None, 0, Vec::new());
        loop {
            line.clear();
            let octets = lines.read_until(b'\n', &mut line)?;
            // Most lines are entries, and are not read further.
            if let Some(whole) = line.strip_suffix(b"\n")
                && whole.starts_with(b"{\"head\"")
                && let Ok(whole) = str::from_utf8(whole)
            {
                last = Self::of(whole, begins).or(last);
            }
            if octets == 0 {
                return Ok(last);
            }
            begins += octets as u64;
        }
    }
}

impl Target {
    fn open(path: &Path, known: Option<Written>) -> io::Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let last = match known {
            Some(known) if known.stands_in(&mut file)? => Some(known),
            _ => Written::find(&mut file)?,
        };
        Ok(Self { file, last })
    }

    fn statement(&self) -> Option<&Statement> {
        self.last.as_ref().map(|last| &last.statement)
    }

    /// The entry that its last head names.
    fn sequence(&self) -> i64 {
        let sequence = self.statement().map_or(0, |statement| statement.sequence);
        i64::try_from(sequence).unwrap_or(i64::MAX)
    }

    fn end(&self) -> u64 {
        self.last.as_ref().map_or(0, Written::end)
    }

    /// What stands after the last head is a batch that was cut off.
    fn cut(&mut self) -> io::Result<()> {
        self.file.set_len(self.end())?;
        self.file.seek(SeekFrom::Start(self.end())).map(drop)
    }

    fn add(&mut self, lines: &[String]) -> io::Result<()> {
        let mut text = lines.join("\n");
        text.push('\n');
        self.file.write_all(text.as_bytes())?;
        self.file.sync_data()?;
        let line = lines.last().map_or("", String::as_str);
        let begins = self.end() + (text.len() - line.len() - 1) as u64;
        self.last = Some(Written::of(line, begins).ok_or(io::ErrorKind::InvalidData)?);
        Ok(())
    }
}
