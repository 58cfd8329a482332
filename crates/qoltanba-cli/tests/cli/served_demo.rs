//! `demo --serve`: as somebody who tries it out meets it.

use std::{
    fs,
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::PathBuf,
    process::{Child, ChildStdout, Command},
    time::Duration,
};

use serde_json::{Value, json};

use crate::sandbox::{Room, command, run};

struct Demo {
    child: Child,
    stdout: BufReader<ChildStdout>,
    rows: Vec<String>,
    temporary: PathBuf,
}

impl Demo {
    fn start(room: &Room) -> Self {
        let temporary = PathBuf::from(room.path("temporary"));
        fs::create_dir(&temporary).unwrap();
        let folder = room.path("demo");
        let mut command = command(["demo", &folder, "--serve", "--listen", "127.0.0.1:0"]);
        let mut child = command.env("TMPDIR", &temporary).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut rows = Vec::new();
        while rows.last().is_none_or(|l: &String| !l.starts_with("Stop")) {
            let mut line = String::new();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "it ended: {rows:?}");
            rows.push(line.trim_end().to_owned());
        }
        Self { child, stdout, rows, temporary }
    }

    fn row(&self, label: &str) -> &str {
        let row = self.rows.iter().find_map(|row| row.trim_start().strip_prefix(label));
        row.unwrap_or_else(|| panic!("{label}: {:?}", self.rows)).trim()
    }

    /// The body of an answer that went well.
    fn ask(&self, method: &str, path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
        let address = self.row("Address").strip_prefix("http://").unwrap().trim_end_matches('/');
        let mut stream = TcpStream::connect(address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: {address}\r\ncontent-type: {kind}\r\n\
             connection: close\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        stream.write_all(&[head.as_bytes(), body].concat()).unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        let end = all.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
        let head = String::from_utf8_lossy(&all[..end]).into_owned();
        assert!(head.starts_with("HTTP/1.1 200"), "{head}");
        all.split_off(end)
    }

    fn json(&self, path: &str, kind: &str, body: &[u8]) -> Value {
        serde_json::from_slice(&self.ask("POST", path, kind, body)).unwrap()
    }
}

#[test]
fn the_notice_of_the_demo_is_downloaded_verified_and_checked() {
    let room = Room::new();
    let mut demo = Demo::start(&room);
    let pdf = demo.row("PDF").to_owned();
    let path = pdf.strip_prefix(demo.row("Address").trim_end_matches('/')).unwrap();
    let pdf = demo.ask("GET", path, "", b"");
    assert_eq!(pdf, room.read("demo/notice.pdf"));
    assert_eq!(demo.row("File"), room.path("demo/notice.pdf"));

    let report = demo.json("/api/v1/verify?protocol=true", "application/pdf", &pdf);
    assert_eq!(report["verdict"], "passed", "{report:#}");
    let link = report["protocol"]["url"].as_str().unwrap();
    let path = link.strip_prefix(demo.row("Address").trim_end_matches('/')).expect("its own port");
    assert!(!demo.ask("GET", path, "", b"").is_empty());

    let (number, iin) = (demo.row("Number of the document"), demo.row("IIN of the recipient"));
    let check = |recipient: &str| {
        let body = json!({ "number": number, "recipient": recipient }).to_string();
        demo.json("/api/v1/documents/check", "application/json", body.as_bytes())
    };
    let checked = check(iin);
    assert_eq!((&checked["genuine"], &checked["status"]), (&true.into(), &"issued".into()));
    assert_eq!(check("920101100008"), json!({ "genuine": false }));

    assert_eq!(fs::read_dir(&demo.temporary).unwrap().count(), 1, "its database");
    let id = demo.child.id().to_string();
    assert!(Command::new("sh").args(["-c", "kill -INT $0", &id]).status().unwrap().success());
    assert_eq!(demo.child.wait().unwrap().code(), Some(0));
    let mut rest = String::new();
    demo.stdout.read_to_string(&mut rest).unwrap();
    assert_eq!(fs::read_dir(&demo.temporary).unwrap().count(), 0, "gone with it");
}

#[test]
fn it_serves_this_machine_alone() {
    let room = Room::new();
    let folder = room.path("demo");
    for (lang, words) in
        [("kk", "осы машинадағы"), ("ru", "этой же машины"), ("en", "this machine")]
    {
        let args = ["demo", &folder, "--serve", "--listen", "0.0.0.0:0", "--lang", lang];
        assert!(run(&args).expect(64).stderr.contains(words));
    }
    run(&["demo", &folder, "--listen", "127.0.0.1:0"]).expect(64);
    assert!(!fs::exists(folder).unwrap(), "nothing was begun");
}
