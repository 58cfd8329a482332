//! A service with a test authority behind it.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
    sync::OnceLock,
    thread,
};

use axum::{
    Router,
    body::Body,
    http::{HeaderMap, Request, StatusCode},
};
use http_body_util::BodyExt as _;
use qoltanba::{
    Certificate,
    algorithm::SignatureAlgorithm,
    identity::Role,
    sign::{CmsSigner, Form, KeyStore, Password},
};
use qoltanba_server::{App, Clock, Config, app, log_into};
use qoltanba_testkit::{Mint, Order, SeededRng, invented_iin};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

pub(crate) const NOW: &str = "2026-11-25T12:00:00Z";
pub(crate) const DOCUMENT: &[u8] = "Өтініш: хабарлама".as_bytes();
/// Settings that begin so get a key of the service.
const KEY: &str = "KEY ";
pub(crate) const PASSWORD: &str = "Qwerty12";
pub(crate) const BOUNDARY: &str = "a-boundary-that-nothing-has";

/// A service, its authority, and the folder of its files.
pub(crate) struct House {
    pub(crate) app: App,
    pub(crate) router: Router,
    pub(crate) mint: Mint,
    pub(crate) folder: TempDir,
    watch: Watch,
}

/// Where the signed content is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Content {
    Inside,
    Apart,
}

pub(crate) struct Answer {
    pub(crate) status: StatusCode,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap()
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }

    /// Its status and code, which must agree with each other and with the media type.
    pub(crate) fn problem(&self) -> (u16, String) {
        assert_eq!(self.header("content-type"), "application/problem+json");
        let body = self.json();
        assert_eq!(body["status"], self.status.as_u16());
        assert_eq!(body["request_id"], self.header("x-request-id"));
        let code = body["code"].as_str().unwrap().to_owned();
        assert_eq!(body["type"], format!("/api/v1/docs#problem-{code}"));
        (self.status.as_u16(), code)
    }
}

impl House {
    /// With lists and without a network; `settings` come after.
    pub(crate) fn new(settings: &str) -> Self {
        Self::of(SignatureAlgorithm::Gost2015_512, settings)
    }

    /// The same for another algorithm.
    pub(crate) fn of(algorithm: SignatureAlgorithm, settings: &str) -> Self {
        Self::with(&Order::new(algorithm, NOW.parse().unwrap()), settings)
    }

    /// A house whose signer is the first head of a provider.
    pub(crate) fn provider(settings: &str) -> Self {
        let order = Order::new(SignatureAlgorithm::Gost2015_512, NOW.parse().unwrap());
        Self::with(&order.role(Role::FirstHead), settings)
    }

    /// A house whose service has the key of its signer, who acts in this role.
    pub(crate) fn keyed(role: Role, settings: &str) -> Self {
        let order = Order::new(SignatureAlgorithm::Gost2015_512, NOW.parse().unwrap());
        Self::with(&order.role(role), &format!("{KEY}{settings}"))
    }

    /// The same files with another clock and settings: the service started again.
    pub(crate) fn again(&self, now: &str, settings: &str) -> Self {
        let text = fs::read_to_string(self.folder.path().join("server.toml")).unwrap();
        let config = Config::read(&format!("{text}\n{settings}"), std::iter::empty()).unwrap();
        let shared = App::with_clock(config, Clock::Fixed(now.parse().unwrap())).unwrap();
        let order = Order::new(SignatureAlgorithm::Gost2015_512, NOW.parse().unwrap());
        Self {
            router: app(shared.clone()),
            app: shared,
            mint: Mint::new(&order, &mut SeededRng::new(7)).unwrap(),
            folder: tempfile::tempdir().unwrap(),
            watch: Watch::begin(),
        }
    }

    /// Gives the service another key, to be used from its next start on.
    pub(crate) fn renew_key(&self) -> Certificate {
        let order = Order::new(SignatureAlgorithm::Gost2015_512, NOW.parse().unwrap());
        let order = order.role(Role::FirstHead);
        let mint = Mint::new(&order, &mut SeededRng::new(9)).unwrap();
        give_key(&mint, &self.folder.path().join("service.p12"));
        mint.signer_certificate().unwrap()
    }

    fn with(order: &Order, settings: &str) -> Self {
        let watch = Watch::begin();
        let folder = tempfile::tempdir().unwrap();
        let now = order.at;
        let mut rng = SeededRng::new(7);
        let mint = Mint::new(order, &mut rng).unwrap();
        let at = |name: &str| folder.path().join(name);
        fs::write(at("root.cer"), &mint.anchor).unwrap();
        fs::write(at("authority.cer"), mint.issuing().certificate()).unwrap();
        fs::create_dir(at("lists")).unwrap();
        for (index, list) in mint.lists.iter().enumerate() {
            fs::write(at("lists").join(format!("{index}.crl")), list).unwrap();
        }
        let settings = match settings.strip_prefix(KEY) {
            None => settings.to_owned(),
            Some(settings) => {
                give_key(&mint, &at("service.p12"));
                fs::write(at("password"), format!("{PASSWORD}\n")).unwrap();
                let (file, password) = (at("service.p12"), at("password"));
                format!("key.file = {file:?}\nkey.password = {password:?}\n{settings}")
            }
        };
        let lists = match settings.contains("evidence.lists") {
            true => String::new(),
            false => format!("evidence.lists = [{:?}]\n", at("lists")),
        };
        let drain = match settings.contains("server.drain_seconds") {
            true => "",
            false => "server.drain_seconds = 0\n",
        };
        let private = match settings.contains("ops.listen") {
            true => "",
            false => "ops.listen = \"\"\n",
        };
        let text = format!(
            "server.data = {:?}\nserver.listen = \"127.0.0.1:0\"\n{private}{drain}\
             evidence.offline = true\nevidence.trust = [{:?}]\nevidence.certificates = [{:?}]\n\
             {lists}{settings}",
            at("data"),
            at("root.cer"),
            at("authority.cer"),
        );
        fs::write(at("server.toml"), &text).unwrap();
        let config = Config::read(&text, std::iter::empty()).unwrap();
        let shared = App::with_clock(config, Clock::Fixed(now)).unwrap();
        Self { router: app(shared.clone()), app: shared, mint, folder, watch }
    }

    /// A document that the person of the test authority signed.
    pub(crate) fn signed(&self, content: Content) -> Vec<u8> {
        self.sign(DOCUMENT, content)
    }

    pub(crate) fn sign(&self, document: &[u8], content: Content) -> Vec<u8> {
        let certificate = self.mint.signer_certificate().unwrap();
        let signer = CmsSigner::new(&*self.mint.signer.key, &certificate).unwrap();
        let signer = signer.signing_time(NOW.parse().unwrap()).detached(content == Content::Apart);
        signer.sign(document, &mut SeededRng::new(8)).unwrap()
    }

    pub(crate) async fn ask(&self, request: Request<Body>) -> Answer {
        let answer = self.router.clone().oneshot(request).await.unwrap();
        let (parts, body) = answer.into_parts();
        let body = body.collect().await.unwrap().to_bytes().to_vec();
        Answer { status: parts.status, headers: parts.headers, body }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        self.ask(Request::get(path).body(Body::empty()).unwrap()).await
    }

    pub(crate) async fn post(&self, path: &str, body: impl Into<Body>) -> Answer {
        self.ask(Request::post(path).body(body.into()).unwrap()).await
    }

    pub(crate) async fn form(&self, fields: &[(&str, &[u8])]) -> Answer {
        let request = Request::post("/api/v1/verify")
            .header("content-type", format!("multipart/form-data; boundary={BOUNDARY}"));
        self.ask(request.body(form(fields).into()).unwrap()).await
    }
}

/// Writes the key of a signer as the service reads its own.
fn give_key(mint: &Mint, path: &Path) {
    let (certificate, password) = (mint.signer_certificate().unwrap(), Password::new(PASSWORD));
    let (key, form, mut rng) = (&mint.signer.key, Form::Modern, SeededRng::new(5));
    let store = KeyStore::write(key, &certificate, &[], None, &password, form, &mut rng);
    fs::write(path, store.unwrap()).unwrap();
}

/// The log of all tests of this process, as `serve` writes it.
pub(crate) fn log() -> &'static Path {
    static LOG: OnceLock<PathBuf> = OnceLock::new();
    LOG.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("logs");
        fs::create_dir_all(&folder).unwrap();
        let path = folder.join(concat!(env!("CARGO_CRATE_NAME"), ".jsonl"));
        log_into(File::create(&path).unwrap(), "debug").unwrap();
        path
    })
}

/// Holds at the end of each house that nothing of anybody is in the log.
pub(crate) struct Watch(());

impl Watch {
    fn begin() -> Self {
        log();
        Self(())
    }
}

impl Drop for Watch {
    fn drop(&mut self) {
        if thread::panicking() {
            return;
        }
        let mut secrets: Vec<String> = (0..10).map(invented_iin).collect();
        secrets.push(PASSWORD.to_owned());
        secrets.push(str::from_utf8(DOCUMENT).unwrap().to_owned());
        let log = fs::read_to_string(log()).unwrap();
        for secret in secrets {
            assert!(!log.contains(&secret), "in a log: {secret}");
        }
    }
}

/// A form; `file` and `data` have a file name.
pub(crate) fn form(fields: &[(&str, &[u8])]) -> Vec<u8> {
    let mut out = Vec::new();
    for (name, value) in fields {
        let file = if matches!(*name, "file" | "data") { "; filename=\"f\"" } else { "" };
        let head = format!(
            "--{BOUNDARY}\r\ncontent-disposition: form-data; name=\"{name}\"{file}\r\n\r\n"
        );
        out.extend_from_slice(head.as_bytes());
        out.extend_from_slice(value);
        out.extend_from_slice(b"\r\n");
    }
    out.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    out
}
