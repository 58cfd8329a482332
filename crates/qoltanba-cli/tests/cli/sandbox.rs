//! A test authority made by the command itself, and folders to work in.

use std::{
    ffi::OsStr,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicUsize, Ordering},
    },
};

use serde_json::Value;

/// What a call came to.
pub(crate) struct Answer {
    pub(crate) code: i32,
    pub(crate) stdout: Vec<u8>,
    pub(crate) stderr: String,
}

impl Answer {
    pub(crate) fn text(&self) -> &str {
        str::from_utf8(&self.stdout).unwrap()
    }

    pub(crate) fn lines(&self) -> Vec<Value> {
        self.text().lines().map(|line| serde_json::from_str(line).unwrap()).collect()
    }

    pub(crate) fn json(&self) -> Value {
        let [line] = <[Value; 1]>::try_from(self.lines()).unwrap();
        line
    }

    #[track_caller]
    pub(crate) fn expect(self, code: i32) -> Self {
        assert_eq!(
            self.code,
            code,
            "stdout: {}\nstderr: {}",
            String::from_utf8_lossy(&self.stdout),
            self.stderr
        );
        self
    }
}

/// The command in an environment that says nothing.
pub(crate) fn command(args: impl IntoIterator<Item = impl AsRef<OsStr>>) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qoltanba"));
    command.args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    for name in ["QOLTANBA_PASSWORD", "LC_ALL", "LC_MESSAGES", "LANG", "CLICOLOR", "CLICOLOR_FORCE"]
    {
        command.env_remove(name);
    }
    // No test finds what another one fetched.
    command.env("QOLTANBA_CACHE", base().join("no-cache"));
    command
}

pub(crate) fn answer(command: &mut Command) -> Answer {
    let output = command.output().unwrap();
    Answer {
        code: output.status.code().unwrap(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

pub(crate) fn run(args: &[&str]) -> Answer {
    answer(&mut command(args))
}

/// Runs with bytes on standard input.
pub(crate) fn run_with_input(args: &[&str], input: &[u8]) -> Answer {
    let mut child = command(args).stdin(Stdio::piped()).spawn().unwrap();
    // A call that is refused early reads nothing of it.
    let _ = child.stdin.take().unwrap().write_all(input);
    let output = child.wait_with_output().unwrap();
    Answer {
        code: output.status.code().unwrap(),
        stdout: output.stdout,
        stderr: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder of this test alone.
pub(crate) struct Room(PathBuf);

impl Room {
    pub(crate) fn new() -> Self {
        static NEXT: AtomicUsize = AtomicUsize::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let path = base().join(format!("room-{number}"));
        fs::create_dir_all(&path).unwrap();
        Self(path)
    }

    pub(crate) fn path(&self, name: &str) -> String {
        self.0.join(name).to_str().unwrap().to_owned()
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        fs::write(self.0.join(name), bytes).unwrap();
        self.path(name)
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap()
    }

    pub(crate) fn names(&self) -> Vec<String> {
        let entries = fs::read_dir(&self.0).unwrap();
        let mut names: Vec<_> =
            entries.map(|e| e.unwrap().file_name().into_string().unwrap()).collect();
        names.sort();
        names
    }
}

fn base() -> &'static Path {
    static BASE: OnceLock<PathBuf> = OnceLock::new();
    BASE.get_or_init(|| {
        let base = Path::new(env!("CARGO_TARGET_TMPDIR")).join("cli");
        let _ = fs::remove_dir_all(&base);
        fs::create_dir_all(&base).unwrap();
        base
    })
}

/// A file or folder of the test authority, which is made once.
pub(crate) fn pki(name: &str) -> String {
    static PKI: OnceLock<PathBuf> = OnceLock::new();
    let folder = PKI.get_or_init(|| {
        let folder = base().join("pki");
        run(&["dev-pki", folder.to_str().unwrap()]).expect(0);
        folder
    });
    folder.join(name).to_str().unwrap().to_owned()
}

pub(crate) const NOTICE: &[u8] = "Хабарлама\nУведомление\n".as_bytes();

/// A signed notice with its content inside, made once for each key.
pub(crate) fn signed(room: &Room, key: &str) -> String {
    let notice = room.write("notice.txt", NOTICE);
    sign(&notice, key, &[]).expect(0);
    room.path("notice.txt.cms")
}

pub(crate) fn sign(file: &str, key: &str, more: &[&str]) -> Answer {
    let (key, password) = (pki(&format!("{key}.p12")), pki("password.txt"));
    let args = ["sign", "--key", &key, "--password-file", &password, "--format", "cms", file];
    run(&[&args, more].concat())
}

/// Verifies against the test authority with all its evidence.
pub(crate) fn verify(files: &[&str], more: &[&str]) -> Answer {
    let (anchors, authorities, crl) = (pki("anchors"), pki("authorities"), pki("crl"));
    let evidence = ["--trust", &anchors, "--cert", &authorities, "--crl", &crl];
    run(&[&["verify"], files, &evidence, more].concat())
}

/// As [`verify`], with the one line of JSON.
#[track_caller]
pub(crate) fn verdict(files: &[&str], more: &[&str], code: i32) -> Value {
    verify(files, &[more, &["--json"]].concat()).expect(code).json()
}

/// The same bytes with one of them changed.
pub(crate) fn altered(bytes: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    assert_eq!(from.len(), to.len());
    let at = bytes.windows(from.len()).position(|w| w == from).unwrap();
    let mut copy = bytes.to_vec();
    copy[at..at + to.len()].copy_from_slice(to);
    copy
}
