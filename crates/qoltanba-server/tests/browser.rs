//! The page in a real browser: every task, in three languages, on a telephone and on a desk, with
//! a script and without. `tests/browser/run.mjs` drives it; this starts the service and makes what
//! is checked.

#![allow(
    missing_docs,
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::expect_used,
    dead_code
)]

#[path = "http/house.rs"]
mod house;
#[path = "page/notice.rs"]
mod notice;

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use house::{Content, DOCUMENT, House};
use notice::{LONG, altered, notice, number, printed, recipient, register, withdraw};
use qoltanba::{Lang, identity::Role, verdict::Standing};
use qoltanba_server::Server;
use serde_json::{Value, json};
use tokio::sync::oneshot;

/// Judging pictures takes its time where nothing is optimised.
const SETTINGS: &str = "limits.deadline_seconds = 300\nlimits.upload_bytes = 16777216\n\
                        registry.checks_per_minute = 0\nregistry.failed_checks_per_day = 0\n\
                        registry.failed_checks_of_client_per_day = 0";

/// Serves a house until the sender is dropped.
async fn serve(house: &House) -> (String, oneshot::Sender<()>) {
    let server = Server::bind(house.app.clone()).await.unwrap();
    let address = format!("http://{}", server.local_addr());
    let (end, ended) = oneshot::channel();
    tokio::spawn(server.run(async {
        let _ = ended.await;
    }));
    (address, end)
}

fn titles() -> Value {
    let of = |lang| {
        let all = Standing::ALL.iter().map(|one| (one.code().to_owned(), json!(one.text(lang))));
        Value::Object(all.collect())
    };
    json!({ "kk": of(Lang::Kk), "ru": of(Lang::Ru), "en": of(Lang::En) })
}

struct Folder(PathBuf);

impl Folder {
    fn put(&self, name: &str, octets: impl AsRef<[u8]>) -> String {
        let path = self.0.join(name);
        fs::write(&path, octets).unwrap();
        path.to_str().unwrap().to_owned()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_task_is_done_in_a_browser() {
    let scripts = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/browser");
    assert!(
        scripts.join("node_modules/playwright-core").is_dir(),
        "`npm ci` in {} brings what drives the browser",
        scripts.display()
    );
    let out = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    let _ = fs::remove_dir_all(&out);
    fs::create_dir_all(&out).unwrap();
    let folder = Folder(out.join("files"));
    fs::create_dir_all(&folder.0).unwrap();

    let house = House::keyed(Role::FirstHead, SETTINGS);
    let blind = House::provider(&format!("evidence.lists = []\n{SETTINGS}"));
    let (url, _end) = serve(&house).await;
    let (blind_url, _blind_end) = serve(&blind).await;

    let short = notice(&house, &number(9), 0);
    register(&house, &short).await;
    register(&house, &notice(&house, &number(11), 0)).await;
    withdraw(&house, &number(11)).await;
    let long = notice(&house, &number(10), LONG);
    let (pdf, _) = printed(&short);
    let (_, pages) = printed(&long);
    let pages: Vec<String> = pages
        .iter()
        .enumerate()
        .map(|(i, page)| folder.put(&format!("page-{}.png", i + 1), page))
        .collect();
    let good = house.signed(Content::Inside);
    let unsigned = qoltanba::paper::BarcodeSet::write(
        b"<notice>15</notice>",
        "10100000000017",
        house::NOW.parse().unwrap(),
    );
    let set = json!({
        "out": out,
        "url": url,
        "blind": blind_url,
        "titles": titles(),
        "number": number(9),
        "withdrawn": number(11),
        "recipient": recipient(),
        "barcodes": short.barcodes().unwrap(),
        "files": {
            "good": folder.put("өтініш.cms", &good),
            "altered": folder.put("altered.cms", altered(&good, DOCUMENT)),
            "apart": folder.put("apart.p7s", house.signed(Content::Apart)),
            "data": folder.put("apart.txt", DOCUMENT),
            "open": folder.put("open.cms", blind.signed(Content::Inside)),
            "unsigned": folder.put("unsigned.txt", unsigned.unwrap().join("\n")),
            "pdf": folder.put("notice.pdf", &pdf),
            "pages": pages,
            "large": folder.put("large.bin", vec![b'x'; 20 << 20]),
            "certificate": folder.put("holder.cer", house.mint.signer_certificate().unwrap().as_der()),
            "unknown": folder.put("letter.txt", "Dear Sir or Madam"),
        },
    });
    let task = folder.put("task.json", set.to_string());
    let done = tokio::task::spawn_blocking(move || {
        Command::new("node").arg("run.mjs").arg(task).current_dir(scripts).status()
    });
    let status = done.await.unwrap().expect("node is wanted (apt-get install nodejs npm chromium)");
    assert!(status.success(), "the pictures are in {}", out.display());
}
