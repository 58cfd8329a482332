//! `dev-pki serve`: the services of a test authority, as somebody at the other end meets them.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::{TcpListener, TcpStream},
    process::{Child, ChildStdout},
    time::Duration,
};

use crate::sandbox::{Room, command, pki, run};

/// A server that ends with the test.
struct Running {
    child: Child,
    lines: Vec<String>,
    address: String,
    _stdout: BufReader<ChildStdout>,
}

impl Running {
    fn start(folder: &str) -> Self {
        let args = ["dev-pki", "serve", folder, "--listen", "127.0.0.1:0"];
        let mut child = command(args).spawn().unwrap();
        let mut stdout = BufReader::new(child.stdout.take().unwrap());
        let mut lines = Vec::new();
        while lines.last().is_none_or(|l: &String| !l.starts_with("Stop")) {
            let mut line = String::new();
            assert_ne!(stdout.read_line(&mut line).unwrap(), 0, "it ended: {lines:?}");
            lines.push(line.trim_end().to_owned());
        }
        let list = lines.iter().find_map(|l| l.strip_prefix("CRL   http://")).unwrap();
        let address = list.strip_suffix("/crl/").unwrap().to_owned();
        Self { child, lines, address, _stdout: stdout }
    }

    fn get(&self, path: &str) -> Vec<u8> {
        let mut stream = TcpStream::connect(&self.address).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(10))).unwrap();
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {}\r\n\r\n", self.address).unwrap();
        let mut all = Vec::new();
        stream.read_to_end(&mut all).unwrap();
        assert!(all.starts_with(b"HTTP/1.1 200 OK\r\n"), "{path}");
        let end = all.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
        all.split_off(end)
    }

    fn stop(mut self) -> String {
        self.child.kill().unwrap();
        let mut text = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        self.child.wait().unwrap();
        text
    }
}

#[test]
fn a_new_folder_is_made_for_the_address_and_served() {
    let room = Room::new();
    let folder = room.path("pki");
    let server = Running::start(&folder);
    let base = format!("http://{}", server.address);
    for line in
        [format!("OCSP  {base}/ocsp/"), format!("TSP   {base}/tsp/"), format!("Cert  {base}/cert/")]
    {
        assert!(server.lines.contains(&line), "{:?}", server.lines);
    }
    for (path, file) in [
        ("/crl/nca_rsa.crl", "pki/crl/nca_rsa.crl"),
        ("/crl/nca_gost2015_d.crl", "pki/crl/nca_gost2015_d.crl"),
        ("/cert/nca_gost2004.cer", "pki/authorities/nca_gost2004.cer"),
    ] {
        assert_eq!(server.get(path), room.read(file), "{path}");
    }
    let address = format!("{base}/crl/nca_gost2015.crl");
    let person = room.read("pki/people/gost2015-ceo.cer");
    assert!(person.windows(address.len()).any(|w| w == address.as_bytes()));
    let readme = String::from_utf8(room.read("pki/README.txt")).unwrap();
    assert!(readme.contains(&base) && readme.contains("dev-pki serve"), "{readme}");
    let said = server.stop();
    assert!(said.contains("for tests only") && !said.contains("--base-url"), "{said}");
}

#[test]
fn a_folder_for_other_addresses_is_served_with_a_warning() {
    let server = Running::start(&pki(""));
    let list = std::fs::read(pki("crl/nca_rsa.crl")).unwrap();
    assert_eq!(server.get("/crl/nca_rsa.crl"), list);
    let base = format!("--base-url http://{}", server.address);
    let said = server.stop();
    assert!(said.contains(&base), "{said}");
}

#[test]
fn what_cannot_be_served_is_said() {
    let room = Room::new();
    room.write("notice.txt", "nothing");
    let here = room.path("");
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    for (args, code, words) in [
        (["dev-pki", "serve", here.as_str(), "--listen", "0.0.0.0:0"], 64, "this machine"),
        (["dev-pki", "serve", here.as_str(), "--listen", taken.as_str()], 64, "cannot listen"),
        (["dev-pki", "serve", here.as_str(), "--listen", "127.0.0.1:0"], 66, "no such file"),
        (["dev-pki", here.as_str(), "--force", "--base-url", "ftp://a"], 64, "http://127.0.0.1"),
    ] {
        let answer = run(&args).expect(code);
        assert!(answer.stderr.contains(words), "{}", answer.stderr);
    }
    for (lang, words) in [("kk", "осы машинадағы"), ("ru", "этой же машины")]
    {
        let args = ["dev-pki", "serve", "--listen", "10.0.0.1:1", "--lang", lang];
        let answer = run(&args).expect(64);
        assert!(answer.stderr.contains(words), "{}", answer.stderr);
    }
    run(&["dev-pki"]).expect(64);
    let help = run(&["dev-pki", "serve", "--help"]).expect(0);
    assert!(help.text().contains("Examples:\n  qoltanba dev-pki serve"), "{}", help.text());
}
