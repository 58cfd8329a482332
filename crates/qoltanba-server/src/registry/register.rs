//! `POST /api/v1/documents`.

use axum::{
    Json,
    extract::{FromRequest as _, Multipart, Request, State},
    http::StatusCode,
};
use qoltanba::{
    Instant, Limits, Question, Verdict,
    algorithm::DigestAlgorithm,
    paper::{
        SignedDocument,
        document::{OutputDocument, UniqueNumber},
    },
    sign::extract,
    xmldsig::XmlLimits,
};
use rusqlite::{OptionalExtension as _, params};
use utoipa::ToSchema;

use super::{
    keys::{Bearer, Scope, authorised},
    number::draw,
    record::{
        self, NO_RECIPIENT, NewRow, RECIPIENT, RecipientNumber, Record, Status, nobody, sealed,
    },
};
use crate::{
    api::{Media, media_type, part, text, whole},
    app::App,
    audit::{self, Event},
    lang::Words,
    problem::{Code, Problem, ProblemBody},
    store::{Db, Trouble},
    upload::{self, Opened, Upload},
    verify::hex,
    workers::Turn,
};

/// A document with what it does not say itself.
#[derive(Debug, ToSchema)]
#[expect(dead_code, reason = "it is only described; forms are read piece by piece")]
pub(crate) struct RegisterForm {
    /// The signed document, or the PDF that it is attached to.
    #[schema(value_type = String, format = Binary)]
    file: Vec<u8>,
    /// Its number, which was reserved by the same provider. Without one a number is drawn. Our own
    /// output documents bring their number.
    #[schema(pattern = "^[0-9]{14}$")]
    number: Option<String>,
    /// The IIN or BIN of its recipient. Our own output documents name their recipient.
    #[schema(pattern = "^[0-9]{12}$")]
    recipient: Option<String>,
}

/// Register a document
///
/// The document is verified first: it must pass, with a signature of the BIN of the key. Our own
/// output documents (XML, or the PDF that it is attached to) bring their number and recipient; for
/// others the form has them. What is registered already is answered with its record, so that a
/// request whose answer was lost can be sent again. The document is not kept.
#[utoipa::path(post, path = "/api/v1/documents", tag = "registry",
    security(("key" = ["register"])),
    request_body(content(
        (Vec<u8> = "application/octet-stream"),
        (RegisterForm = "multipart/form-data"),
    )),
    responses(
        (status = 200, description = "It was registered before.", body = Record),
        (status = 201, description = "It is registered.", body = Record),
        (status = 400, description = "The request is not well formed, or does not name number or recipient.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "There is no key, or not one that is good.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 403, description = "The key may not do it, or is of another provider than the signature.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 409, description = "The number was not reserved by this provider, or is of another document; or the file is registered under another number or for another recipient.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 413, description = "The body is too large.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "Neither a file nor a form.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "The document did not pass, or cannot be judged.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 500, description = "A fault of the service.", body = ProblemBody, content_type = "application/problem+json"),
        (status = 503, description = "Busy, or the database or the evidence for a verdict is not available; Retry-After says when to come again.", body = ProblemBody, content_type = "application/problem+json"),
    ))]
pub(crate) async fn register(
    State(app): State<App>,
    request: Request,
) -> Result<(StatusCode, Json<Record>), Problem> {
    let bearer = authorised(&app, request.headers(), Scope::Register).await?;
    let given = Given::read(&app, request).await?;
    let now = app.now();
    let judged = {
        let (own, bearer) = (app.clone(), bearer.clone());
        app.workers().run(move |turn| judge(&own, given, turn, &bearer, now)).await?
    };
    let (is_new, record) = app.store().write(move |db| enter(db, &bearer, judged, now)).await?;
    let status = if is_new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Json(record)))
}

/// What the request brings.
struct Given {
    file: Upload,
    number: Option<UniqueNumber>,
    recipient: Option<RecipientNumber>,
}

impl Given {
    async fn read(app: &App, request: Request) -> Result<Self, Problem> {
        let (mut file, mut number, mut recipient) = (None, None, None);
        match media_type(request.headers())? {
            Media::File => file = Some(whole(app.room(), request.into_body()).await?),
            Media::Form => {
                let wrong = || Problem::new(Code::BadRequest);
                let reader = Multipart::from_request(request, app).await;
                let mut reader = reader.map_err(|_| wrong())?;
                let room = app.room();
                let mut allowance = room.allowance();
                loop {
                    let next = room.next(&allowance, reader.next_field(), |_| wrong()).await?;
                    let Some(mut field) = next else { break };
                    match field.name() {
                        Some("file") if file.is_none() => {
                            file = Some(part(room, &mut allowance, &mut field).await?);
                        }
                        Some("number") if number.is_none() => {
                            let text = text(room, &allowance, &mut field).await?;
                            number = Some(record::number(&text)?);
                        }
                        Some("recipient") if recipient.is_none() => {
                            let text = text(room, &allowance, &mut field).await?;
                            recipient = Some(record::recipient(&text)?);
                        }
                        _ => return Err(wrong()),
                    }
                }
            }
        }
        let file = file.filter(|file| file.length() > 0).ok_or(Problem::new(Code::NoFile))?;
        Ok(Self { file, number, recipient })
    }
}

/// Where the number of a document comes from.
enum Numbered {
    /// One is drawn.
    Here,
    /// The form names one that was reserved.
    ByForm(UniqueNumber),
    /// It stands in the signed document itself.
    ByDocument(UniqueNumber),
}

impl Numbered {
    const fn number(&self) -> Option<&UniqueNumber> {
        match self {
            Self::Here => None,
            Self::ByForm(number) | Self::ByDocument(number) => Some(number),
        }
    }
}

/// A document that may be registered.
struct Judged {
    number: Numbered,
    recipients: Vec<RecipientNumber>,
    files: Vec<[u8; 32]>,
}

/// Judges the document now, by the national rules, and reads what it says of itself.
fn judge(
    app: &App,
    given: Given,
    turn: &mut Turn,
    bearer: &Bearer,
    now: Instant,
) -> Result<Judged, Problem> {
    let unread = |error| upload::unread(&error);
    let mut files = vec![*given.file.sha256()];
    let opened = given.file.open().and_then(Opened::into_held).map_err(unread)?;
    let octets = opened.held().unwrap_or_default();
    let (own, signed) = own_document(octets, &app.config().document_limits())?;
    if let Some(signed) = &signed {
        files.push(sha256(signed));
    }
    let question = Question::at(now);
    // Of a PDF also the page is judged: it must show what is attached.
    let judged = app.evidence().judge(turn, now, None, |by| Ok(by.verify(octets, &question)?))?;
    let report = judged.report;
    app.metrics().judged(report.verdict());
    match report.verdict() {
        Verdict::Passed => {}
        // What is only missing may come: that is no refusal of the document.
        Verdict::Indeterminate if app.evidence().may_come(&report) => {
            return Err(Problem::not_accepted(report.reason()).for_now());
        }
        _ => return Err(Problem::not_accepted(report.reason())),
    }
    let of_bearer = |signer: &qoltanba::identity::Signer| {
        signer.bin().is_some_and(|b| b.as_str() == bearer.bin)
    };
    if !report.accepted().any(|accepted| of_bearer(accepted.signer())) {
        return Err(Problem::new(Code::OtherIssuer));
    }
    let Some(own) = own else {
        let recipient = given.recipient.ok_or(Problem::parameter("recipient", RECIPIENT))?;
        let number = given.number.map_or(Numbered::Here, Numbered::ByForm);
        return Ok(Judged { number, recipients: vec![recipient], files });
    };
    if own.issuer.bin.as_str() != bearer.bin {
        return Err(Problem::new(Code::OtherIssuer));
    }
    let number = record::number(own.number.as_str())?;
    if given.number.as_ref().is_some_and(|given| *given != number) {
        return Err(Problem::parameter("number", OF_DOCUMENT));
    }
    let recipients = recipients(&own, given.recipient)?;
    Ok(Judged { number: Numbered::ByDocument(number), recipients, files })
}

/// Our own output document, and its signed octets where they are only attached to the file.
fn own_document(
    octets: &[u8],
    (limits, of_xml): &(Limits, XmlLimits),
) -> Result<(Option<OutputDocument>, Option<Vec<u8>>), Problem> {
    if octets.starts_with(b"%PDF-") {
        let signed = SignedDocument::from_pdf(octets, limits)?;
        return Ok((Some(signed.document().clone()), Some(signed.octets().to_vec())));
    }
    let read = |xml: &[u8]| OutputDocument::read(xml, of_xml);
    // What is no XML at all, or is not well formed, is told by the verdict.
    if let Ok(Some(own)) = read(octets) {
        return Ok((Some(own), None));
    }
    let inside = extract(octets, limits).ok();
    Ok((inside.and_then(|inside| read(&inside).ok().flatten()), None))
}

/// Whom an output document is for; the form may say it only where the document does not.
fn recipients(
    own: &OutputDocument,
    given: Option<RecipientNumber>,
) -> Result<Vec<RecipientNumber>, Problem> {
    let named = own.recipient.iter().flat_map(|recipient| {
        let iin = recipient.iin.map(RecipientNumber::Iin);
        iin.into_iter().chain(recipient.bin.map(RecipientNumber::Bin))
    });
    let named: Vec<RecipientNumber> = named.collect();
    // Nobody could ask for it.
    if !named.iter().all(RecipientNumber::has_check_digit) {
        return Err(Problem::parameter("recipient", NO_RECIPIENT));
    }
    match (named.is_empty(), given) {
        (true, None) => Err(Problem::parameter("recipient", RECIPIENT)),
        (true, Some(given)) => Ok(vec![given]),
        (false, None) => Ok(named),
        (false, Some(given)) => match named.iter().any(|one| one.as_str() == given.as_str()) {
            true => Ok(named),
            false => Err(Problem::parameter("recipient", OF_DOCUMENT)),
        },
    }
}

fn sha256(octets: &[u8]) -> [u8; 32] {
    DigestAlgorithm::Sha256.digest(octets).try_into().unwrap_or([0; 32])
}

/// Enters it, or finds it entered.
fn enter(
    db: &Db<'_>,
    bearer: &Bearer,
    judged: Judged,
    now: Instant,
) -> Result<(bool, Record), Trouble> {
    bearer.still_holds(db)?;
    let Judged { number, recipients, files } = judged;
    let conflict = |code| Trouble::from(Problem::new(code));
    let (known, new) = known(db, &files)?;
    if let Some(known) = known {
        let is_own = record::owner(db, &known)?.is_some_and(|(issuer, _)| issuer == bearer.bin);
        let is_same = number.number().is_none_or(|number| number.as_str() == known);
        if !is_own || !is_same {
            return Err(conflict(Code::AlreadyRegistered));
        }
        if !record::is_for(db, &known, &recipients)? {
            return Err(conflict(Code::OtherRecipient));
        }
        return Ok((false, add_files(db, bearer, &known, &new, now)?));
    }
    let number = match number {
        Numbered::Here => draw(db)?,
        Numbered::ByForm(number) => {
            // A number that somebody else has answers as one that nobody reserved.
            match record::owner(db, number.as_str())?.filter(|(issuer, _)| *issuer == bearer.bin) {
                Some((_, Status::Reserved)) => number,
                Some(_) => return Err(conflict(Code::NumberTaken)),
                None => return Err(conflict(Code::NumberNotReserved)),
            }
        }
        Numbered::ByDocument(number) => {
            let free = match record::owner(db, number.as_str())? {
                None => true,
                Some((issuer, status)) => issuer == bearer.bin && status == Status::Reserved,
            };
            if free { number } else { return Err(conflict(Code::NumberTaken)) }
        }
    };
    let number = number.as_str();
    let mut hashes = [nobody()?, nobody()?];
    for (place, recipient) in hashes.iter_mut().zip(&recipients) {
        *place = recipient.hash(db.secret, number);
    }
    let row = NewRow {
        number,
        status: Status::Issued,
        recipients: hashes,
        issuer: &bearer.bin,
        name: &bearer.name,
        at: now,
    };
    record::insert(db, &row)?;
    for (place, digest) in files.iter().enumerate() {
        let mut insert = db.sql.prepare_cached("INSERT INTO file VALUES (?1, ?2, ?3)")?;
        insert.execute(params![digest, number, place as i64])?;
    }
    let event = Event::DocumentRegistered {
        key: bearer.id.clone(),
        number: number.to_owned(),
        issuer: bearer.bin.clone(),
        files: files.iter().map(|digest| hex(digest)).collect(),
        recipient: hex(&sealed(&hashes)),
    };
    audit::append(db, now, &event)?;
    let record = record::read(db, number)?;
    Ok((true, record.ok_or_else(|| Trouble::from(Problem::internal()))?))
}

/// Other files of a document that is registered: the PDF after the XML that is attached to it.
fn add_files(
    db: &Db<'_>,
    bearer: &Bearer,
    number: &str,
    files: &[[u8; 32]],
    now: Instant,
) -> Result<Record, Trouble> {
    let sql = "INSERT INTO file SELECT ?1, ?2, 1 + max(place) FROM file WHERE number = ?2";
    for digest in files {
        db.sql.prepare_cached(sql)?.execute(params![digest, number])?;
    }
    if !files.is_empty() {
        let event = Event::FilesAdded {
            key: bearer.id.clone(),
            number: number.to_owned(),
            files: files.iter().map(|digest| hex(digest)).collect(),
        };
        audit::append(db, now, &event)?;
    }
    record::read(db, number)?.ok_or_else(|| Trouble::from(Problem::internal()))
}

/// The number of the document that has one of these files, and the files that none has.
fn known(db: &Db<'_>, files: &[[u8; 32]]) -> Result<(Option<String>, Vec<[u8; 32]>), Trouble> {
    let mut statement = db.sql.prepare_cached("SELECT number FROM file WHERE digest = ?1")?;
    let (mut known, mut new) = (None, Vec::new());
    for digest in files {
        let number: Option<String> = statement.query_row([digest], |row| row.get(0)).optional()?;
        match (number, &known) {
            (None, _) => new.push(*digest),
            (Some(number), Some(other)) if number != *other => {
                return Err(Problem::new(Code::AlreadyRegistered).into());
            }
            (number, _) => known = number,
        }
    }
    Ok((known, new))
}

const OF_DOCUMENT: Words = Words {
    kk: "құжаттың өзінде басқасы жазылған",
    ru: "в самом документе указано другое",
    en: "the document itself says something else",
};
