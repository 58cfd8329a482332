//! What a request brings: in memory up to a small limit, then in a file that has no name. Both are
//! counted over all requests and those of one client, so that many slow ones cannot fill the machine.

use std::{
    fs::File,
    io::{self, Cursor, Read, Seek, SeekFrom, Write as _},
    path::PathBuf,
    sync::Arc,
    time::Duration,
};

use axum::body::Bytes;
use futures_util::{Stream, StreamExt as _};
use sha2::{Digest as _, Sha256};
use tokio::{
    task,
    time::{Instant, timeout_at},
};

use crate::{
    config::Config,
    intake,
    problem::{Code, Problem},
    share::{Held, Stock},
    store,
};

/// Room for uploads, shared by all requests.
#[derive(Debug)]
pub(crate) struct Room {
    memory: Arc<Stock>,
    disk: Arc<Stock>,
    files: Arc<Stock>,
    folder: PathBuf,
    each_in_memory: u64,
    each: u64,
    pause: Duration,
    whole: Duration,
}

/// One file that came, whole. It is gone when this is dropped.
#[derive(Debug)]
pub(crate) struct Upload {
    /// What its sender calls it: a name for eyes, never a path.
    name: String,
    place: Place,
    length: u64,
    sha256: [u8; 32],
    memory: Held,
    disk: Held,
    file: Held,
}

#[derive(Debug)]
enum Place {
    Memory(Vec<u8>),
    File(File),
}

/// What is left to one request.
#[derive(Debug)]
pub(crate) struct Allowance {
    octets: u64,
    until: Instant,
}

impl Room {
    pub(crate) fn of(config: &Config) -> Self {
        let limits = &config.limits;
        let (each, parts) = (limits.upload_bytes, limits.client_share);
        // Where temporary files of the system are, a deployment may have nothing but memory.
        let folder = config.server.data.join("spool");
        store::make_folder(&folder);
        Self {
            memory: Stock::new(limits.all_memory_bytes, parts, each),
            disk: Stock::new(limits.all_spool_bytes, parts, each),
            files: Stock::new(limits.spool_files as u64, parts, limits.files as u64),
            folder,
            each_in_memory: limits.memory_bytes,
            each,
            pause: Duration::from_secs(config.server.body_pause_seconds),
            whole: Duration::from_secs(config.server.body_seconds),
        }
    }

    /// Begins to count what one request brings.
    pub(crate) fn allowance(&self) -> Allowance {
        Allowance { octets: self.each, until: Instant::now() + self.whole }
    }

    /// The next piece of a body, if it comes in time.
    pub(crate) async fn next<T, E>(
        &self,
        allowance: &Allowance,
        next: impl Future<Output = Result<T, E>>,
        problem: impl FnOnce(E) -> Problem,
    ) -> Result<T, Problem> {
        let until = allowance.until.min(Instant::now() + self.pause);
        match timeout_at(until, next).await {
            Err(_) => Err(Problem::new(Code::BodyTooSlow)),
            Ok(Err(error)) => Err(intake::cut().unwrap_or_else(|| problem(error))),
            Ok(Ok(piece)) => {
                intake::got_on();
                Ok(piece)
            }
        }
    }

    /// Takes a whole file.
    pub(crate) async fn receive<E>(
        &self,
        allowance: &mut Allowance,
        mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
        problem: impl Fn(E) -> Problem,
    ) -> Result<Upload, Problem> {
        let mut digest = Sha256::new();
        let mut length = 0_u64;
        let mut memory = self.memory.hold();
        let mut disk = self.disk.hold();
        let mut spooled = self.files.hold();
        let mut held: Vec<u8> = Vec::new();
        let mut file: Option<File> = None;
        loop {
            let piece = async { pieces.next().await.transpose() };
            let Some(piece) = self.next(allowance, piece, &problem).await? else { break };
            let octets = piece.len() as u64;
            let left = allowance.octets.checked_sub(octets);
            allowance.octets = left.ok_or(Problem::new(Code::TooLarge))?;
            length += octets;
            digest.update(&piece);
            let is_long = held.len() as u64 + octets > self.each_in_memory;
            if !is_long && memory.take(octets) {
                held.extend_from_slice(&piece);
                continue;
            }
            // What is in memory and this piece go to the file together.
            let spilled = held.len() as u64 + octets;
            let is_first = file.is_none();
            if !disk.take(spilled) || (is_first && !spooled.take(1)) {
                return Err(Problem::busy());
            }
            let (folder, before) = (self.folder.clone(), std::mem::take(&mut held));
            let opened = file.take();
            let written = task::spawn_blocking(move || {
                let mut file = opened.map_or_else(|| tempfile::tempfile_in(folder), Ok)?;
                file.write_all(&before)?;
                file.write_all(&piece)?;
                Ok::<File, io::Error>(file)
            });
            let written = written.await.map_err(|_| Problem::internal())?;
            file = Some(written.map_err(|_| Problem::new(Code::Storage).retry_after(30))?);
            memory.release();
        }
        let place = match file {
            None => Place::Memory(held),
            Some(mut file) => {
                let written = task::spawn_blocking(move || {
                    file.write_all(&held)?;
                    file.rewind()?;
                    Ok::<File, io::Error>(file)
                });
                let written = written.await.map_err(|_| Problem::internal())?;
                Place::File(written.map_err(|_| Problem::new(Code::Storage).retry_after(30))?)
            }
        };
        let sha256 = digest.finalize().into();
        let name = String::new();
        Ok(Upload { name, place, length, sha256, memory, disk, file: spooled })
    }
}

/// Characters of a name that are kept.
const MAX_NAME: usize = 200;
/// Octets by which a kind of file is told.
const HEAD: usize = 4096;

impl Upload {
    /// The same with the name that its sender gave it.
    pub(crate) fn named(self, name: &str) -> Self {
        Self { name: name.chars().take(MAX_NAME).collect(), ..self }
    }

    /// Empty where it has none.
    pub(crate) fn name(&self) -> &str {
        &self.name
    }

    /// How it begins, from a thread that may wait.
    pub(crate) fn head(&mut self) -> io::Result<Vec<u8>> {
        match &mut self.place {
            Place::Memory(bytes) => Ok(bytes.iter().take(HEAD).copied().collect()),
            Place::File(file) => {
                let mut head = Vec::with_capacity(HEAD);
                Read::by_ref(file).take(HEAD as u64).read_to_end(&mut head)?;
                file.rewind()?;
                Ok(head)
            }
        }
    }

    pub(crate) const fn length(&self) -> u64 {
        self.length
    }

    pub(crate) const fn sha256(&self) -> &[u8; 32] {
        &self.sha256
    }

    /// Opens what is to be judged, from a thread that may wait. Of what is long only a message in
    /// DER or BER can be read as a stream; where there is no room to hold something else, the error
    /// is [`io::ErrorKind::QuotaExceeded`].
    pub(crate) fn open(mut self) -> io::Result<Opened> {
        let mut first = [0];
        if let Place::File(file) = &mut self.place {
            let any = file.read(&mut first)?;
            file.rewind()?;
            if any == 1 && first == [SEQUENCE] && self.length > STREAMED {
                return Ok(Opened(self));
            }
        }
        self.load()
    }

    /// Opens what a detached signature covers, which can always be read as a stream.
    pub(crate) fn open_content(self) -> io::Result<Opened> {
        if self.length > STREAMED { Ok(Opened(self)) } else { self.load() }
    }

    fn load(mut self) -> io::Result<Opened> {
        if let Place::File(file) = &mut self.place {
            if !self.memory.take(self.length) {
                return Err(io::ErrorKind::QuotaExceeded.into());
            }
            let mut bytes = Vec::with_capacity(usize::try_from(self.length).unwrap_or(0));
            file.read_to_end(&mut bytes)?;
            self.place = Place::Memory(bytes);
            self.disk.release();
            self.file.release();
        }
        Ok(Opened(self))
    }
}

/// How a message in DER or BER begins.
const SEQUENCE: u8 = 0x30;
/// What is longer is read as a stream where its kind allows it.
const STREAMED: u64 = 8 << 20;

/// Why a file that came cannot be judged now.
pub(crate) fn unread(error: &io::Error) -> Problem {
    match error.kind() {
        io::ErrorKind::QuotaExceeded => Problem::busy(),
        _ => Problem::new(Code::Storage).retry_after(30),
    }
}

/// A file that is being judged.
#[derive(Debug)]
pub(crate) struct Opened(Upload);

impl Opened {
    /// All of it, where it is held.
    pub(crate) fn held(&self) -> Option<&[u8]> {
        match &self.0.place {
            Place::Memory(bytes) => Some(bytes),
            Place::File(_) => None,
        }
    }

    /// All of it, in memory whatever its length.
    pub(crate) fn into_held(self) -> io::Result<Self> {
        self.0.load()
    }

    /// Reads it from its beginning.
    pub(crate) fn reader(&mut self) -> io::Result<Reader<'_>> {
        match &mut self.0.place {
            Place::Memory(bytes) => Ok(Reader::Memory(Cursor::new(bytes))),
            Place::File(file) => {
                file.rewind()?;
                Ok(Reader::File(file))
            }
        }
    }
}

/// Reads a file that came.
pub(crate) enum Reader<'a> {
    Memory(Cursor<&'a [u8]>),
    File(&'a mut File),
}

impl Read for Reader<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Memory(bytes) => bytes.read(into),
            Self::File(file) => file.read(into),
        }
    }
}

impl Seek for Reader<'_> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        match self {
            Self::Memory(bytes) => bytes.seek(to),
            Self::File(file) => file.seek(to),
        }
    }
}
