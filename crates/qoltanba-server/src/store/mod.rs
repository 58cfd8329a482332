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
//! After a fault that may be of the file, it is opened again; after damage, or when it is another
//! file, it is checked as a whole before use. To
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
    time::{Duration, SystemTime},
};

use rusqlite::Connection;
use tokio::{
    sync::{Semaphore, oneshot, watch},
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

/// So long is waited at first: a database that is small is then there.
const SMALL: Duration = Duration::from_secs(1);
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
    /// Whether it was tried to open it.
    is_tried: watch::Receiver<bool>,
    places: Arc<Semaphore>,
    /// Who tries whether a fault is over.
    probe: Arc<Semaphore>,
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
    /// The file that was checked as a whole, until damage is seen in it.
    checked: Identity,
    idle: Vec<Connection>,
}

#[derive(Debug, Clone)]
struct Opened {
    file: Identity,
    secret: Arc<Secret>,
}

/// Which file it is, whatever it is called: where it lies and when it was made, since the place of a
/// file that is gone is given to another.
type Identity = Option<(u64, u64, Option<SystemTime>)>;

#[cfg(unix)]
fn identity(path: &Path) -> Identity {
    use std::os::unix::fs::MetadataExt as _;
    let file = fs::metadata(path).ok().filter(|file| file.len() > 0)?;
    Some((file.dev(), file.ino(), file.created().ok()))
}

#[cfg(not(unix))]
fn identity(path: &Path) -> Identity {
    let file = fs::metadata(path).ok().filter(|file| file.len() > 0)?;
    Some((0, 0, file.created().ok()))
}

impl Store {
    /// Begins to open the database and to check it: that of a large one takes minutes, in which the
    /// service verifies without it. Where it is not possible it is tried again when it is needed.
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
        let (tried, is_tried) = watch::channel(false);
        let (ready, is_ready) = sync_channel(1);
        let thread = shared.clone();
        let tell = move || {
            let _ = (tried.send(true), ready.send(()));
            // Whoever waits sees a sender that is gone as a fault.
            tried
        };
        let work = move || writer::run(&thread, &jobs, tell);
        // Without the thread every piece of work is refused.
        let _ = std::thread::Builder::new().name("registry".into()).spawn(work);
        let _ = is_ready.recv_timeout(SMALL);
        let one = |places| Arc::new(Semaphore::new(places));
        Self { shared, queue, is_tried, places: one(READERS), probe: one(1) }
    }

    /// Does work in a transaction. It is on the disk when this returns.
    pub(crate) async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Db<'_>) -> Result<T, Trouble> + Send + 'static,
    ) -> Result<T, Problem> {
        self.begun().await?;
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

    /// Waits a little while it is opened for the first time.
    async fn begun(&self) -> Result<(), Fault> {
        let mut is_tried = self.is_tried.clone();
        let tried = timeout(self.shared.busy, is_tried.wait_for(|tried| *tried)).await;
        tried.map_err(|_| Fault::Unavailable)?.map(drop).map_err(|_| Fault::Unavailable)
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
        self.begun().await?;
        if self.shared.opened().is_none() {
            // The thread that writes opens it again.
            self.write(|_| Ok(())).await?;
        }
        let shared = self.shared.clone();
        let done = task::spawn_blocking(move || shared.read(work)).await;
        Ok(done.map_err(|_| Problem::internal())??)
    }

    /// Whether it can be used, as far as that is seen by reading. Whether a fault that was seen is
    /// over is tried by writing nothing, by one at a time.
    pub(crate) async fn fault(&self) -> Option<Fault> {
        let read = self.read(|db| {
            let sql = "SELECT max(sequence) FROM audit";
            Ok(db.sql.query_row(sql, [], |row| row.get::<_, Option<i64>>(0))?)
        });
        let is_read = read.await.is_ok();
        let known = || self.shared.state().fault;
        if known().is_some()
            && let Ok(_probe) = self.probe.try_acquire()
        {
            let _ = self.write(|_| Ok(())).await;
        }
        if is_read { known() } else { Some(known().unwrap_or(Fault::Unavailable)) }
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
        if fault == Some(Fault::Corrupt) {
            state.checked = None;
        }
    }

    /// Notes what a reader met: only damage is of the file. Else it may be of this reader alone, as
    /// when the process has no more files to open, and whoever writes goes on.
    fn note_of_reader(&self, fault: Fault) {
        if fault == Fault::Corrupt {
            self.note(Some(fault));
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
            None => open::reader(&self.path, self.busy).inspect_err(|f| self.note_of_reader(*f))?,
        };
        let done = work(&Db { sql: &connection, secret: &opened.secret });
        match &done {
            Err(Trouble::Fault(fault)) => self.note_of_reader(*fault),
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

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;
    use crate::problem::Code;

    fn config(data: &Path) -> Config {
        Config::read(&format!("server.data = {data:?}"), std::iter::empty()).unwrap()
    }

    fn open(data: &Path) -> Store {
        Store::open(&config(data), Clock::System)
    }

    /// Something that only the check of the whole file finds.
    fn damage(data: &Path) {
        let sql = Connection::open(data.join(FILE)).unwrap();
        sql.execute_batch(
            "INSERT INTO head VALUES (1, 'x');
             PRAGMA writable_schema = ON;
             UPDATE sqlite_schema SET sql = replace(sql, 'TEXT NOT NULL', 'BLOB NOT NULL')
             WHERE name = 'head';",
        )
        .unwrap();
    }

    async fn meet(store: &Store, fault: Fault) -> Code {
        store.write(move |_| Err::<(), _>(fault.into())).await.unwrap_err().code
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn the_whole_file_is_checked_at_first_and_after_damage_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        store.write(|_| Ok(())).await.unwrap();
        damage(folder.path());
        assert_eq!(meet(&store, Fault::Unavailable).await, Code::Storage);
        store.write(|_| Ok(())).await.unwrap();
        assert_eq!(meet(&store, Fault::Corrupt).await, Code::StorageCorrupt);
        let again = store.write(|_| Ok(())).await;
        assert_eq!(again.unwrap_err().code, Code::StorageCorrupt);
        let another = open(folder.path()).write(|_| Ok(())).await;
        assert_eq!(another.unwrap_err().code, Code::StorageCorrupt, "at first");
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn a_reader_without_a_file_leaves_the_others_alone() {
        let folder = tempfile::tempdir().unwrap();
        let store = open(folder.path());
        store.write(|_| Ok(())).await.unwrap();
        let generation = store.shared.state().generation;
        let read = store.read(|_| Err::<(), _>(Fault::Unavailable.into())).await;
        assert_eq!(read.unwrap_err().code, Code::Storage);
        assert!(store.shared.opened().is_some());
        assert_eq!(store.fault().await, None);
        assert_eq!(store.shared.state().generation, generation);
    }

    #[tokio::test(flavor = "multi_thread")]
    async fn what_is_opened_is_not_waited_for() {
        let folder = tempfile::tempdir().unwrap();
        open(folder.path()).write(|_| Ok(())).await.unwrap();
        let other = Connection::open(folder.path().join(FILE)).unwrap();
        other.execute_batch("PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE").unwrap();
        let started = Instant::now();
        let store = open(folder.path());
        assert!(started.elapsed() < Duration::from_secs(2), "{:?}", started.elapsed());
        other.execute_batch("ROLLBACK").unwrap();
        drop(other);
        while store.write(|_| Ok(())).await.is_err() {
            assert!(started.elapsed() < Duration::from_secs(30));
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
}
