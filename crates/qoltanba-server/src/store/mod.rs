//! The database of the registry and of the audit log: one SQLite file, one thread that writes.
//!
//! Writing goes through a queue with an end. The thread takes all that waits, up to a bound, into
//! one transaction, each piece in a savepoint of its own, so that many share one `fsync`; nobody is
//! answered before it is on the disk. Readers have connections of their own (write-ahead log).
//!
//! | what is wrong | answer | how it ends |
//! |---|---|---|
//! | the disk is full | 503 `storage_full`; reading goes on | the next writing after there is room |
//! | another process has it locked | 503 `storage_locked` after a wait; reading goes on | the next writing |
//! | damaged, missing, replaced, of another key | 503 `storage_corrupt` | the next request after a whole file is in its place |
//!
//! After a fault that may be of the file, it is opened again and checked as a whole before use. To
//! put a file from a backup in its place: remove `registry.db-wal` and `registry.db-shm`, then
//! rename the whole copy to `registry.db`. Whatever the fault, documents are verified all the same.

mod fault;
mod open;
mod secret;
mod writer;

use std::{
    fs,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    time::Duration,
};

use rusqlite::Connection;
use tokio::{
    sync::{Semaphore, oneshot},
    task,
    time::timeout,
};

pub(crate) use self::{
    fault::{Fault, Trouble},
    secret::Secret,
};
use crate::{clock::Clock, config::Config, problem::Problem};

/// The name of the file in the folder of data.
pub(crate) const FILE: &str = "registry.db";
const SECRET: &str = "registry.key";

/// Connections that read at once.
const READERS: usize = 4;

/// What a piece of work is done with.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Db<'a> {
    pub(crate) sql: &'a Connection,
    pub(crate) secret: &'a Secret,
}

/// The database. Cloning is cheap; with the last one the thread that writes ends.
#[derive(Debug, Clone)]
pub(crate) struct Store {
    shared: Arc<Shared>,
    queue: SyncSender<writer::Job>,
    places: Arc<Semaphore>,
}

#[derive(Debug)]
struct Shared {
    path: PathBuf,
    secret: PathBuf,
    busy: Duration,
    clock: Clock,
    state: Mutex<State>,
}

/// What all connections must know of each other.
#[derive(Debug, Default)]
struct State {
    /// How often the file was opened: a connection of an earlier time is not used.
    generation: u64,
    opened: Option<Opened>,
    /// What was wrong with the last work.
    fault: Option<Fault>,
    idle: Vec<Connection>,
}

#[derive(Debug, Clone)]
struct Opened {
    file: Identity,
    secret: Arc<Secret>,
}

/// Which file it is, whatever it is called.
type Identity = Option<(u64, u64)>;

#[cfg(unix)]
fn identity(path: &Path) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).ok().filter(|file| file.len() > 0).map(|file| (file.dev(), file.ino()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Identity {
    fs::metadata(path).ok().filter(|file| file.len() > 0).map(|_| (0, 0))
}

impl Store {
    /// Opens the database and checks it. Where that is not possible it is tried again when it is
    /// needed: the service verifies without it.
    pub(crate) fn open(config: &Config, clock: Clock) -> Self {
        let data = &config.server.data;
        make_folder(data);
        let shared = Arc::new(Shared {
            path: data.join(FILE),
            secret: data.join(SECRET),
            busy: Duration::from_secs(config.registry.busy_seconds),
            clock,
            state: Mutex::default(),
        });
        let (queue, jobs) = sync_channel(config.registry.queue);
        let (ready, is_ready) = sync_channel(1);
        let thread = shared.clone();
        let work = move || writer::run(&thread, &jobs, &ready);
        if std::thread::Builder::new().name("registry".into()).spawn(work).is_ok() {
            let _ = is_ready.recv();
        }
        Self { shared, queue, places: Arc::new(Semaphore::new(READERS)) }
    }

    /// Does work in a transaction. It is on the disk when this returns.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db<'_>) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Problem> {
        let (reply, answer) = oneshot::channel();
        self.enqueue(writer::job(work, move |done| drop(reply.send(done))))?;
        // A defect in the work takes the reply with it.
        answer.await.unwrap_or_else(|_| Err(Problem::internal()))
    }

    /// The same from a thread that may wait.
    pub(crate) fn write_here<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db<'_>) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Problem> {
        let (reply, answer) = sync_channel(1);
        self.enqueue(writer::job(work, move |done| drop(reply.send(done))))?;
        answer.recv().unwrap_or_else(|_| Err(Problem::internal()))
    }

    fn enqueue(&self, job: writer::Job) -> Result<(), Problem> {
        self.queue.try_send(job).map_err(|error| match error {
            TrySendError::Full(_) => Problem::busy(),
            TrySendError::Disconnected(_) => Fault::Unavailable.into(),
        })
    }

    /// Does work that changes nothing.
    pub(crate) async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db<'_>) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Problem> {
        let place = timeout(self.shared.busy, self.places.clone().acquire_owned()).await;
        let _place = place.map_err(|_| Problem::busy())?.map_err(|_| Problem::busy())?;
        if self.shared.opened().is_none() {
            // The thread that writes opens it again.
            self.write(|_| Ok(())).await?;
        }
        let shared = self.shared.clone();
        let done = task::spawn_blocking(move || shared.read(work)).await;
        Ok(done.map_err(|_| Problem::internal())??)
    }

    /// Whether it can be used, as far as that is seen without writing.
    pub(crate) async fn fault(&self) -> Option<Fault> {
        let read = self.read(|db| {
            let sql = "SELECT max(sequence) FROM audit";
            Ok(db.sql.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?)
        });
        let is_read = read.await.is_ok();
        let known = self.shared.state().fault;
        if is_read { known } else { Some(known.unwrap_or(Fault::Unavailable)) }
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// What was opened, while it is the file that lies there.
    fn opened(&self) -> Option<Opened> {
        let opened = self.state().opened.clone()?;
        (opened.file.is_some() && identity(&self.path) == opened.file).then_some(opened)
    }

    /// Notes what happened; none is a success of the thread that writes.
    fn note(&self, fault: Option<Fault>) {
        let mut state = self.state();
        if let Some(fault) = fault
            && state.fault != Some(fault)
        {
            tracing::error!(fault = fault.name(), "the database");
        }
        state.fault = fault;
        if fault.is_some_and(|fault| !fault.leaves_connection()) {
            state.opened = None;
            state.idle.clear();
        }
    }

    fn read<T>(&self, work: impl FnOnce(&Db<'_>) -> Result<T, Trouble>) -> Result<T, Trouble> {
        let opened = self.opened().ok_or(Fault::Unavailable)?;
        let (generation, idle) = {
            let mut state = self.state();
            (state.generation, state.idle.pop())
        };
        let connection = match idle {
            Some(connection) => connection,
            None => open::reader(&self.path, self.busy).inspect_err(|f| self.note(Some(*f)))?,
        };
        let done = work(&Db { sql: &connection, secret: &opened.secret });
        match &done {
            Err(Trouble::Fault(fault)) => self.note(Some(*fault)),
            _ => {
                let mut state = self.state();
                if state.generation == generation && state.opened.is_some() {
                    state.idle.push(connection);
                }
            }
        }
        done
    }
}

/// The folder may be there, and may be of others on purpose: only a new one is made private.
pub(crate) fn make_folder(path: &Path) {
    let mut folder = fs::DirBuilder::new();
    folder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut folder, 0o700);
    if let Err(error) = folder.create(path) {
        tracing::error!(error = %error.kind(), "the folder of data cannot be made");
    }
}
