//! What is kept of a document, and what is told of it.

use qoltanba::{
    Instant,
    numbers::{Bin, Iin},
    paper::document::UniqueNumber,
};
use rusqlite::{OptionalExtension as _, params};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};
use utoipa::ToSchema;

use crate::{
    lang::Words,
    problem::Problem,
    store::{Db, Fault, Secret, Trouble},
    verify::hex,
};

/// Whether a document is in force.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Status {
    /// Its number was given to a provider, and no document has it yet. It is never told.
    #[serde(skip)]
    Reserved,
    /// It is in force.
    Issued,
    /// Another document has taken its place.
    Superseded,
    /// It is not in force any more.
    Withdrawn,
}

impl Status {
    const ALL: [Self; 4] = [Self::Reserved, Self::Issued, Self::Superseded, Self::Withdrawn];

    pub(crate) fn of_row(number: i64) -> Option<Self> {
        Self::ALL.into_iter().find(|status| *status as i64 == number)
    }

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Reserved => "reserved",
            Self::Issued => "issued",
            Self::Superseded => "superseded",
            Self::Withdrawn => "withdrawn",
        }
    }
}

/// Why a document was withdrawn: words of a closed set, since a free text would be content, and
/// could name a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub(crate) enum WithdrawalReason {
    /// It was issued in error.
    IssuedInError,
    /// What it says is not so any more.
    DataChanged,
    /// The decision that it tells was set aside.
    DecisionSetAside,
    /// Its recipient asked for it.
    RecipientAsked,
    /// Its signature or the key behind it cannot be relied on.
    KeyCompromised,
    /// Another reason.
    Other,
}

impl WithdrawalReason {
    const ALL: [Self; 6] = [
        Self::IssuedInError,
        Self::DataChanged,
        Self::DecisionSetAside,
        Self::RecipientAsked,
        Self::KeyCompromised,
        Self::Other,
    ];

    pub(crate) fn by_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|reason| reason.name() == name)
    }

    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::IssuedInError => "issued_in_error",
            Self::DataChanged => "data_changed",
            Self::DecisionSetAside => "decision_set_aside",
            Self::RecipientAsked => "recipient_asked",
            Self::KeyCompromised => "key_compromised",
            Self::Other => "other",
        }
    }
}

/// What is told of a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct Record {
    /// Its number.
    #[schema(pattern = "^[0-9]{14}$")]
    pub(crate) number: String,
    /// Whether it is in force.
    pub(crate) status: Status,
    /// The number of the document that has taken its place.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) superseded_by: Option<String>,
    /// Why it was withdrawn: `issued_in_error`, `data_changed`, `decision_set_aside`,
    /// `recipient_asked`, `key_compromised` or `other`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) reason: Option<String>,
    /// When it was registered.
    pub(crate) registered: String,
    /// When its status last changed.
    pub(crate) changed: String,
    /// Who issued it.
    pub(crate) issuer: IssuerRecord,
    /// SHA-256 of its files in hexadecimal: the one that was registered first, after it the signed
    /// octets that are attached to it.
    pub(crate) sha256: Vec<String>,
}

/// Who issued a document.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub(crate) struct IssuerRecord {
    /// Its BIN, which is that of the signature.
    pub(crate) bin: String,
    /// Its name, as whoever runs the service knows it.
    pub(crate) name: String,
}

/// The number of whom a document is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum RecipientNumber {
    Iin(Iin),
    Bin(Bin),
}

impl RecipientNumber {
    /// A number without it is mistyped, or of a test: a check of a document refuses it, so that
    /// nobody could ask for one.
    pub(super) fn has_check_digit(&self) -> bool {
        match self {
            Self::Iin(iin) => iin.has_check_digit(),
            Self::Bin(bin) => bin.has_check_digit(),
        }
    }

    pub(super) fn as_str(&self) -> &str {
        match self {
            Self::Iin(iin) => iin.as_str(),
            Self::Bin(bin) => bin.as_str(),
        }
    }

    /// What is kept of it with the document of a number.
    pub(super) fn hash(&self, secret: &Secret, number: &str) -> [u8; 32] {
        secret.hash("recipient", [number, self.as_str()])
    }
}

/// Both columns of the recipient, for the audit log.
pub(crate) fn sealed(recipients: &[[u8; 32]; 2]) -> [u8; 32] {
    Sha256::digest(recipients.as_flattened()).into()
}

/// A number that may have been given here: fourteen digits that end in their check digit. That it
/// is mistyped is told at once, since it says nothing of what is there.
pub(crate) fn number(text: &str) -> Result<UniqueNumber, Problem> {
    let read = UniqueNumber::new(text).map_err(|_| Problem::parameter("number", DIGITS))?;
    match read.has_check_digit() {
        true => Ok(read),
        false => Err(Problem::parameter("number", MISTYPED)),
    }
}

/// The IIN or BIN of a recipient: twelve digits that end in their check digit, by one rule for both;
/// the fifth tells the two apart and need not be told here. That it is mistyped is told at once,
/// since it says nothing of what is there, and is not counted as a guess.
pub(crate) fn recipient(text: &str) -> Result<RecipientNumber, Problem> {
    let read = text.parse().map(RecipientNumber::Iin);
    let read = read.map_err(|_| Problem::parameter("recipient", RECIPIENT))?;
    match read.has_check_digit() {
        true => Ok(read),
        false => Err(Problem::parameter("recipient", NO_PERSON)),
    }
}

pub(super) fn moment(seconds: i64) -> String {
    Instant::from_unix(seconds).to_string()
}

/// Everything that is told of a document with a number; none where there is only a reserved one.
pub(super) fn read(db: &Db<'_>, number: &str) -> Result<Option<Record>, Trouble> {
    let sql = "SELECT status, issuer, name, registered, changed, replaced_by, reason \
               FROM document WHERE number = ?1 AND status > 0";
    let mut statement = db.sql.prepare_cached(sql)?;
    let record = statement.query_row([number], |row| {
        Ok(Record {
            number: number.to_owned(),
            status: Status::of_row(row.get(0)?).unwrap_or(Status::Withdrawn),
            issuer: IssuerRecord { bin: row.get(1)?, name: row.get(2)? },
            registered: moment(row.get(3)?),
            changed: moment(row.get(4)?),
            superseded_by: row.get(5)?,
            reason: row.get(6)?,
            sha256: Vec::new(),
        })
    });
    let Some(mut record) = record.optional()? else { return Ok(None) };
    let sql = "SELECT digest FROM file WHERE number = ?1 ORDER BY place";
    let mut statement = db.sql.prepare_cached(sql)?;
    let digests = statement.query_map([number], |row| row.get::<_, [u8; 32]>(0))?;
    for digest in digests {
        record.sha256.push(hex(&digest?));
    }
    Ok(Some(record))
}

/// Whose a number is, and its status.
pub(super) fn owner(db: &Db<'_>, number: &str) -> Result<Option<(String, Status)>, Trouble> {
    let mut statement =
        db.sql.prepare_cached("SELECT issuer, status FROM document WHERE number = ?1")?;
    let row = statement.query_row([number], |row| Ok((row.get(0)?, row.get::<_, i64>(1)?)));
    let Some((issuer, status)) = row.optional()? else { return Ok(None) };
    Ok(Some((issuer, Status::of_row(status).ok_or(Fault::Corrupt)?)))
}

/// Whether all these are recipients of a registered document.
pub(super) fn is_for(
    db: &Db<'_>,
    number: &str,
    recipients: &[RecipientNumber],
) -> Result<bool, Trouble> {
    let sql = "SELECT recipient_a, recipient_b FROM document WHERE number = ?1";
    let kept: [[u8; 32]; 2] =
        db.sql.prepare_cached(sql)?.query_row([number], |row| Ok([row.get(0)?, row.get(1)?]))?;
    let mut hashes = recipients.iter().map(|recipient| recipient.hash(db.secret, number));
    Ok(hashes.all(|hash| kept.contains(&hash)))
}

/// A row of a document that has no file yet.
pub(super) struct NewRow<'a> {
    pub(super) number: &'a str,
    pub(super) status: Status,
    pub(super) recipients: [[u8; 32]; 2],
    pub(super) issuer: &'a str,
    pub(super) name: &'a str,
    pub(super) at: Instant,
}

pub(super) fn insert(db: &Db<'_>, row: &NewRow<'_>) -> Result<(), Trouble> {
    let sql = "INSERT OR REPLACE INTO document VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?7, NULL, NULL)";
    let [a, b] = &row.recipients;
    let mut statement = db.sql.prepare_cached(sql)?;
    let at = row.at.unix();
    statement.execute(params![row.number, row.status as i64, a, b, row.issuer, row.name, at])?;
    Ok(())
}

/// What stands where there is no recipient: no number has this hash.
pub(super) fn nobody() -> Result<[u8; 32], Trouble> {
    let mut octets = [0; 32];
    getrandom::fill(&mut octets).map_err(|_| Fault::Unavailable)?;
    Ok(octets)
}

pub(super) const DIGITS: Words = Words {
    kk: "құжаттың нөмірі 14 цифрдан тұрады",
    ru: "номер документа состоит из 14 цифр",
    en: "the number of a document has fourteen digits",
};
pub(super) const MISTYPED: Words = Words {
    kk: "нөмірде қате бар: оны құжаттан қайта теріңіз",
    ru: "в номере опечатка: наберите его с документа ещё раз",
    en: "the number is mistyped: type it from the document again",
};
pub(super) const NO_PERSON: Words = Words {
    kk: "алушының ЖСН немесе БСН қате: бақылау цифры сәйкес келмейді, нөмірді қайта теріңіз",
    ru: "в ИИН или БИН получателя ошибка: контрольная цифра не сходится, наберите номер ещё раз",
    en: "the IIN or BIN of the recipient is wrong: its check digit does not agree, type it again",
};
pub(super) const NO_RECIPIENT: Words = Words {
    kk: "құжаттағы алушының ЖСН немесе БСН бақылау цифры сәйкес келмейді: мұндай құжатты нөмірі бойынша ешкім тексере алмайды",
    ru: "у ИИН или БИН получателя в документе не сходится контрольная цифра: по номеру такой документ никто не сможет проверить",
    en: "the check digit of the recipient's IIN or BIN in the document does not agree: nobody could check such a document by its number",
};
pub(super) const RECIPIENT: Words = Words {
    kk: "құжат алушының ЖСН немесе БСН 12 цифрдан тұрады",
    ru: "ИИН или БИН получателя документа состоит из 12 цифр",
    en: "the IIN or BIN of the recipient has twelve digits",
};
