//! Processes that are killed while caching, and disks that are full. Each child is this test
//! program, told by its environment which part to play.

use std::{
    convert::Infallible,
    env, fs,
    path::Path,
    process::{Child, Command, Stdio},
    thread,
    time::Duration,
};

use qoltanba::{Certificate, algorithm::Strength, revocation::Crl};
use qoltanba_fetch::{Cache, CacheError, Entry, Kind};
use qoltanba_testkit::{CrlSpec, SeededRng};
use rand_core::Rng as _;

use crate::{
    pki::{LIST, Pki, at, fetcher, hours, said},
    server::Server,
};

const ADDRESS: &str = "http://pki.qoltanba.invalid/crl/nca_gost2015.crl";
const PART: &str = "QOLTANBA_TEST_PART";
const FOLDER: &str = "QOLTANBA_TEST_FOLDER";
const PORT: &str = "QOLTANBA_TEST_ORIGIN";

/// The folder, when this process is a child that plays this part.
fn part(name: &str) -> Option<String> {
    (env::var(PART).ok()? == name).then(|| env::var(FOLDER).unwrap())
}

fn child(test: &str, folder: &Path) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    command
        .args(["--exact", &format!("crash::{test}"), "--nocapture"])
        .env(PART, test)
        .env(FOLDER, folder)
        .stdout(Stdio::null())
        .stderr(Stdio::null());
    command
}

fn anything(_: Option<&Entry>) -> Result<(), Infallible> {
    Ok(())
}

/// Two lists of some thousand entries: long enough to be killed in the middle of.
fn two_lists(pki: &Pki) -> [Vec<u8>; 2] {
    [1, 2].map(|number| pki.list(&CrlSpec::complete(number, at()).revoke_invented(8000)))
}

#[test]
fn writes_for_ever() {
    let Some(folder) = part("writes_for_ever") else { return };
    let cache = Cache::open(folder.as_ref()).unwrap();
    let lists: Vec<Vec<u8>> =
        ["one", "two"].iter().map(|n| fs::read(Path::new(&folder).join(n)).unwrap()).collect();
    loop {
        for list in &lists {
            let _ = cache.replace(Kind::List, ADDRESS, at(), list, anything).unwrap();
        }
    }
}

#[test]
fn whoever_is_killed_while_caching_leaves_a_good_list() {
    let folder = tempfile::tempdir().unwrap();
    let pki = Pki::new();
    let lists = two_lists(&pki);
    for (name, list) in ["one", "two"].iter().zip(&lists) {
        fs::write(folder.path().join(name), list).unwrap();
    }
    let cache = Cache::open(folder.path()).unwrap();
    let Ok(()) = cache.replace(Kind::List, ADDRESS, at(), &lists[0], anything).unwrap();
    let issuing = Certificate::from_der(pki.mint.issuing().certificate()).unwrap();
    let mut rng = SeededRng::new(9);
    let (mut seen, mut left_over) = ([0; 2], 0);
    for _ in 0..60 {
        // Two processes share the folder, and both are killed.
        let mut children: Vec<Child> = [0, 1]
            .map(|_| child("writes_for_ever", folder.path()).spawn().unwrap())
            .into_iter()
            .collect();
        thread::sleep(Duration::from_micros(20_000 + u64::from(rng.next_u32() % 60_000)));
        // Readers see a whole copy while others write.
        assert!(cache.read(Kind::List, ADDRESS).unwrap().is_some());
        for child in &mut children {
            child.kill().unwrap();
            child.wait().unwrap();
        }
        let entry = cache.read(Kind::List, ADDRESS).unwrap().expect("the copy is gone");
        let list = Crl::from_der(entry.body()).unwrap();
        assert!(list.is_signed_by(issuing.public_key().unwrap(), Strength::default()));
        seen[usize::from(entry.body() == lists[1])] += 1;
        let names = fs::read_dir(folder.path()).unwrap().map(|f| f.unwrap().path());
        left_over += names.filter(|f| f.extension().is_some_and(|e| e == "new")).count();
    }
    // The children did write, and were killed in the middle of it.
    assert!(seen[0] > 0 && seen[1] > 0, "{seen:?}");
    assert!(left_over > 0, "nobody was killed while writing");
    // Nobody holds the turn any more, and what they left is swept away.
    let Ok(()) = cache.replace(Kind::List, ADDRESS, at(), &lists[0], anything).unwrap();
}

/// Keeps a list and its index, again and again.
#[test]
fn keeps_an_index_for_ever() {
    let Some(folder) = part("keeps_an_index_for_ever") else { return };
    let server = Server::elsewhere(env::var(PORT).unwrap().parse().unwrap());
    let pki = Pki::new();
    let fetcher = fetcher(&server).with_cache(Cache::open(folder.as_ref()).unwrap());
    loop {
        fetcher.refresh(&pki.knowing(), Kind::List, &[ADDRESS], at());
    }
}

#[test]
fn whoever_is_killed_while_indexing_leaves_a_good_list() {
    let folder = tempfile::tempdir().unwrap();
    let pki = Pki::new();
    let server = pki.server();
    let long = CrlSpec::complete(200, hours(-1)).revoke_invented(8000);
    server.set(LIST, crate::server::Answer::Body(pki.list(&long)));
    let keep = |folder: &Path| fetcher(&server).with_cache(Cache::open(folder).unwrap());
    let first = pki.verify(&keep(folder.path()), &pki.knowing(), at());
    assert_eq!(said(&first), ("passed", "none", vec![]));
    let mut rng = SeededRng::new(9);
    let mut opened = [0; 2];
    for round in 0..400 {
        // Killed between list and index, and elsewhere.
        if round >= 12 && opened.iter().all(|count| *count > 0) {
            return;
        }
        let mut child = child("keeps_an_index_for_ever", folder.path());
        let mut child = child.env(PORT, server.port().to_string()).spawn().unwrap();
        server.asked();
        while server.paths().is_empty() {
            thread::sleep(Duration::from_millis(5));
        }
        thread::sleep(Duration::from_micros(u64::from(rng.next_u32() % 1_000_000)));
        child.kill().unwrap();
        child.wait().unwrap();
        let offline = crate::pki::offline(&server);
        let offline = offline.with_cache(Cache::open(folder.path()).unwrap());
        let outcome = pki.verify(&offline, &pki.knowing(), hours(1));
        assert_eq!(said(&outcome), ("passed", "none", vec![]));
        opened[outcome.evidence.indexed.len()] += 1;
    }
    panic!("nobody was killed between list and index: {opened:?}");
}

/// Where a write fails in the middle.
#[test]
fn caches_with_little_space() {
    let Some(folder) = part("caches_with_little_space") else { return };
    let origin = env::var(PORT).unwrap();
    let pki = Pki::new();
    let cache = Cache::open(folder.as_ref()).unwrap();
    let large = &two_lists(&pki)[1];
    let failed = cache.replace(Kind::List, ADDRESS, at(), large, anything);
    assert!(matches!(failed, Err(CacheError::Io { .. })), "{failed:?}");

    // The verdict rests on the list that came, though it could not be kept.
    let server = Server::elsewhere(origin.parse().unwrap());
    let fetcher = fetcher(&server).with_cache(cache);
    let outcome = pki.verify(&fetcher, &pki.knowing(), hours(5));
    let (verdict, _, notes) = said(&outcome);
    assert_eq!((verdict, notes), ("passed", vec!["copy_not_kept"]));
}

#[test]
fn a_full_disk_loses_nothing_good() {
    let pki = Pki::new();
    let server = pki.server();
    let large = pki.list(&CrlSpec::complete(200, hours(-1)).revoke_invented(8000));
    server.set(LIST, crate::server::Answer::Body(large));
    let play = |folder: &Path, limit: &str| {
        let cache = Cache::open(folder).unwrap();
        let small = &pki.mint.lists[1];
        let Ok(()) = cache.replace(Kind::List, ADDRESS, at(), small, anything).unwrap();
        let before = cache.entries().unwrap();
        let mut command = Command::new("sh");
        // The signal of the limit would end the process; a full disk does not.
        command.args(["-c", &format!("trap '' XFSZ; {limit} exec \"$0\" \"$@\"")]);
        let child = child("caches_with_little_space", folder);
        command.arg(child.get_program()).args(child.get_args());
        command.envs(child.get_envs().filter_map(|(k, v)| v.map(|v| (k, v))));
        let output = command.env(PORT, server.port().to_string()).output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{said}{}", String::from_utf8_lossy(&output.stdout));
        // Copies of other things may have come; this one is as it was.
        let after = cache.entries().unwrap();
        assert!(before.iter().all(|entry| after.contains(entry)), "{after:?}");
        let names = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
        let left: Vec<_> = names.filter(|f| f.extension().is_some_and(|e| e == "new")).collect();
        assert!(left.is_empty(), "{left:?}");
    };
    play(tempfile::tempdir().unwrap().path(), "ulimit -f 64;");
    // Where this test may mount one, a disk that is really full.
    if let Some(disk) = SmallDisk::mount() {
        play(disk.0.path(), "");
    }
}

/// A disk of 256 KB, where this test may mount one.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let folder = tempfile::tempdir().unwrap();
        let mut mount = Command::new("mount");
        mount.args(["-t", "tmpfs", "-o", "size=256k", "tmpfs"]).arg(folder.path());
        let done = mount.stderr(Stdio::null()).status().is_ok_and(|s| s.success());
        done.then_some(Self(folder))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg(self.0.path()).status();
    }
}
