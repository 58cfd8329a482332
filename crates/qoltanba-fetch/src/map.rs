//! Mapping a file into memory: the one place with `unsafe` in the workspace's I/O.

use std::{fs::File, io, sync::Arc};

/// Bytes that live as long as somebody holds them.
pub type SharedBytes = Arc<dyn AsRef<[u8]> + Send + Sync>;

/// Maps a whole file for reading. The bytes stay valid after the file is closed or replaced.
///
/// The file must never be written to or cut in place while a mapping lives. Files of a
/// [`Cache`](crate::Cache) never are: they are written under another name and renamed, which
/// leaves the mapped file as it was.
///
/// # Errors
/// What the system says.
pub(crate) fn map(file: &File) -> io::Result<SharedBytes> {
    // An empty mapping is an error on some systems.
    if file.metadata()?.len() == 0 {
        return Ok(Arc::new([]));
    }
    // SAFETY: the bytes of a mapping must not change and the file must not shrink while a slice of
    // it lives. The mapping is private and read-only, and every caller is inside this crate and
    // opens a file of a cache folder that was put there whole by `rename` and is only ever
    // replaced by another `rename` or unlinked: both leave this inode alone.
    // NOTE: nothing enforces it. Whoever may write to the folder can change or cut the file in
    // place, and so can a failing disk or network share: reading past a cut ends the process
    // (SIGBUS), and bytes may differ between two looks, so that no check made on them before says
    // anything of them later. The folder must be writable to nobody but who runs the process.
    #[allow(unsafe_code, reason = "a mapping cannot be made without it")]
    let mapping = unsafe { memmap2::Mmap::map(file)? };
    Ok(Arc::new(mapping))
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use super::*;

    #[test]
    fn a_mapping_outlives_its_file_and_every_replacement() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a");
        std::fs::write(&path, b"first").unwrap();
        let mapped = map(&File::open(&path).unwrap()).unwrap();
        let new = folder.path().join("b");
        File::create(&new).unwrap().write_all(b"second and longer").unwrap();
        std::fs::rename(&new, &path).unwrap();
        assert_eq!((*mapped).as_ref(), b"first");
        std::fs::remove_file(&path).unwrap();
        assert_eq!((*mapped).as_ref(), b"first");
    }

    #[test]
    fn an_empty_file_is_mapped_as_nothing() {
        let folder = tempfile::tempdir().unwrap();
        let file = File::create_new(folder.path().join("a")).unwrap();
        assert!((*map(&file).unwrap()).as_ref().is_empty());
    }
}
