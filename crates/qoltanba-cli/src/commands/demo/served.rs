//! `qoltanba demo --serve`: the service beside the demo, for this machine alone.

use std::net::SocketAddr;

use qoltanba::{Limits, paper::SignedDocument};
use qoltanba_server::{Config, Provider, serve_demo};

use super::Demo;
use crate::{
    exit::{Failure, Result},
    files,
    output::{Console, Pick as _, Rows},
};

/// The key of the service: that of an organisation's system.
const SERVICE: &str = "people/gost2015-infosystem";

/// Serves until it is told to end. What it keeps is in a folder that goes with it.
pub(super) fn run(demo: &Demo, listen: SocketAddr) -> Result<()> {
    let lang = demo.lang;
    demo.say(lang.pick(
        "7. Осы хабарлама тіркелген қызмет",
        "7. Сервис, в котором это уведомление зарегистрировано",
        "7. A service where this notice is registered",
    ))?;
    let pdf = demo.file("notice.pdf");
    let notice = files::read(&pdf, lang)?;
    let document = SignedDocument::from_pdf(&notice, &Limits::default())
        .map_err(|error| Failure::of_core(&error, lang).about(&pdf))?;
    let document = document.document().clone();
    let provider = Provider { bin: document.issuer.bin, name: document.issuer.name.kk.clone() };
    let data = tempfile::tempdir().map_err(|e| Failure::software(e.to_string()))?;
    let file = |name: &str| demo.file(&format!("pki/{name}"));
    let settings = format!(
        "server.listen = \"{listen}\"\nserver.data = {:?}\nops.listen = \"\"\nops.log = \"error\"\n\
         evidence.offline = true\nevidence.trust = [{:?}]\nevidence.certificates = [{:?}]\n\
         evidence.lists = [{:?}]\nkey.file = {:?}\nkey.password = {:?}\n",
        data.path(),
        file("anchors"),
        file("authorities"),
        file("crl"),
        file(&format!("{SERVICE}.p12")),
        file("password.txt"),
    );
    let config = Config::read(&settings, std::iter::empty())
        .map_err(|error| Failure::software(error.text(lang)))?;
    let ready = |address: SocketAddr| {
        let mut rows = Rows::default();
        rows.add(lang.pick("Мекенжай", "Адрес", "Address"), format!("http://{address}/"));
        let number = lang.pick("Құжаттың нөмірі", "Номер документа", "Number of the document");
        rows.add(number, document.number.as_str());
        let iin = document.recipient.as_ref().and_then(|recipient| recipient.iin);
        let label = lang.pick("Алушының ЖСН", "ИИН получателя", "IIN of the recipient");
        rows.add_some(label, iin.map(|iin| iin.to_string()));
        rows.add("PDF", format!("http://{address}/demo/notice.pdf"));
        rows.add(lang.pick("Файл", "Файл", "File"), crate::exit::shown(&pdf));
        rows.add(lang.pick("API", "API", "API"), format!("http://{address}/api/v1/docs"));
        let stop = lang.pick("Тоқтату: Ctrl-C", "Остановить: Ctrl-C", "Stop with Ctrl-C");
        // A closed pipe is no reason not to serve.
        drop(Console::stdout().write(format!("{}{stop}\n", rows.to_text())));
    };
    let served = serve_demo(config, provider, notice, ready);
    let cleared = data.close();
    served.map_err(|error| Failure::unavailable("serve", error.text(lang)))?;
    cleared.map_err(|error| Failure::software(error.to_string()))
}
