//! The thread that writes.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{Arc, mpsc::Receiver},
    time::{Duration, Instant},
};

use rusqlite::Connection;
use tokio::sync::watch;

use super::{Db, Fault, Opened, Secret, Shared, Trouble, identity, open};
use crate::problem::Problem;

/// Pieces of work in one transaction.
const MAX_BATCH: usize = 64;
/// A damaged file is not opened and checked more often than this.
const PATIENCE: Duration = Duration::from_secs(1);

/// A piece of work, and whom to tell.
pub(super) type Job = Box<dyn Work>;

pub(super) trait Work: Send {
    /// Does it, inside a savepoint. Whether it was refused it keeps to itself.
    fn run(&mut self, db: &Db<'_>) -> Result<Done, Fault>;
    /// Tells what came of it, after it is on the disk or is known not to be.
    fn end(self: Box<Self>, fault: Option<Fault>);
}

/// Whether to keep what was done.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Done {
    Keep,
    Undo,
}

struct Typed<T, W, R> {
    work: Option<W>,
    done: Option<Result<T, Problem>>,
    reply: R,
}

pub(super) fn job<T, W, R>(work: W, reply: R) -> Job
where
    T: Send + 'static,
    W: FnOnce(&Db<'_>) -> Result<T, Trouble> + Send + 'static,
    R: FnOnce(Result<T, Problem>) + Send + 'static,
{
    Box::new(Typed { work: Some(work), done: None, reply })
}

impl<T, W, R> Work for Typed<T, W, R>
where
    T: Send,
    W: FnOnce(&Db<'_>) -> Result<T, Trouble> + Send,
    R: FnOnce(Result<T, Problem>) + Send,
{
    fn run(&mut self, db: &Db<'_>) -> Result<Done, Fault> {
        let Some(work) = self.work.take() else { return Ok(Done::Undo) };
        match work(db) {
            Ok(done) => {
                self.done = Some(Ok(done));
                Ok(Done::Keep)
            }
            Err(Trouble::Refused(problem)) => {
                self.done = Some(Err(problem));
                Ok(Done::Undo)
            }
            Err(Trouble::Fault(fault)) => Err(fault),
        }
    }

    fn end(self: Box<Self>, fault: Option<Fault>) {
        let done = match (fault, self.done) {
            (Some(fault), _) => Err(fault.into()),
            (None, done) => done.unwrap_or_else(|| Err(Problem::internal())),
        };
        (self.reply)(done);
    }
}

impl std::fmt::Debug for dyn Work {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Work")
    }
}

struct Writer {
    shared: Arc<Shared>,
    open: Option<(Connection, Arc<Secret>)>,
    failed: Option<(Instant, Fault)>,
}

/// Works until nobody can send any more.
pub(super) fn run(
    shared: &Arc<Shared>,
    jobs: &Receiver<Job>,
    tried: impl FnOnce() -> watch::Sender<bool>,
) {
    let mut writer = Writer { shared: shared.clone(), open: None, failed: None };
    let first = writer.open().err();
    shared.note(first);
    let _tried = tried();
    while let Ok(first) = jobs.recv() {
        let mut batch = vec![first];
        while batch.len() < MAX_BATCH
            && let Ok(next) = jobs.try_recv()
        {
            batch.push(next);
        }
        writer.commit(batch);
    }
}

impl Writer {
    fn commit(&mut self, mut batch: Vec<Job>) {
        // A defect in a piece of work ends its batch, whose senders see their replies dropped.
        let worked = catch_unwind(AssertUnwindSafe(|| self.transaction(&mut batch)));
        let Ok(done) = worked else {
            self.close();
            return;
        };
        let fault = done.err();
        if fault.is_some_and(|fault| !fault.leaves_connection()) {
            self.close();
        }
        self.shared.note(fault);
        for job in batch {
            job.end(fault);
        }
    }

    fn transaction(&mut self, batch: &mut [Job]) -> Result<(), Fault> {
        self.open()?;
        let Some((sql, secret)) = &self.open else { return Err(Fault::Unavailable) };
        let db = Db { sql, secret };
        let of = |e: rusqlite::Error| Fault::from(&e);
        sql.execute_batch("BEGIN IMMEDIATE").map_err(of)?;
        let done = batch.iter_mut().try_for_each(|job| {
            sql.execute_batch("SAVEPOINT piece").map_err(of)?;
            if job.run(&db)? == Done::Undo {
                sql.execute_batch("ROLLBACK TO piece").map_err(of)?;
            }
            sql.execute_batch("RELEASE piece").map_err(of)
        });
        let done = done.and_then(|()| sql.execute_batch("COMMIT").map_err(of));
        if done.is_err() && !sql.is_autocommit() && sql.execute_batch("ROLLBACK").is_err() {
            return Err(Fault::Unavailable);
        }
        done
    }

    /// Opens the file unless it is open, and is the one that lies there.
    fn open(&mut self) -> Result<(), Fault> {
        if self.open.is_some() && self.shared.opened().is_some() {
            return Ok(());
        }
        self.close();
        if let Some((at, fault)) = self.failed
            && at.elapsed() < PATIENCE
        {
            return Err(fault);
        }
        let shared = &self.shared;
        let now = shared.clock.now();
        let before = identity(&shared.path);
        let is_checked = before.is_some() && shared.state().checked == before;
        match open::writer(&shared.path, &shared.secret, shared.busy, now, is_checked) {
            Ok((connection, secret)) => {
                let secret = Arc::new(secret);
                let mut state = shared.state();
                state.generation += 1;
                state.idle.clear();
                let file = identity(&shared.path);
                state.checked = file;
                state.opened = Some(Opened { file, secret: secret.clone() });
                self.open = Some((connection, secret));
                self.failed = None;
                Ok(())
            }
            Err(fault) => {
                self.failed = Some((Instant::now(), fault));
                Err(fault)
            }
        }
    }

    fn close(&mut self) {
        self.open = None;
        let mut state = self.shared.state();
        state.opened = None;
        state.idle.clear();
    }
}
