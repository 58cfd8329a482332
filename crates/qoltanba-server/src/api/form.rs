//! What a request brings: a file as it is, or a form with files and wishes. A form is read piece
//! by piece, and a field that is not known is refused: a wish with a misspelt name would else not
//! be met.

use axum::{
    body::{Body, Bytes},
    extract::{FromRequest as _, Multipart, Query, Request, multipart::Field},
    http::{HeaderMap, header},
};
use futures_util::{TryStreamExt as _, stream};
use qoltanba::{algorithm::DigestAlgorithm, policy::Preset};

use crate::{
    app::App,
    lang::{self, Words},
    problem::{Code, Problem},
    upload::{Allowance, Room, Upload},
    verify::{self, Covered, DIGESTS, Subject, Submission, Wishes},
};

/// Characters of a field that is no file.
const MAX_FIELD: usize = 1024;
/// Fields of a form that are no files.
const MAX_FIELDS: usize = 64;

/// Reads what is to be verified.
pub(crate) async fn submission(app: &App, request: Request) -> Result<Submission, Problem> {
    read(app, request).await?.finish()
}

/// Reads the same from a person, who does not say what his files are to each other.
pub(crate) async fn handed(app: &App, request: Request) -> Result<Submission, Problem> {
    read(app, request).await?.finish_handed()
}

async fn read(app: &App, request: Request) -> Result<Form, Problem> {
    let mut form = Form::default();
    let query = Query::<Vec<(String, String)>>::try_from_uri(request.uri());
    for (name, value) in query.map_err(|_| Problem::new(Code::BadRequest))?.0 {
        form.set_by_address(&name, &value)?;
    }
    match media_type(request.headers())? {
        Media::Form => {
            let reader = Multipart::from_request(request, app).await;
            let mut reader = reader.map_err(|_| Problem::new(Code::BadRequest))?;
            form.read(app.room(), app.config().limits.files, &mut reader).await?;
        }
        Media::File => {
            let file = whole(app.room(), request.into_body()).await?;
            if file.length() > 0 {
                form.files.push(file);
            }
        }
    }
    Ok(form)
}

pub(crate) enum Media {
    File,
    Form,
}

pub(crate) fn media_type(headers: &HeaderMap) -> Result<Media, Problem> {
    let wrong = || Problem::new(Code::UnsupportedMediaType);
    let Some(value) = headers.get(header::CONTENT_TYPE) else { return Ok(Media::File) };
    let value = value.to_str().map_err(|_| wrong())?;
    let kind = value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase();
    match kind.as_str() {
        "multipart/form-data" => Ok(Media::Form),
        // A form of fields only has no file, and would be taken for one.
        "application/x-www-form-urlencoded" => Err(wrong()),
        _ if kind.starts_with("multipart/") => Err(wrong()),
        // The kind of a file is seen by its content.
        _ => Ok(Media::File),
    }
}

pub(crate) async fn whole(room: &Room, body: Body) -> Result<Upload, Problem> {
    let mut allowance = room.allowance();
    let pieces = body.into_data_stream();
    room.receive(&mut allowance, pieces, |_| Problem::new(Code::BadRequest)).await
}

/// What was given so far.
#[derive(Debug, Default)]
struct Form {
    files: Vec<Upload>,
    data: Option<Upload>,
    digests: Vec<(DigestAlgorithm, Vec<u8>)>,
    scan: Option<bool>,
    protocol: Option<bool>,
    wishes: Wishes,
}

impl Form {
    async fn read(
        &mut self,
        room: &Room,
        files: usize,
        reader: &mut Multipart,
    ) -> Result<(), Problem> {
        let wrong = |_| Problem::new(Code::BadRequest);
        let mut allowance = room.allowance();
        let (mut parts, mut fields) = (0_usize, 0_usize);
        loop {
            let Some(mut field) = room.next(&allowance, reader.next_field(), wrong).await? else {
                return Ok(());
            };
            // Empty parts count too: else there is no end to them.
            parts += 1;
            if parts > files.saturating_add(MAX_FIELDS) {
                return Err(Problem::new(Code::TooManyFiles));
            }
            match field.name() {
                Some("file") if self.files.len() >= files => {
                    return Err(Problem::new(Code::TooManyFiles));
                }
                Some("file") => {
                    let file = part(room, &mut allowance, &mut field).await?;
                    // A browser sends an empty part for a file that was not chosen.
                    if file.length() > 0 {
                        self.files.push(file);
                    }
                }
                Some("data") => {
                    once(self.data.is_some())?;
                    let data = part(room, &mut allowance, &mut field).await?;
                    // The same, but for an empty document that has a name.
                    let named = field.file_name().is_none_or(|name| !name.is_empty());
                    self.data = (data.length() > 0 || named).then_some(data);
                }
                Some(name) => {
                    fields += 1;
                    if fields > MAX_FIELDS {
                        return Err(Problem::new(Code::BadRequest));
                    }
                    let name = name.to_owned();
                    let text = text(room, &allowance, &mut field).await?;
                    self.set(&name, &text)?;
                }
                None => return Err(Problem::new(Code::BadRequest)),
            }
        }
    }

    /// Wishes that may stand in an address: none that names somebody.
    fn set_by_address(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        match name {
            "expect_iin" | "expect_bin" => Err(Problem::new(Code::NumberInAddress)),
            // The frame of the answer met it.
            "lang" if value.is_empty() || lang::by_name(value).is_some() => Ok(()),
            "lang" => Err(Problem::parameter("lang", LANGUAGE)),
            _ => self.set(name, value),
        }
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), Problem> {
        // A fault of the form is told in it too, before the form is read.
        if name == "lang" {
            return Err(Problem::parameter("lang", IN_ADDRESS));
        }
        let wishes = &mut self.wishes;
        // A browser sends every field of a form, empty where nothing was put in.
        if value.is_empty() {
            return known(name);
        }
        match name {
            "at" => put(&mut wishes.at, value.parse().ok(), "at", MOMENT)?,
            "policy" => put(&mut wishes.preset, Preset::named(value), "policy", POLICY)?,
            "purpose" => put(&mut wishes.purpose, verify::purpose(value), "purpose", PURPOSE)?,
            "expect_iin" => put(&mut wishes.expect_iin, value.parse().ok(), "expect_iin", NUMBER)?,
            "expect_bin" => put(&mut wishes.expect_bin, value.parse().ok(), "expect_bin", NUMBER)?,
            "expect_role" => {
                let role = value.parse().map_err(|_| Problem::parameter("expect_role", ROLE))?;
                wishes.expect_role.push(role);
            }
            "element" => wishes.elements.push(value.to_owned()),
            "scan" => put(&mut self.scan, value.parse().ok(), "scan", BOOLEAN)?,
            "protocol" => put(&mut self.protocol, value.parse().ok(), "protocol", BOOLEAN)?,
            "data_digest" => {
                let digest = digest(value).ok_or(Problem::parameter("data_digest", DIGEST))?;
                self.digests.push(digest);
            }
            "data_sha256" => {
                let digest = digest(&format!("sha256:{value}"));
                self.digests.push(digest.ok_or(Problem::parameter("data_sha256", DIGEST))?);
            }
            _ => return known(name),
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Submission, Problem> {
        let scan = self.scan.unwrap_or(false);
        let subject = match (scan, self.files.len()) {
            (_, 0) => return Err(Problem::new(Code::NoFile)),
            (true, _) => Subject::Scan(self.files),
            (false, 1) => match self.files.pop() {
                Some(file) => Subject::File(file),
                None => return Err(Problem::new(Code::NoFile)),
            },
            (false, _) => return Err(Problem::new(Code::TooManyFiles)),
        };
        let covered = covered(self.data, self.digests)?;
        let protocol = self.protocol.unwrap_or(false);
        Ok(Submission { subject, covered, wishes: self.wishes, protocol, show: false })
    }

    fn finish_handed(self) -> Result<Submission, Problem> {
        if self.files.is_empty() {
            return Err(Problem::new(Code::NoFile));
        }
        let subject = match self.scan {
            Some(true) => Subject::Scan(self.files),
            _ => Subject::Handed(self.files),
        };
        let covered = covered(self.data, self.digests)?;
        let protocol = self.protocol.unwrap_or(false);
        Ok(Submission { subject, covered, wishes: self.wishes, protocol, show: true })
    }
}

fn covered(
    data: Option<Upload>,
    digests: Vec<(DigestAlgorithm, Vec<u8>)>,
) -> Result<Covered, Problem> {
    match (data, digests.is_empty()) {
        (None, true) => Ok(Covered::Inside),
        (Some(data), true) => Ok(Covered::Data(data)),
        (None, false) => Ok(Covered::Digests(digests)),
        (Some(_), false) => Err(Problem::parameter("data", ONE_OF_TWO)),
    }
}

/// A field that is known although it says nothing here, or one that is not.
fn known(name: &str) -> Result<(), Problem> {
    const NAMES: [&str; 11] = [
        "at",
        "policy",
        "purpose",
        "expect_iin",
        "expect_bin",
        "expect_role",
        "element",
        "scan",
        "protocol",
        "data_digest",
        "data_sha256",
    ];
    if NAMES.contains(&name) {
        Ok(())
    } else {
        Err(Problem::new(Code::BadRequest).with_words(UNKNOWN))
    }
}

fn put<T>(
    place: &mut Option<T>,
    value: Option<T>,
    name: &'static str,
    wanted: Words,
) -> Result<(), Problem> {
    once(place.is_some())?;
    *place = Some(value.ok_or(Problem::parameter(name, wanted))?);
    Ok(())
}

fn once(is_there: bool) -> Result<(), Problem> {
    if is_there { Err(Problem::new(Code::BadRequest).with_words(TWICE)) } else { Ok(()) }
}

/// A digest as `sha256:` and hexadecimal.
fn digest(text: &str) -> Option<(DigestAlgorithm, Vec<u8>)> {
    let (name, digits) = text.split_once(':')?;
    let (_, algorithm) = DIGESTS.into_iter().find(|(known, _)| *known == name)?;
    let digest = verify::octets(digits).filter(|digest| digest.len() == algorithm.len())?;
    Some((algorithm, digest))
}

pub(crate) async fn part(
    room: &Room,
    allowance: &mut Allowance,
    field: &mut Field<'_>,
) -> Result<Upload, Problem> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let pieces = stream::try_unfold(field, async |field| {
        Ok::<Option<(Bytes, _)>, axum::extract::multipart::MultipartError>(
            field.chunk().await?.map(|piece| (piece, field)),
        )
    });
    let mut pieces = std::pin::pin!(pieces.into_stream());
    let wrong = |_| Problem::new(Code::BadRequest);
    Ok(room.receive(allowance, &mut pieces, wrong).await?.named(&name))
}

pub(crate) async fn text(
    room: &Room,
    allowance: &Allowance,
    field: &mut Field<'_>,
) -> Result<String, Problem> {
    let mut octets = Vec::new();
    let wrong = |_| Problem::new(Code::BadRequest);
    while let Some(piece) = room.next(allowance, field.chunk(), wrong).await? {
        if octets.len() + piece.len() > MAX_FIELD {
            return Err(Problem::new(Code::BadRequest));
        }
        octets.extend_from_slice(&piece);
    }
    String::from_utf8(octets).map_err(|_| Problem::new(Code::BadRequest))
}

const MOMENT: Words = Words {
    kk: "уақыт 2026-11-25T12:00:00Z түрінде жазылады",
    ru: "момент записывается как 2026-11-25T12:00:00Z",
    en: "a moment is written as 2026-11-25T12:00:00Z",
};
const POLICY: Words = Words {
    kk: "мұндай тексеру ережелері жоқ",
    ru: "таких правил проверки нет",
    en: "there are no such rules of verification",
};
const PURPOSE: Words =
    Words {
        kk: "sign немесе auth керек", ru: "нужно sign или auth", en: "sign or auth is wanted"
    };
const NUMBER: Words = Words {
    kk: "ЖСН мен БСН 12 цифрдан тұрады",
    ru: "ИИН и БИН состоят из 12 цифр",
    en: "an IIN and a BIN have twelve digits",
};
const ROLE: Words =
    Words {
        kk: "мұндай рөл жоқ", ru: "такой роли нет", en: "there is no such role"
    };
const BOOLEAN: Words = Words {
    kk: "true немесе false керек",
    ru: "нужно true или false",
    en: "true or false is wanted",
};
const DIGEST: Words = Words {
    kk: "хеш алгоритм мен он алтылық цифрлар түрінде беріледі, мысалы gost2015-512:9f… немесе sha256:9f…",
    ru: "хеш задаётся алгоритмом и шестнадцатеричными цифрами, например gost2015-512:9f… или sha256:9f…",
    en: "a digest is an algorithm and hexadecimal digits, as gost2015-512:9f… or sha256:9f…",
};
const LANGUAGE: Words =
    Words {
        kk: "kk, ru немесе en керек", ru: "нужно kk, ru или en", en: "kk, ru or en is wanted"
    };
const IN_ADDRESS: Words = Words {
    kk: "тіл мекенжайда (?lang=kk) немесе Accept-Language тақырыбында беріледі",
    ru: "язык задаётся в адресе (?lang=ru) или заголовком Accept-Language",
    en: "the language goes into the address (?lang=en) or into Accept-Language",
};
const ONE_OF_TWO: Words = Words {
    kk: "құжаттың өзін немесе оның хешін беріңіз, екеуін бірге емес",
    ru: "передайте сам документ или его хеш, но не оба",
    en: "give the document or its digest, not both",
};
const UNKNOWN: Words = Words {
    kk: "сұрауда белгісіз өріс бар",
    ru: "в запросе есть неизвестное поле",
    en: "the request has a field that is not known",
};
const TWICE: Words = Words {
    kk: "бір рет берілетін өріс бірнеше рет берілген",
    ru: "поле, которое задаётся один раз, задано несколько раз",
    en: "a field that goes once was given several times",
};
