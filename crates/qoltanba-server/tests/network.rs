//! Evidence over the network: got for a document, kept fresh ahead of need, down.

#![allow(missing_docs, clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use std::{
    net::{SocketAddr, TcpListener},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use axum::{
    Router,
    body::Body,
    http::{Request, StatusCode},
};
use http_body_util::BodyExt as _;
use qoltanba::{Certificate, algorithm::SignatureAlgorithm, identity::Role, sign::CmsSigner};
use qoltanba_server::{App, Config, app};
use qoltanba_testkit::{
    Addresses, Behaviour, DevPki, Family, Profile, SeededRng, Server, Service, Services,
};
use serde_json::Value;
use tempfile::TempDir;
use tokio::sync::oneshot;
use tower::ServiceExt as _;

const FETCH_SECONDS: u64 = 2;

/// A test authority on loopback, and a service that may ask it.
struct Scene {
    authority: Server,
    signed: Vec<u8>,
    app: App,
    folder: TempDir,
}

fn now() -> qoltanba::Instant {
    let past = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_secs();
    qoltanba::Instant::from_unix(i64::try_from(past).unwrap())
}

impl Scene {
    fn new(settings: &str) -> Self {
        let mut rng = SeededRng::new(11);
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let host = listener.local_addr().unwrap();
        let addresses = Addresses { base: format!("http://{host}") };
        let algorithms = [SignatureAlgorithm::Gost2015_512];
        let pki = DevPki::with_addresses(&algorithms, &addresses, now(), &mut rng).unwrap();
        let family = &pki.families[0];
        let signed = sign(family);
        let services = Services::of(&pki, &mut rng).unwrap();
        let authority = Server::start(listener, services, Box::new(rng)).unwrap();
        let folder = tempfile::tempdir().unwrap();
        let app = start(&folder, host, family, settings);
        Self { authority, signed, app, folder }
    }

    async fn ask(&self) -> Value {
        post(app(self.app.clone()), self.signed.clone()).await
    }
}

fn start(folder: &TempDir, host: SocketAddr, family: &Family, settings: &str) -> App {
    let root = folder.path().join("root.cer");
    let issuing = folder.path().join("issuing.cer");
    std::fs::write(&root, family.root.certificate()).unwrap();
    std::fs::write(&issuing, family.issuing.certificate()).unwrap();
    let (above, below) = (&family.root.spec().file, &family.issuing.spec().file);
    let text = format!(
        "server.data = {:?}\nserver.listen = \"127.0.0.1:0\"\nops.listen = \"\"\n\
         evidence.trust = [{root:?}]\nevidence.certificates = [{issuing:?}]\n\
         evidence.hosts = [\"{host}\"]\nevidence.national_lists = false\n\
         evidence.fetch_seconds = {FETCH_SECONDS}\n{}",
        folder.path().join("data"),
        settings
            .replace("ABOVE", &format!("http://{host}/crl/{above}.crl"))
            .replace("BELOW", &format!("http://{host}/crl/{below}.crl")),
    );
    App::new(Config::read(&text, std::iter::empty()).unwrap()).unwrap()
}

fn sign(family: &Family) -> Vec<u8> {
    let holder = family.holder(Profile::Sign(Role::Individual)).unwrap();
    let certificate = Certificate::from_der(&holder.issued.certificate).unwrap();
    let signer = CmsSigner::new(&*holder.issued.key, &certificate).unwrap();
    signer.signing_time(now()).sign(b"a notice", &mut SeededRng::new(12)).unwrap()
}

async fn post(router: Router, body: Vec<u8>) -> Value {
    let request = Request::post("/api/v1/verify").body(Body::from(body)).unwrap();
    let answer = router.oneshot(request).await.unwrap();
    assert_eq!(answer.status(), StatusCode::OK);
    serde_json::from_slice(&answer.into_body().collect().await.unwrap().to_bytes()).unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_document_lacks_is_got_for_it_and_told() {
    let scene = Scene::new("");
    let report = scene.ask().await;
    assert_eq!(report["verdict"], "passed", "{report:#}");
    assert_eq!(report["fetch"]["offline"], false);
    assert!(!report["fetch"]["used"].as_array().unwrap().is_empty());
    let lists = scene.authority.asked(Service::Lists);
    assert!(scene.authority.asked(Service::Ocsp) + lists > 0);
    // The second time copies of lists do; of a person the authority is asked.
    assert_eq!(scene.ask().await["verdict"], "passed");
    assert_eq!(scene.authority.asked(Service::Lists), lists);
}

#[tokio::test(flavor = "multi_thread")]
async fn offline_nobody_is_asked() {
    let scene = Scene::new("evidence.offline = true");
    let report = scene.ask().await;
    assert_eq!(report["verdict"], "indeterminate");
    assert_eq!(report["fetch"]["offline"], true);
    for service in [Service::Ocsp, Service::Lists, Service::Certificates] {
        assert_eq!(scene.authority.asked(service), 0);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_silent_authority_makes_one_wait_and_not_everybody() {
    let scene = Scene::new("limits.workers = 1\nlimits.queue = 20");
    for service in [Service::Ocsp, Service::Lists, Service::Certificates] {
        scene.authority.behave(service, Behaviour::Silence);
    }
    let first = tokio::spawn(post(app(scene.app.clone()), scene.signed.clone()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!first.is_finished(), "it waits for the authority");
    // Whoever needs nobody has the one core meanwhile.
    let started = Instant::now();
    let root = std::fs::read(scene.folder.path().join("root.cer")).unwrap();
    post(app(scene.app.clone()), root).await;
    assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
    let report = first.await.unwrap();
    assert_eq!(report["verdict"], "indeterminate");
    assert!(!report["fetch"]["problems"].as_array().unwrap().is_empty());
    // Afterwards the host is left alone.
    let started = Instant::now();
    assert_eq!(scene.ask().await["verdict"], "indeterminate");
    assert!(started.elapsed() < Duration::from_millis(500), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn before_the_deadline_the_report_there_is_is_given() {
    let scene = Scene::new("limits.deadline_seconds = 4\nlimits.page_steps = 20000000");
    for service in [Service::Ocsp, Service::Lists, Service::Certificates] {
        scene.authority.behave(service, Behaviour::Silence);
    }
    let started = Instant::now();
    let report = scene.ask().await;
    assert_eq!(report["verdict"], "indeterminate");
    assert!(!report["fetch"]["problems"].as_array().unwrap().is_empty());
    assert!(started.elapsed() < Duration::from_secs(4), "{:?}", started.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_fetch_yet_waits_and_is_told_when_it_was_too_long() {
    let scene = Scene::new("evidence.fetches = 1\nlimits.workers = 2\nlimits.queue = 20");
    let ask = || tokio::spawn(post(app(scene.app.clone()), scene.signed.clone()));
    let all: Vec<_> = (0..6).map(|_| ask()).collect();
    for one in all {
        assert_eq!(one.await.unwrap()["verdict"], "passed");
    }
    // A place is waited for during half of the time that is left.
    let settings = "evidence.fetches = 1\nlimits.workers = 1\nlimits.queue = 20\n\
                    limits.deadline_seconds = 12\nlimits.pdf_pages = 30";
    let scene = Scene::new(settings);
    for service in [Service::Ocsp, Service::Lists, Service::Certificates] {
        scene.authority.behave(service, Behaviour::Silence);
    }
    let first = tokio::spawn(post(app(scene.app.clone()), scene.signed.clone()));
    tokio::time::sleep(Duration::from_millis(500)).await;
    let second = scene.ask().await;
    let codes = |report: &Value| {
        let problems = report["fetch"]["problems"].as_array().unwrap();
        problems.iter().map(|p| p["reason"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(second["verdict"], "indeterminate");
    // There was no place, or by then the host had shown itself silent; there is a network.
    let told = codes(&second);
    assert!(!told.is_empty());
    assert!(told.iter().all(|code| code == "busy" || code == "host_silent"), "{told:?}");
    first.await.unwrap();
    // Afterwards the host is left alone, and that is said.
    let third = scene.ask().await;
    assert_eq!(codes(&third), vec!["host_silent"; codes(&third).len()]);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_authority_that_comes_back_is_asked_again() {
    let scene = Scene::new("evidence.silence_seconds = 1");
    for service in [Service::Ocsp, Service::Lists, Service::Certificates] {
        scene.authority.behave(service, Behaviour::Silence);
    }
    assert_eq!(scene.ask().await["verdict"], "indeterminate");
    for service in [Service::Ocsp, Service::Lists, Service::Certificates] {
        scene.authority.behave(service, Behaviour::Right);
    }
    tokio::time::sleep(Duration::from_millis(1500)).await;
    assert_eq!(scene.ask().await["verdict"], "passed");
}

#[tokio::test(flavor = "multi_thread")]
async fn lists_are_had_ahead_of_need_and_outlive_the_authority() {
    let settings = "evidence.list_urls = [\"ABOVE\", \"BELOW\"]\nevidence.refresh_seconds = 1";
    let Scene { authority, signed, app: shared, folder } = Scene::new(settings);
    let server = qoltanba_server::Server::bind(shared.clone()).await.unwrap();
    let (end, ended) = oneshot::channel::<()>();
    let running = tokio::spawn(server.run(async {
        let _ = ended.await;
    }));
    let router = app(shared);
    let ready = async || {
        let request = Request::get("/readyz").body(Body::empty()).unwrap();
        let answer = router.clone().oneshot(request).await.unwrap();
        let body = answer.into_body().collect().await.unwrap().to_bytes();
        serde_json::from_slice::<Value>(&body).unwrap()
    };
    let started = Instant::now();
    while ready().await["lists"].as_array().unwrap().len() < 2 {
        assert!(started.elapsed() < Duration::from_secs(20));
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(ready().await["status"], "ready");
    authority.shutdown();
    let report = post(router.clone(), signed.clone()).await;
    assert_eq!(report["verdict"], "passed", "{report:#}");
    assert!(report["fetch"]["used"].as_array().unwrap().is_empty(), "nothing was needed");
    // And a restart: the copies are there.
    end.send(()).unwrap();
    running.await.unwrap();
    let root = folder.path().join("root.cer");
    let issuing = folder.path().join("issuing.cer");
    let text = format!(
        "server.data = {:?}\nevidence.offline = true\nevidence.trust = [{root:?}]\n\
         evidence.certificates = [{issuing:?}]",
        folder.path().join("data"),
    );
    let again = App::new(Config::read(&text, std::iter::empty()).unwrap()).unwrap();
    assert_eq!(post(app(again), signed).await["verdict"], "passed");
}
