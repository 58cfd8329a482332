//! The registry killed and starved: a process of its own, killed under load, and one that may write
//! no more.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, dead_code)]
#![cfg(target_os = "linux")]

#[path = "http/house.rs"]
mod house;
#[path = "http/process.rs"]
mod process;

use std::{
    collections::{BTreeMap, BTreeSet},
    io::{Read as _, Write as _},
    net::{SocketAddr, TcpStream},
    path::Path,
    process::Command,
    sync::{
        Mutex,
        atomic::{AtomicUsize, Ordering},
    },
    thread,
    time::Duration,
};

use house::{Content, House};
use process::Process;
use qoltanba::paper::document::UniqueNumber;
use qoltanba_server::{Config, KeyBook, Scope, verify_audit};
use qoltanba_testkit::invented_iin;
use serde_json::{Value, json};

/// How often to kill; a hundred if not told.
const KILLS: &str = "QOLTANBA_TEST_KILLS";

impl Process {
    fn ask(&self, path: &str, key: &str, kind: &str, body: &[u8]) -> Option<(u16, Value)> {
        ask(self.address, path, key, kind, body)
    }
}

/// One request; none when the other end was killed before its answer was whole.
fn ask(
    address: SocketAddr,
    path: &str,
    key: &str,
    kind: &str,
    body: &[u8],
) -> Option<(u16, Value)> {
    let mut stream = TcpStream::connect(address).ok()?;
    stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    let head = format!(
        "POST {path} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {key}\r\ncontent-type: {kind}\r\n\
         connection: close\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    stream.write_all(head.as_bytes()).ok()?;
    stream.write_all(body).ok()?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).ok()?;
    let end = answer.windows(4).position(|four| four == b"\r\n\r\n")?;
    let head = String::from_utf8(answer[..end].to_vec()).ok()?;
    let status = head.split(' ').nth(1)?.parse().ok()?;
    Some((status, serde_json::from_slice(&answer[end + 4..]).ok()?))
}

const DOCUMENTS: &str = "/api/v1/documents";
const NUMBERS: &str = "/api/v1/documents/numbers";
const JSON: &str = "application/json";
const FORM: &str = "multipart/form-data; boundary=a-boundary-that-nothing-has";

/// What was told to be done.
#[derive(Default)]
struct Told {
    /// Which document each number was given to.
    registered: BTreeMap<String, usize>,
    reserved: BTreeSet<String>,
    withdrawn: BTreeSet<String>,
}

#[test]
fn killed_under_load_it_loses_nothing_and_gives_no_number_twice() {
    let kills: usize = std::env::var(KILLS).map_or(100, |kills| kills.parse().unwrap());
    let house = House::provider(
        "registry.checks_per_minute = 0\nregistry.failed_checks_per_day = 0\n\
         registry.reserved = 0\naudit.export_seconds = 1",
    );
    let key = house.app.key_book().add(bin(&house), "Әкімдік", &Scope::ALL).unwrap().token;
    let iin = invented_iin(3);
    let documents: Vec<Vec<u8>> = (0..24 * kills)
        .map(|n| {
            let signed = house.sign(format!("document {n}").as_bytes(), Content::Inside);
            house::form(&[("file", &signed), ("recipient", iin.as_bytes())])
        })
        .collect();
    let (told, next) = (Mutex::new(Told::default()), AtomicUsize::new(0));
    let mut seed = 1_u64;
    for _ in 0..kills {
        let mut service = Process::start(&house, &[]);
        let address = service.address;
        let before = next.load(Ordering::SeqCst);
        thread::scope(|scope| {
            for worker in 0..4 {
                let (told, next, documents, key) = (&told, &next, &documents, &key);
                scope.spawn(move || load(address, worker, told, next, documents, key));
            }
            // Not before something is under way, and then at any moment.
            while next.load(Ordering::SeqCst) < before + 6 {
                thread::sleep(Duration::from_millis(1));
            }
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            thread::sleep(Duration::from_micros((seed >> 33) % 60_000));
            service.child.kill().unwrap();
        });
        service.child.wait().unwrap();
    }
    // What was under way when it was killed may be done or not; what was told is.
    let service = Process::start(&house, &[]);
    let told = told.into_inner().unwrap();
    assert!(told.registered.len() >= kills && told.reserved.len() >= kills);
    for (number, document) in &told.registered {
        let (status, again) = service.ask(DOCUMENTS, &key, FORM, &documents[*document]).unwrap();
        assert_eq!((status, &again["number"]), (200, &Value::from(number.as_str())));
        let withdrawn = told.withdrawn.contains(number);
        // One whose withdrawal was not told may be withdrawn all the same.
        assert!(!withdrawn || again["status"] == "withdrawn", "{again}");
        assert!(!told.reserved.contains(number), "{number} twice");
    }
    let data = house.folder.path().join("data");
    let reserved = reserved(&data.join("registry.db"));
    let lost: Vec<&String> = told.reserved.difference(&reserved).collect();
    assert!(lost.is_empty(), "told to be reserved, and are not: {lost:?}");
    let export = data.join("audit.jsonl");
    let report = verify_audit(&data.join("registry.db"), Some(&export), &[]).unwrap();
    assert!(report.is_whole(), "{:?}", report.faults);
    println!(
        "{kills} kills: {} registered, {} reserved, {} withdrawn, {} entries, {} heads",
        told.registered.len(),
        told.reserved.len(),
        told.withdrawn.len(),
        report.entries,
        report.heads
    );
}

/// The numbers that are given to a provider and to no document.
fn reserved(path: &Path) -> BTreeSet<String> {
    let db = rusqlite::Connection::open(path).unwrap();
    let mut rows = db.prepare("SELECT number FROM document WHERE status = 0").unwrap();
    let numbers = rows.query_map([], |row| row.get(0)).unwrap();
    numbers.map(Result::unwrap).collect()
}

fn bin(house: &House) -> qoltanba::numbers::Bin {
    let certificate = house.mint.signer_certificate().unwrap();
    qoltanba::identity::Subject::claimed_by(&certificate).bin.unwrap()
}

/// Registers, reserves and withdraws until nobody answers.
fn load(
    address: SocketAddr,
    worker: usize,
    told: &Mutex<Told>,
    next: &AtomicUsize,
    documents: &[Vec<u8>],
    key: &str,
) {
    loop {
        let document = next.fetch_add(1, Ordering::SeqCst);
        let Some(form) = documents.get(document) else { return };
        let Some((status, record)) = ask(address, DOCUMENTS, key, FORM, form) else { return };
        assert_eq!(status, 201, "{record}");
        let number = record["number"].as_str().unwrap().to_owned();
        assert!(UniqueNumber::new(&number).unwrap().has_check_digit());
        let before = told.lock().unwrap().registered.insert(number.clone(), document);
        assert_eq!(before, None, "{number} twice");
        if document % 2 == worker % 2 {
            let change = json!({ "status": "withdrawn", "reason": "other" }).to_string();
            let path = format!("{DOCUMENTS}/{number}/status");
            let Some((status, _)) = ask(address, &path, key, JSON, change.as_bytes()) else {
                return;
            };
            assert_eq!(status, 200);
            told.lock().unwrap().withdrawn.insert(number);
        }
        let Some((status, numbers)) = ask(address, NUMBERS, key, JSON, b"{\"count\":2}") else {
            return;
        };
        assert_eq!(status, 201);
        for number in numbers["numbers"].as_array().unwrap() {
            let number = number.as_str().unwrap().to_owned();
            assert!(told.lock().unwrap().reserved.insert(number.clone()), "{number} twice");
        }
    }
}

/// What is written beyond `bytes` fails until the limit is lifted.
fn limit(service: &Process, bytes: &str) {
    let pid = service.child.id().to_string();
    let done = Command::new("prlimit").args(["--pid", &pid, &format!("--fsize={bytes}")]).status();
    assert!(done.unwrap().success());
}

#[test]
fn when_nothing_can_be_written_it_says_so_and_goes_on_afterwards() {
    let house = House::provider("registry.reserved = 0\nregistry.failed_checks_per_day = 0");
    let key = house.app.key_book().add(bin(&house), "Әкімдік", &Scope::ALL).unwrap().token;
    let iin = invented_iin(3);
    let signed = house.sign(b"document", Content::Inside);
    let form = house::form(&[("file", &signed), ("recipient", iin.as_bytes())]);
    // Else the system ends who writes beyond the limit.
    let service = Process::start(&house, &["trap '' XFSZ;"]);
    let (status, record) = service.ask(DOCUMENTS, &key, FORM, &form).unwrap();
    assert_eq!(status, 201, "{record}");
    limit(&service, "1000:unlimited");
    for _ in 0..3 {
        let (status, problem) = service.ask(NUMBERS, &key, JSON, b"{\"count\":5}").unwrap();
        assert_eq!((status, &problem["code"]), (503, &"storage".into()), "{problem}");
    }
    let check = json!({ "number": record["number"], "recipient": iin }).to_string();
    let path = format!("{DOCUMENTS}/check");
    // Reading is tried with it, and documents are verified.
    let (status, _) =
        service.ask("/api/v1/verify", "", "application/octet-stream", &signed).unwrap();
    assert_eq!(status, 200);
    limit(&service, "unlimited:unlimited");
    thread::sleep(Duration::from_secs(1));
    let (status, numbers) = service.ask(NUMBERS, &key, JSON, b"{\"count\":5}").unwrap();
    assert_eq!((status, numbers["numbers"].as_array().map(Vec::len)), (201, Some(5)), "{numbers}");
    let (status, checked) = service.ask(&path, "", JSON, check.as_bytes()).unwrap();
    assert_eq!((status, &checked["genuine"]), (200, &true.into()));
    drop(service);
    let report = verify_audit(&house.folder.path().join("data/registry.db"), None, &[]).unwrap();
    assert!(report.is_whole(), "{:?}", report.faults);
}

/// How many octets of a file may be written varies what of the beginning is done.
#[test]
fn a_first_start_that_could_not_write_is_no_damaged_database_afterwards() {
    for blocks in [1, 8, 64, 80, 96, 120] {
        let house = House::provider("");
        let file = house.folder.path().join("server.toml");
        let text = std::fs::read_to_string(&file).unwrap();
        let (old, new) = (house.folder.path().join("data"), house.folder.path().join("new"));
        let text = text.replace(&format!("{old:?}"), &format!("{new:?}"));
        std::fs::write(&file, text).unwrap();
        let config = Config::load(Some(&file), std::iter::empty()).unwrap();
        let service =
            Process::start(&house, &["trap '' XFSZ;", &format!("ulimit -S -f {blocks};")]);
        let refused = service.ask(NUMBERS, "", JSON, b"{\"count\":1}").unwrap();
        limit(&service, "unlimited:unlimited");
        thread::sleep(Duration::from_millis(1100));
        let added = KeyBook::open(&config).add(bin(&house), "Әкімдік", &Scope::ALL);
        let key = added.unwrap_or_else(|error| panic!("{blocks}: {error}, {refused:?}")).token;
        let (status, numbers) = service.ask(NUMBERS, &key, JSON, b"{\"count\":5}").unwrap();
        assert_eq!(status, 201, "{blocks}: {numbers}");
    }
}

/// That this process has a namespace of its own, in which it may mount.
const ALONE: &str = "QOLTANBA_TEST_ALONE";

/// A disk of its own. Who may not mount one does the test over in a namespace where he may; where
/// the system allows neither nothing would be shown, and the test does not pass.
fn small_disk(test: &str) -> Option<tempfile::TempDir> {
    let disk = tempfile::tempdir().unwrap();
    let mount = Command::new("mount")
        .args(["-t", "tmpfs", "-o", "size=1m", "tmpfs"])
        .arg(disk.path())
        .output()
        .unwrap();
    if mount.status.success() {
        return Some(disk);
    }
    let told = String::from_utf8_lossy(&mount.stderr).into_owned();
    assert!(std::env::var_os(ALONE).is_none(), "nothing can be mounted in a namespace: {told}");
    let alone = Command::new("unshare")
        .args(["--user", "--map-root-user", "--mount"])
        .arg(std::env::current_exe().unwrap())
        .args(["--exact", test, "--nocapture"])
        .env(ALONE, "1")
        .status();
    assert!(
        alone.as_ref().is_ok_and(|status| status.success()),
        "a full disk needs the right to mount (mount: {told}), or a user namespace: {alone:?}"
    );
    None
}

#[test]
fn a_full_disk_is_told_and_reading_goes_on() {
    let Some(disk) = small_disk("a_full_disk_is_told_and_reading_goes_on") else { return };
    let house = House::provider("registry.reserved = 0\nregistry.failed_checks_per_day = 0");
    let file = house.folder.path().join("server.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    let data = format!("{:?}", house.folder.path().join("data"));
    std::fs::write(&file, text.replace(&data, &format!("{:?}", disk.path()))).unwrap();
    let full = || {
        let config = Config::load(Some(&file), std::iter::empty()).unwrap();
        let key = KeyBook::open(&config).add(bin(&house), "Әкімдік", &Scope::ALL).unwrap().token;
        let service = Process::start(&house, &[]);
        let iin = invented_iin(3);
        let signed = house.sign(b"document", Content::Inside);
        let form = house::form(&[("file", &signed), ("recipient", iin.as_bytes())]);
        let (_, record) = service.ask(DOCUMENTS, &key, FORM, &form).unwrap();
        let filler = disk.path().join("filler");
        // As much as there is.
        let _ = std::fs::write(&filler, vec![0; 2 << 20]);
        let mut seen = Vec::new();
        for _ in 0..3 {
            let (status, problem) = service.ask(NUMBERS, &key, JSON, b"{\"count\":500}").unwrap();
            seen.push((status, problem["code"].as_str().unwrap_or_default().to_owned()));
        }
        let check = json!({ "number": record["number"], "recipient": iin }).to_string();
        let path = format!("{DOCUMENTS}/check");
        let (status, checked) = service.ask(&path, "", JSON, check.as_bytes()).unwrap();
        seen.push((status, checked["genuine"].to_string()));
        std::fs::remove_file(&filler).unwrap();
        let (status, numbers) = service.ask(NUMBERS, &key, JSON, b"{\"count\":5}").unwrap();
        seen.push((status, numbers["numbers"].as_array().map_or(0, Vec::len).to_string()));
        seen
    };
    let seen = std::panic::catch_unwind(std::panic::AssertUnwindSafe(full));
    let _ = Command::new("umount").arg("-l").arg(disk.path()).status();
    let refused = (503, "storage_full".to_owned());
    let expected =
        vec![refused.clone(), refused.clone(), refused, (200, "true".into()), (201, "5".into())];
    assert_eq!(seen.unwrap(), expected);
}
