//! For what a certificate does not fit a document.

use crate::{
    identity::Role,
    numbers::{Bin, Iin},
    paper::form::SignedBy,
    report::Lang,
    time::{Instant, Validity},
};

/// Why a certificate may not sign a document.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SignerFault {
    /// It is not in validity when the document is issued.
    Validity {
        /// When the document is issued.
        at: Instant,
        /// When the certificate is valid.
        validity: Validity,
    },
    /// It does not say that its holder may sign this.
    Role {
        /// Whose signature the document takes.
        of: SignedBy,
        /// The role that the certificate gives.
        found: Option<Role>,
    },
    /// It is of another organisation than the one that issues the document.
    Bin {
        /// Who issues the document.
        wanted: Bin,
        /// For whom the certificate is.
        found: Option<Bin>,
    },
    /// Its holder is not among those who stand under the document.
    Signatory {
        /// The holder.
        found: Option<String>,
    },
    /// It is of another person or organisation than the applicant, who signs this document.
    Applicant {
        /// The numbers of the applicant.
        wanted: (Option<Iin>, Option<Bin>),
        /// Those of the certificate.
        found: (Option<Iin>, Option<Bin>),
    },
}

impl SignerFault {
    /// The stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Validity { .. } => "signer_validity",
            Self::Role { .. } => "signer_role",
            Self::Bin { .. } => "signer_bin_mismatch",
            Self::Signatory { .. } => "signer_not_signatory",
            Self::Applicant { .. } => "signer_not_applicant",
        }
    }

    /// What a person can act on.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        match self {
            Self::Validity { at, validity } => {
                let (from, to) = (validity.not_before, validity.not_after);
                match lang {
                    Lang::Kk => format!(
                        "құжат берілетін сәтте ({at}) қол қоюшы сертификатының мерзімі жарамсыз: {from} – {to}"
                    ),
                    Lang::Ru => format!(
                        "в момент выдачи документа ({at}) сертификат подписывающего не действует: {from} – {to}"
                    ),
                    Lang::En => format!(
                        "the signer's certificate is not in validity when the document is issued ({at}): {from} – {to}"
                    ),
                }
            }
            Self::Role { of, found } => {
                let found = found.map_or("—", |role| role.text(lang));
                let what = match of {
                    SignedBy::Person => lang.pick(
                        "құжатқа уәкілетті тұлға (бірінші басшы немесе қол қою құқығы бар тұлға) қол қояды; сертификаттағы рөл",
                        "документ подписывает уполномоченное лицо (первый руководитель или лицо с правом подписи); роль в сертификате",
                        "an authorised person signs this document (the first head, or who has the right to sign); the role in the certificate",
                    ),
                    SignedBy::System | SignedBy::Applicant => lang.pick(
                        "құжатқа көрсетілетін қызметті берушінің қызметкері немесе ақпараттық жүйесі қол қояды; сертификаттағы рөл",
                        "документ подписывает работник или информационная система услугодателя; роль в сертификате",
                        "an employee or the information system of the provider signs this document; the role in the certificate",
                    ),
                };
                format!("{what}: {found}")
            }
            Self::Bin { wanted, found } => {
                let found = found.map_or_else(|| "—".to_owned(), |bin| bin.to_string());
                match lang {
                    Lang::Kk => format!(
                        "сертификаттағы БСН ({found}) құжатты беретін ұйымның БСН-не ({wanted}) сәйкес емес"
                    ),
                    Lang::Ru => format!(
                        "БИН в сертификате ({found}) не совпадает с БИН организации, выдающей документ ({wanted})"
                    ),
                    Lang::En => format!(
                        "the BIN in the certificate ({found}) is not that of the organisation that issues the document ({wanted})"
                    ),
                }
            }
            Self::Signatory { found } => {
                let found = crate::text::visible(found.as_deref().unwrap_or("—"));
                let what = lang.pick(
                    "сертификат иесі құжатқа қол қоюшылардың қатарында жоқ",
                    "владельца сертификата нет среди подписывающих документ",
                    "the holder of the certificate is not among those who stand under the document",
                );
                format!("{what}: {found}")
            }
            Self::Applicant { wanted, found } => {
                let what = lang.pick(
                    "бұл құжатқа өтініш берушінің өзі қол қояды; құжаттағы және сертификаттағы нөмірлер",
                    "этот документ подписывает сам заявитель; номера в документе и в сертификате",
                    "the applicant himself signs this document; the numbers in it and in the certificate",
                );
                format!("{what}: {} ≠ {}", numbers(*wanted), numbers(*found))
            }
        }
    }
}

fn numbers((iin, bin): (Option<Iin>, Option<Bin>)) -> String {
    let all = [iin.map(|n| n.to_string()), bin.map(|n| n.to_string())];
    let all: Vec<String> = all.into_iter().flatten().collect();
    if all.is_empty() { "—".to_owned() } else { all.join(", ") }
}
