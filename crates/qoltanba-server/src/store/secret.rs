//! The secret under which numbers of recipients are kept.

use std::{
    fmt,
    fs::{self, File, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;

use super::Fault;
use crate::verify::{hex, octets};

/// 256 bits, in a file that only the service may read.
#[derive(Clone, PartialEq, Eq)]
pub(crate) struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    pub(super) fn draw() -> Result<Self, Fault> {
        let mut octets = [0; 32];
        getrandom::fill(&mut octets).map_err(|_| Fault::Unavailable)?;
        Ok(Self(octets))
    }

    /// Reads it; none when there is no file.
    pub(super) fn read(path: &Path) -> Result<Option<Self>, Fault> {
        let text = match fs::read_to_string(path) {
            Ok(text) => text,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => {
                tracing::error!(error = %error.kind(), "the key of the registry cannot be read");
                return Err(Fault::Unavailable);
            }
        };
        if !is_private(path) {
            tracing::error!(
                "the key of the registry may be read by others: chmod 600 registry.key"
            );
            return Err(Fault::Unavailable);
        }
        let secret = octets(text.trim()).and_then(|octets| octets.try_into().ok());
        secret.map(|secret| Some(Self(secret))).ok_or_else(|| {
            tracing::error!("the key of the registry is damaged");
            Fault::Corrupt
        })
    }

    /// Writes it beside its place, for [`settle`](Self::settle).
    pub(super) fn prepare(&self, path: &Path) -> io::Result<()> {
        let prepared = prepared(path);
        // What an earlier beginning left behind was of no database.
        match fs::remove_file(&prepared) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(prepared)?;
        file.write_all(hex(&self.0).as_bytes())?;
        file.sync_all()?;
        sync_folder(path)
    }

    /// The one that was prepared, if it is whole.
    pub(super) fn prepared(path: &Path) -> Option<Self> {
        let prepared = prepared(path);
        if prepared.exists() { Self::read(&prepared).ok().flatten() } else { None }
    }

    /// Puts what was prepared in its place.
    pub(super) fn settle(path: &Path) -> io::Result<()> {
        fs::rename(prepared(path), path)?;
        sync_folder(path)
    }

    /// A hash under the secret. Each purpose has values of its own.
    pub(crate) fn hash(&self, purpose: &str, parts: [&str; 2]) -> [u8; 32] {
        let Ok(mut mac) = Hmac::<Sha256>::new_from_slice(&self.0) else { return [0; 32] };
        for part in [purpose, parts[0], parts[1]] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac.finalize().into_bytes().into()
    }
}

fn prepared(path: &Path) -> PathBuf {
    path.with_extension("key.new")
}

/// A name is on the disk when its folder is.
fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if cfg!(unix) => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}

#[cfg(unix)]
fn is_private(path: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    fs::metadata(path).is_ok_and(|file| file.permissions().mode() & 0o077 == 0)
}

#[cfg(not(unix))]
const fn is_private(_: &Path) -> bool {
    true
}
