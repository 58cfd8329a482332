//! Files in and out: bounded reading, and writing that leaves nothing half-written.

use std::{
    fs::{self, File},
    io::{self, Read, Seek as _, Write as _},
    path::{Path, PathBuf},
};

use qoltanba::{Lang, Limits};

use crate::{
    exit::{Failure, Result, about},
    output::Pick as _,
};

/// Whether the argument means standard input or output.
pub(crate) fn is_standard_stream(path: &Path) -> bool {
    path.as_os_str() == "-"
}

/// Reads a file, or standard input for `-`, and nothing beyond the limit.
pub(crate) fn read(path: &Path, lang: Lang) -> Result<Vec<u8>> {
    let limit = Limits::default().input_bytes as u64;
    let failed = |error: io::Error| Failure::reading(path, &error, lang);
    let (mut source, expected): (Box<dyn Read>, u64) = if is_standard_stream(path) {
        (Box::new(io::stdin().lock()), 0)
    } else {
        let file = File::open(path).map_err(failed)?;
        let metadata = file.metadata().map_err(failed)?;
        if metadata.is_dir() {
            return Err(failed(io::ErrorKind::IsADirectory.into()));
        }
        (Box::new(file), metadata.len())
    };
    let too_much = || {
        let what = lang.pick(
            "файл тым үлкен, байт шегі",
            "файл слишком велик, предел в байтах",
            "the file is too large, the limit in bytes is",
        );
        Failure::data("limit", about(path, &format!("{what} {limit}")))
    };
    if expected > limit {
        return Err(too_much());
    }
    let mut bytes = Vec::new();
    source.by_ref().take(limit + 1).read_to_end(&mut bytes).map_err(failed)?;
    if bytes.len() as u64 > limit { Err(too_much()) } else { Ok(bytes) }
}

/// Files above this many bytes are read as streams where their kind allows it.
const LARGE: u64 = 32 << 20;

/// A large file, opened to be read as a stream.
pub(crate) struct Large {
    pub(crate) file: File,
    pub(crate) length: u64,
}

/// Opens a file that is better not held in memory; `None` for any other, absent ones included.
pub(crate) fn large(path: &Path) -> Option<Large> {
    if is_standard_stream(path) {
        return None;
    }
    let file = File::open(path).ok()?;
    let metadata = file.metadata().ok()?;
    (metadata.is_file() && metadata.len() > LARGE).then_some(Large { file, length: metadata.len() })
}

/// A large file that may be a message in DER or BER, which alone can be read as a stream.
pub(crate) fn large_message(path: &Path) -> Option<Large> {
    let mut large = large(path)?;
    let mut first = [0];
    large.file.read_exact(&mut first).ok()?;
    large.file.rewind().ok()?;
    (first == [0x30]).then_some(large)
}

/// The file itself, or the files of a folder by name, without its subfolders and hidden files.
pub(crate) fn listed(path: &Path, lang: Lang) -> Result<Vec<PathBuf>> {
    let failed = |error: io::Error| Failure::reading(path, &error, lang);
    if !fs::metadata(path).map_err(failed)?.is_dir() {
        return Ok(vec![path.to_owned()]);
    }
    let mut files = Vec::new();
    for entry in fs::read_dir(path).map_err(failed)? {
        let entry = entry.map_err(failed)?;
        let hidden = entry.file_name().as_encoded_bytes().starts_with(b".");
        if !hidden && entry.path().is_file() {
            files.push(entry.path());
        }
    }
    files.sort();
    Ok(files)
}

/// What to do when the file to write is there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Existing {
    Keep,
    Replace,
}

impl Existing {
    pub(crate) const fn from_force(force: bool) -> Self {
        if force { Self::Replace } else { Self::Keep }
    }
}

/// Writes a whole file or nothing.
pub(crate) fn write(path: &Path, bytes: &[u8], existing: Existing, lang: Lang) -> Result<()> {
    write_with(path, existing, lang, |file| {
        file.write_all(bytes).map_err(|error| Failure::writing(path, &error, lang))
    })
}

/// Writes a whole file or nothing: into a temporary file beside it, which then takes its name.
pub(crate) fn write_with(
    path: &Path,
    existing: Existing,
    lang: Lang,
    fill: impl FnOnce(&mut File) -> Result<()>,
) -> Result<()> {
    write_through(".qoltanba-", path, existing, lang, fill)
}

/// How the name of a file of a batch begins while it is being written.
pub(crate) const OF_BATCH: &str = ".qoltanba-issue-";

/// Writes a whole file of a batch or nothing: what is left of it by a run that was cut off is
/// known by its name.
pub(crate) fn write_of_batch(
    path: &Path,
    bytes: &[u8],
    existing: Existing,
    lang: Lang,
) -> Result<()> {
    write_through(OF_BATCH, path, existing, lang, |file| {
        file.write_all(bytes).map_err(|error| Failure::writing(path, &error, lang))
    })
}

fn write_through(
    prefix: &str,
    path: &Path,
    existing: Existing,
    lang: Lang,
    fill: impl FnOnce(&mut File) -> Result<()>,
) -> Result<()> {
    let failed = |error: io::Error| {
        if existing == Existing::Keep && error.kind() == io::ErrorKind::AlreadyExists {
            in_the_way(path, lang)
        } else {
            Failure::writing(path, &error, lang)
        }
    };
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(prefix);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        // As for any file that a program creates, the user's mask decides.
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let mut file = builder.tempfile_in(folder).map_err(failed)?;
    fill(file.as_file_mut())?;
    file.as_file().sync_all().map_err(failed)?;
    match existing {
        Existing::Keep => file.persist_noclobber(path),
        Existing::Replace => file.persist(path),
    }
    .map(drop)
    .map_err(|error| failed(error.error))
}

/// Refuses early what [`write`] would refuse in the end.
pub(crate) fn refuse_existing(path: &Path, existing: Existing, lang: Lang) -> Result<()> {
    if existing == Existing::Keep && path.symlink_metadata().is_ok() {
        return Err(in_the_way(path, lang));
    }
    Ok(())
}

fn in_the_way(path: &Path, lang: Lang) -> Failure {
    Failure::usage(about(
        path,
        lang.pick(
            "бұрыннан бар; ауыстыру үшін --force беріңіз",
            "уже существует; чтобы заменить, укажите --force",
            "is there already; give --force to replace it",
        ),
    ))
}

/// Whether both names lead to one file, so that writing the second would destroy the first.
pub(crate) fn is_same_file(one: &Path, other: &Path) -> bool {
    matches!((one.canonicalize(), other.canonicalize()), (Ok(one), Ok(other)) if one == other)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_came_meanwhile_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("answer");
        write(&path, b"one", Existing::Keep, Lang::En).unwrap();
        let refused = write(&path, b"two", Existing::Keep, Lang::En).unwrap_err();
        assert_eq!(refused.exit, crate::exit::Exit::Usage);
        assert_eq!(fs::read(&path).unwrap(), b"one");
        write(&path, b"three", Existing::Replace, Lang::En).unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"three");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
