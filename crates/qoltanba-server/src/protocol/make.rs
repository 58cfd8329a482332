//! Making a protocol: said, signed twice, kept.

use std::{net::IpAddr, sync::Arc};

use getrandom::{SysRng, rand_core::UnwrapErr};
use qoltanba::{
    Instant, Lang,
    identity::Subject,
    paper::{
        DocumentSigner,
        document::{Bilingual, Issuer},
        form::Form,
        law::Law,
    },
    sign::CmsSigner,
};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Kept, ProtocolId, keep, paper,
    statement::{About, octets},
};
use crate::{
    app::App,
    config::Config,
    key::ServiceKey,
    lang::Words,
    problem::{Code, Problem},
    throttle::Throttle,
    verify::{Answer, Wishes},
};

/// What protocols are made with.
#[derive(Debug)]
pub(crate) struct Protocols {
    maker: Option<Maker>,
    days: u32,
    bounds: Bounds,
    by_client: Throttle,
    by_client_of_day: Throttle,
}

/// How much a protocol may take, and all together.
#[derive(Debug, Clone, Copy)]
pub(super) struct Bounds {
    signatures: usize,
    /// Octets of one.
    bytes: u64,
    /// How many may be kept, and their octets; 0 is no limit.
    pub(super) kept: u32,
    pub(super) kept_bytes: u64,
}

#[derive(Debug)]
struct Maker {
    key: ServiceKey,
    issuer: Issuer,
    form: Form,
    law: Law,
}

/// A protocol that was made.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = Protocol)]
pub(crate) struct Made {
    /// Its name: 128 bits that nobody can guess.
    #[schema(pattern = "^[0-9a-f]{32}$")]
    pub(crate) id: String,
    /// Its page for people; `/api/v1/protocols/{id}` has it as JSON, as a signed message (`.cms`)
    /// and as a PDF (`.pdf`).
    pub(crate) url: String,
    /// When it is deleted.
    pub(crate) expires: String,
}

const WHOLE: Words = Words {
    kk: "хаттама бүкіл құжатқа, тексеру сәтіне және ұлттық ережелер бойынша жасалады: at, element, purpose және policy параметрлерінсіз сұраңыз",
    ru: "протокол составляется о документе целиком, на время проверки и по национальным правилам: запросите его без at, element, purpose и policy",
    en: "a protocol is of the whole document, as of the time of the check and by the national rules: ask for it without at, element, purpose and policy",
};

/// Seconds.
const DAY: i64 = 24 * 60 * 60;

impl Protocols {
    pub(crate) fn new(config: &Config, key: Option<&ServiceKey>) -> Self {
        let settings = &config.protocol;
        let maker = key.and_then(|key| Maker::new(config, key));
        if key.is_some() && maker.is_none() {
            tracing::warn!("no protocols: the key of the service is of no organisation that signs");
        }
        Self {
            maker,
            days: settings.days,
            bounds: Bounds {
                signatures: settings.signatures,
                bytes: settings.bytes,
                kept: settings.kept,
                kept_bytes: settings.kept_bytes,
            },
            by_client: Throttle::per_minute(settings.per_minute),
            by_client_of_day: Throttle::per_day(settings.per_day),
        }
    }

    /// Whether there is a key that may sign them, in force or not.
    pub(crate) const fn have_key(&self) -> bool {
        self.maker.is_some()
    }

    fn maker(&self) -> Result<&Maker, Problem> {
        self.maker.as_ref().ok_or(Problem::new(Code::NoServiceKey))
    }
}

impl Maker {
    /// None where the key cannot sign documents of an organisation.
    fn new(config: &Config, key: &ServiceKey) -> Option<Self> {
        let (private, certificate) = (key.key(), key.certificate());
        CmsSigner::new(private, certificate).ok()?;
        let subject = Subject::claimed_by(certificate);
        let organisation = subject.organisation.unwrap_or_default();
        let named = |name: &str| paper::plain(if name.is_empty() { &organisation } else { name });
        let settings = &config.protocol;
        let name = Bilingual::new(named(&settings.name_kk), named(&settings.name_ru));
        Some(Self {
            key: key.clone(),
            issuer: Issuer { name, bin: subject.bin? },
            form: paper::form().ok()?,
            law: Law::builtin().ok()?,
        })
    }

    fn make(
        &self,
        answer: &Answer,
        about: &About<'_>,
        lang: Lang,
        bounds: Bounds,
    ) -> Result<(Vec<u8>, Vec<u8>), Problem> {
        bounds.allow_signatures(answer)?;
        let mut rng = UnwrapErr(SysRng);
        // Nothing of the answer gets into the log.
        let failed = |error: qoltanba::Error| {
            tracing::error!(kind = ?error.kind(), "protocol not signed");
            Problem::new(Code::NoServiceKey)
        };
        let (key, certificate) = (self.key.key(), self.key.certificate());
        let said = octets(answer, about, lang).ok_or(Problem::internal())?;
        bounds.allow(&[&said])?;
        let signer = CmsSigner::new(key, certificate).map_err(failed)?;
        let message = signer.signing_time(about.made).sign(&said, &mut rng).map_err(failed)?;
        let document = paper::document(&self.form, &self.law, answer, about, &said)?;
        let signer = DocumentSigner::new(key, certificate).map_err(failed)?;
        let signed = signer.sign(document, self.form.signed_by(), &mut rng).map_err(failed)?;
        let page = signed.octets().to_vec();
        bounds.allow(&[&message, &page])?;
        Ok((message, page))
    }
}

impl Bounds {
    fn allow_signatures(self, answer: &Answer) -> Result<(), Problem> {
        let is_within = answer.report.signatures().len() <= self.signatures;
        is_within.then_some(()).ok_or(Problem::new(Code::ProtocolTooLarge))
    }

    fn allow(self, parts: &[&[u8]]) -> Result<(), Problem> {
        let all: u64 = parts.iter().map(|part| part.len() as u64).sum();
        (all <= self.bytes).then_some(()).ok_or(Problem::new(Code::ProtocolTooLarge))
    }
}

impl App {
    /// Whether one who asks for a protocol would get it.
    pub(crate) fn makes_protocols(&self) -> bool {
        self.protocols().maker().is_ok() && self.key_in_force().is_ok()
    }

    /// Whether protocols are made here of what is asked for.
    ///
    /// A protocol is of a whole document by the rules for documents. Whoever asks may judge by
    /// others and for a part, and would have the signature of the service under it.
    pub(crate) fn may_make_protocol(&self, wishes: &Wishes) -> Result<(), Problem> {
        self.protocols().maker()?;
        let is_whole = wishes.are_of_whole_document(self.now());
        is_whole.then_some(()).ok_or(Problem::parameter("protocol", WHOLE))
    }

    /// Makes the protocol of an answer for a client and keeps it. One that is not made is none of
    /// those that a client has in a day.
    pub(crate) async fn make_protocol(
        &self,
        client: Option<IpAddr>,
        answer: Arc<Answer>,
        lang: Lang,
    ) -> Result<Made, Problem> {
        let Protocols { by_client, by_client_of_day, .. } = self.protocols();
        if let Some(client) = client {
            by_client.take(client)?;
            by_client_of_day.take(client)?;
        }
        let made = self.put_down(answer, lang).await;
        if let (Err(_), Some(client)) = (&made, client) {
            by_client_of_day.give_back(client);
        }
        made
    }

    async fn put_down(&self, answer: Arc<Answer>, lang: Lang) -> Result<Made, Problem> {
        // Whoever verified it would be told that it could not be checked.
        self.key_in_force()?;
        let id = ProtocolId::draw()?;
        let url = format!("{}/p/{}", self.config().public_url(), id.0);
        let (made, days) = (self.now(), i64::from(self.protocols().days));
        let expires = Instant::from_unix(made.unix().saturating_add(days * DAY));
        let told = Made { id: id.0.clone(), url: url.clone(), expires: expires.to_string() };
        let bounds = self.protocols().bounds;
        let app = self.clone();
        let kept = self.workers().run(move |_| {
            let maker = app.protocols().maker()?;
            let about = About { id: &id, url: &url, issuer: &maker.issuer, made, expires };
            let (message, page) = maker.make(&answer, &about, lang, bounds)?;
            Ok(Kept { id, expires, message, page })
        });
        let kept = kept.await?;
        self.store().write(move |db| keep::insert(db, &kept, bounds, made)).await?;
        self.metrics().protocol_made();
        Ok(told)
    }
}
