//! Copies on disk.

use std::{convert::Infallible, fs, path::PathBuf, sync::Barrier, thread};

use qoltanba::Instant;
use qoltanba_fetch::{Cache, CacheError, Entry, Kind};

use crate::pki::{at, hours};

const ADDRESS: &str = "http://pki.qoltanba.invalid/crl/a.crl";

fn put(cache: &Cache, kind: Kind, address: &str, when: Instant, body: &[u8]) {
    let anything = |_: Option<&Entry>| Ok::<_, Infallible>(());
    let Ok(()) = cache.replace(kind, address, when, body, anything).unwrap();
}

fn files(folder: &std::path::Path, ending: &str) -> Vec<PathBuf> {
    let all = fs::read_dir(folder).unwrap().map(|f| f.unwrap().path());
    all.filter(|f| f.extension().is_some_and(|e| e == ending)).collect()
}

#[test]
fn copies_are_told_apart_by_kind_and_address() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(&folder.path().join("deep/down")).unwrap();
    assert_eq!(cache.read(Kind::List, ADDRESS), Ok(None));
    put(&cache, Kind::List, ADDRESS, at(), b"base");
    put(&cache, Kind::Delta, ADDRESS, hours(1), b"delta");
    put(&cache, Kind::List, "http://b.invalid/", at(), b"\n\nother\n\n");
    let body = |kind, address| cache.read(kind, address).unwrap().unwrap().body().to_vec();
    assert_eq!(body(Kind::List, ADDRESS), b"base");
    assert_eq!(body(Kind::Delta, ADDRESS), b"delta");
    assert_eq!(body(Kind::List, "http://b.invalid/"), b"\n\nother\n\n");
    let all = cache.entries().unwrap();
    let told: Vec<_> = all.iter().map(|e| (e.kind(), e.address(), e.fetched())).collect();
    let expected = [
        (Kind::List, "http://b.invalid/", at()),
        (Kind::List, ADDRESS, at()),
        (Kind::Delta, ADDRESS, hours(1)),
    ];
    assert_eq!(told, expected);
}

#[test]
fn every_damage_is_noticed_and_the_next_copy_heals_it() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    put(&cache, Kind::List, ADDRESS, at(), b"a revocation list");
    let [path] = &files(folder.path(), "entry")[..] else { panic!("one file") };
    let good = fs::read(path).unwrap();
    for index in 0..good.len() {
        for bit in [0x01, 0x80] {
            let mut bad = good.clone();
            bad[index] ^= bit;
            fs::write(path, &bad).unwrap();
            let damaged = Err(CacheError::Damaged { path: path.clone() });
            assert_eq!(cache.read(Kind::List, ADDRESS), damaged, "byte {index}, bit {bit}");
        }
        fs::write(path, &good[..index]).unwrap();
        assert!(cache.read(Kind::List, ADDRESS).is_err(), "cut at {index}");
    }
    fs::write(path, [&good[..], b"x"].concat()).unwrap();
    assert!(cache.read(Kind::List, ADDRESS).is_err(), "longer");
    assert!(cache.entries().unwrap().is_empty());

    let absent = |old: Option<&Entry>| if old.is_none() { Ok(()) } else { Err("it was believed") };
    cache.replace(Kind::List, ADDRESS, at(), b"new", absent).unwrap().unwrap();
    assert_eq!(cache.read(Kind::List, ADDRESS).unwrap().unwrap().body(), b"new");
}

#[test]
fn a_copy_under_the_name_of_another_counts_as_damaged() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    put(&cache, Kind::Delta, ADDRESS, at(), b"delta");
    let [delta] = &files(folder.path(), "entry")[..] else { panic!("one file") };
    let content = fs::read(delta).unwrap();
    put(&cache, Kind::List, ADDRESS, at(), b"base");
    let all = files(folder.path(), "entry");
    let base = all.iter().find(|f| *f != delta).unwrap();
    fs::write(base, content).unwrap();
    assert!(matches!(cache.read(Kind::List, ADDRESS), Err(CacheError::Damaged { .. })));
}

#[test]
fn a_refusal_leaves_the_copy_as_it_was() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    put(&cache, Kind::List, ADDRESS, at(), b"good");
    let refused = cache.replace(Kind::List, ADDRESS, hours(1), b"bad", |old| {
        assert_eq!(old.unwrap().body(), b"good");
        Err("no")
    });
    assert_eq!(refused, Ok(Err("no")));
    let entry = cache.read(Kind::List, ADDRESS).unwrap().unwrap();
    assert_eq!((entry.body(), entry.fetched()), (&b"good"[..], at()));
}

#[test]
fn writers_take_turns_so_that_the_newest_stays() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    let number = |entry: Option<&Entry>| {
        entry.map_or(0, |e| std::str::from_utf8(e.body()).unwrap().parse::<u32>().unwrap())
    };
    let start = Barrier::new(8);
    thread::scope(|scope| {
        for writer in 1..=8_u32 {
            let (cache, start) = (&cache, &start);
            scope.spawn(move || {
                start.wait();
                for round in 0..20 {
                    let own = round * 8 + writer;
                    let newer = |old: Option<&Entry>| {
                        // Time for somebody else to come between.
                        thread::yield_now();
                        if own > number(old) { Ok(()) } else { Err(()) }
                    };
                    let body = own.to_string();
                    let _ =
                        cache.replace(Kind::List, ADDRESS, at(), body.as_bytes(), newer).unwrap();
                }
            });
        }
    });
    assert_eq!(number(cache.read(Kind::List, ADDRESS).unwrap().as_ref()), 160);
}

#[test]
fn a_copy_that_somebody_else_is_writing_is_left_alone() {
    let folder = tempfile::tempdir().unwrap();
    let cache = Cache::open(folder.path()).unwrap();
    put(&cache, Kind::List, ADDRESS, at(), b"good");
    let [lock] = &files(folder.path(), "lock")[..] else { panic!("one file") };
    let held = fs::File::open(lock).unwrap();
    held.lock().unwrap();
    let anything = |_: Option<&Entry>| Ok::<_, Infallible>(());
    let busy = cache.replace(Kind::List, ADDRESS, at(), b"bad", anything);
    assert_eq!(busy, Err(CacheError::Busy));
    // Readers need no turn.
    assert_eq!(cache.read(Kind::List, ADDRESS).unwrap().unwrap().body(), b"good");
}

#[cfg(unix)]
#[test]
fn a_link_put_into_the_folder_is_not_followed() {
    let folder = tempfile::tempdir().unwrap();
    let victim = folder.path().join("victim");
    fs::write(&victim, "precious").unwrap();
    let cache = Cache::open(&folder.path().join("cache")).unwrap();
    put(&cache, Kind::List, ADDRESS, at(), b"good");
    let [entry] = &files(&folder.path().join("cache"), "entry")[..] else { panic!("one file") };
    std::os::unix::fs::symlink(&victim, entry.with_added_extension("new")).unwrap();
    put(&cache, Kind::List, ADDRESS, at(), b"better");
    assert_eq!(fs::read(&victim).unwrap(), b"precious");
    assert_eq!(cache.read(Kind::List, ADDRESS).unwrap().unwrap().body(), b"better");
}
