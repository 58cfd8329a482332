//! New entries and a head to a file, again and again.

use std::{
    fs::{self, File, OpenOptions},
    io::{self, BufRead as _, BufReader, Seek as _, SeekFrom, Write as _},
    path::{Path, PathBuf},
    time::Duration,
};

use rusqlite::{OptionalExtension as _, params};
use tokio::{task, time};

use super::{
    Entry, Event, append,
    head::{Head, HeadKey, state},
    last, whole,
};
use crate::{
    app::App,
    config::Config,
    problem::Problem,
    store::{Db, Fault, Trouble},
};

/// Where heads go, and by which key they are signed.
#[derive(Debug, Clone)]
pub(crate) struct Exporter {
    key: Option<HeadKey>,
    file: PathBuf,
    every: Duration,
}

impl Exporter {
    pub(crate) fn new(config: &Config, key: Option<HeadKey>) -> Self {
        let named = &config.audit.export;
        let file = match named.as_os_str().is_empty() {
            true => config.server.data.join("audit.jsonl"),
            false => named.clone(),
        };
        Self { key, file, every: Duration::from_secs(config.audit.export_seconds) }
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
    let done = task::spawn_blocking(move || once(&app)).await;
    if let Ok(Err(error)) = done {
        tracing::error!(error = %error, "the audit log was not exported");
    }
}

fn once(app: &App) -> io::Result<()> {
    let (exporter, now) = (app.exporter().clone(), app.now());
    let counts = app.registry().counts().take();
    let key = exporter.key.clone();
    let written = app.store().write_here(move |db| {
        if let Some(counted) = counts.event() {
            append(db, now, &counted)?;
        }
        add_head(db, key.as_ref(), now)
    });
    if let Err(problem) = written {
        app.registry().counts().give_back(counts);
        return Err(failed(&problem));
    }
    let mut target = Target::open(&exporter.file)?;
    loop {
        let from = target.sequence;
        let piece = app.store().write_here(move |db| read(db, from));
        let piece = piece.map_err(|problem| failed(&problem))?;
        if piece.is_empty() {
            return Ok(());
        }
        target.add(&piece)?;
    }
}

fn failed(problem: &Problem) -> io::Error {
    io::Error::other(problem.code.name())
}

/// States a head, unless there is one of the last entry.
fn add_head(db: &Db<'_>, key: Option<&HeadKey>, now: qoltanba::Instant) -> Result<(), Trouble> {
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
    let head = state(key, &log, (sequence, digest), now).ok_or(Fault::Unavailable)?;
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
    /// The entry that its last head names.
    sequence: i64,
}

impl Target {
    /// Opens the file behind its last head: what stands after it is a batch that was cut off.
    fn open(path: &Path) -> io::Result<Self> {
        if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
            fs::create_dir_all(folder)?;
        }
        let mut options = OpenOptions::new();
        options.read(true).write(true).create(true).truncate(false);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(path)?;
        let (mut end, mut read, mut sequence) = (0, 0, 0);
        let mut lines = BufReader::new(&mut file);
        let mut line = Vec::new();
        loop {
            line.clear();
            let octets = lines.read_until(b'\n', &mut line)?;
            if octets == 0 {
                break;
            }
            read += octets as u64;
            // Most lines are entries, and are not read further.
            if !line.starts_with(b"{\"head\"") || !line.ends_with(b"\n") {
                continue;
            }
            let head: Option<Head> = serde_json::from_slice(&line).ok();
            if let Some(statement) = head.and_then(|head| head.statement()) {
                sequence = i64::try_from(statement.sequence).unwrap_or(i64::MAX);
                end = read;
            }
        }
        file.set_len(end)?;
        file.seek(SeekFrom::Start(end))?;
        Ok(Self { file, sequence })
    }

    fn add(&mut self, lines: &[String]) -> io::Result<()> {
        let mut text = lines.join("\n");
        text.push('\n');
        self.file.write_all(text.as_bytes())?;
        self.file.sync_data()?;
        let head: Option<Head> = lines.last().and_then(|line| serde_json::from_str(line).ok());
        let statement = head.and_then(|head| head.statement());
        let statement = statement.ok_or(io::ErrorKind::InvalidData)?;
        self.sequence = i64::try_from(statement.sequence).unwrap_or(i64::MAX);
        Ok(())
    }
}
