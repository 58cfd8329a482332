//! Remarks that changed no verdict, and evidence that is missing: one sentence each.

use super::{Lang, barcodes::parts_missing};
use crate::{
    certificate::Quirk, identity::IdentityRemark, numbers::NumberRemark, report::Remark,
    text::visible, verdict::Evidence,
};

impl Remark {
    /// The remark as a sentence.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let pick = |kk, ru, en| lang.pick(kk, ru, en).to_owned();
        match self {
            Self::Quirk(quirk) => quirk.text(lang).to_owned(),
            Self::Identity(remark) => remark.text(lang),
            Self::Ber => {
                pick("хабарлама BER пішімінде", "сообщение в кодировке BER", "the message is BER")
            }
            Self::UnorderedAttributes => pick(
                "қол қойылған атрибуттар DER ретімен емес",
                "подписанные атрибуты не в порядке DER",
                "the signed attributes are not in DER order",
            ),
            Self::UnlistedDigest => pick(
                "дайджест алгоритмі хабарлама тізімінде жоқ",
                "алгоритма хеширования нет в списке сообщения",
                "the digest algorithm is not in the message's list",
            ),
            Self::NoSignedAttributes => pick(
                "қол қойылған атрибуттар жоқ",
                "подписанных атрибутов нет",
                "there are no signed attributes",
            ),
            Self::NoSigningCertificate => pick(
                "қолтаңба өз сертификатын атамайды",
                "подпись не называет свой сертификат",
                "the signature does not name its certificate",
            ),
            Self::WeakSigningCertificate => pick(
                "сертификат SHA-1 арқылы аталған",
                "сертификат назван через SHA-1",
                "the certificate is named by SHA-1",
            ),
            Self::WeakImprint => pick(
                "уақыт белгісі қолтаңбаны SHA-1 арқылы атайды",
                "метка времени называет подпись через SHA-1",
                "the time stamp names the signature by SHA-1",
            ),
            Self::TimeStampAuthorityExpired { not_after } => format!(
                "{}: {not_after}",
                lang.pick(
                    "уақыт белгісі қызметі сертификатының мерзімі содан бері аяқталған",
                    "сертификат службы меток времени с тех пор истёк",
                    "the certificate of the time-stamp authority has expired since",
                )
            ),
            Self::ArchivedTimeStamp => pick(
                "уақыт белгісі қызметі белгі қойылған кездегі дәлелдермен ғана тексерілді: оның кілті содан бері ұрланған болса, бұл көрінбейді",
                "служба меток времени проверена только по свидетельствам времени метки: если её ключ с тех пор похищен, этого не видно",
                "the time-stamp authority was checked by evidence of the time of the stamp alone: a theft of its key since would not be seen",
            ),
            Self::TimeStampByOtherAuthority => pick(
                "уақыт белгісін қол қоюшының сертификатын бермеген орталық берген",
                "метку времени выдал не тот центр, что выдал сертификат подписавшего",
                "another authority stamped than the one that certified the signer",
            ),
            Self::ClaimedTimeAfterProof { claimed, proven } => format!(
                "{}: {claimed} > {proven}",
                lang.pick(
                    "қол қоюшы жазған уақыт дәлелденген уақыттан кейін",
                    "время, указанное подписавшим, позже доказанного",
                    "the time that the signer wrote is after the proven one",
                )
            ),
            Self::UnreadableCertificate => pick(
                "файлдағы бір сертификат оқылмады",
                "один сертификат в файле не читается",
                "a certificate in the file cannot be read",
            ),
            Self::UnreadableEvidence => pick(
                "дәлелдердің бірі оқылмады",
                "одно из свидетельств не читается",
                "a piece of evidence cannot be read",
            ),
            Self::EvidenceSetAside(reason) => format!(
                "{}: {}",
                lang.pick(
                    "құжат ішіндегі дәлел есепке алынбады",
                    "свидетельство внутри документа не учтено",
                    "evidence inside the document counts as absent",
                ),
                reason.text(lang)
            ),
            Self::FavorIdNotInDocument { .. }
            | Self::OtherBarcodes { .. }
            | Self::LinkBarcode { .. } => self.of_barcodes(lang),
            Self::PdfSignatureNotVerified { .. }
            | Self::PageBarcodesIncomplete
            | Self::OtherAttachments { .. }
            | Self::UnreadPages { .. } => self.of_paper(lang),
            Self::NeverIssued => pick(
                "жауап беруші мұндай сертификаттың шығарылғанын білмейді",
                "ответчику неизвестно, чтобы такой сертификат выпускался",
                "the responder does not know that such a certificate was ever issued",
            ),
        }
    }

    /// The stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::Quirk(quirk) => quirk.code(),
            Self::Identity(remark) => remark.code(),
            Self::Ber => "ber",
            Self::UnorderedAttributes => "unordered_attributes",
            Self::UnlistedDigest => "unlisted_digest",
            Self::NoSignedAttributes => "no_signed_attributes",
            Self::NoSigningCertificate => "no_signing_certificate",
            Self::WeakSigningCertificate => "weak_signing_certificate",
            Self::WeakImprint => "weak_imprint",
            Self::TimeStampAuthorityExpired { .. } => "tst_authority_expired",
            Self::ArchivedTimeStamp => "tst_archived",
            Self::TimeStampByOtherAuthority => "tst_other_authority",
            Self::ClaimedTimeAfterProof { .. } => "claimed_time_after_proof",
            Self::UnreadableCertificate => "unreadable_certificate",
            Self::UnreadableEvidence => "unreadable_evidence",
            Self::EvidenceSetAside(_) => "evidence_set_aside",
            Self::NeverIssued => "never_issued",
            Self::FavorIdNotInDocument { .. } => "favor_id_not_in_document",
            Self::PdfSignatureNotVerified { .. } => "pdf_signature_not_verified",
            Self::PageBarcodesIncomplete => "page_barcodes_incomplete",
            Self::OtherAttachments { .. } => "other_attachments",
            Self::UnreadPages { .. } => "unread_pages",
            Self::OtherBarcodes { .. } => "other_barcodes",
            Self::LinkBarcode { .. } => "link_barcode",
        }
    }
}

impl Quirk {
    /// The stable code, for programs.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::SpacedPolicyUri => "quirk_spaced_policy_uri",
            Self::MistypedPolicyUri => "quirk_mistyped_policy_uri",
            Self::RunTogetherListUri => "quirk_run_together_list_uri",
            Self::EmptyOcspNoCheck => "quirk_empty_ocsp_nocheck",
            Self::BareOcspNonce => "quirk_bare_ocsp_nonce",
            Self::KeyUsageNotCritical => "quirk_key_usage_not_critical",
            Self::ForeignListUri => "quirk_foreign_list_uri",
        }
    }

    fn text(self, lang: Lang) -> &'static str {
        match self {
            Self::SpacedPolicyUri => lang.pick(
                "сертификаттау регламентінің мекенжайында бос орындар бар",
                "в адресе регламента есть пробелы",
                "the address of the practice statement has spaces around it",
            ),
            Self::MistypedPolicyUri => lang.pick(
                "сертификаттау регламентінің мекенжайы қате жазылған",
                "адрес регламента написан с ошибкой",
                "the address of the practice statement is mistyped",
            ),
            Self::RunTogetherListUri => lang.pick(
                "кері қайтарылған сертификаттар тізімінің екі мекенжайы бір жолға жазылған",
                "два адреса списка отозванных сертификатов слиты в один",
                "two addresses of the revocation list are run together",
            ),
            Self::EmptyOcspNoCheck => lang.pick(
                "id-pkix-ocsp-nocheck бос",
                "id-pkix-ocsp-nocheck пуст",
                "id-pkix-ocsp-nocheck is empty",
            ),
            Self::BareOcspNonce => lang.pick(
                "OCSP жауабының nonce мәні OCTET STRING ішінде емес",
                "nonce ответа OCSP не вложен в OCTET STRING",
                "the nonce of the OCSP response is not inside an OCTET STRING",
            ),
            Self::KeyUsageNotCritical => lang.pick(
                "keyUsage критикалық емес",
                "keyUsage не критическое",
                "keyUsage is not critical",
            ),
            Self::ForeignListUri => lang.pick(
                "сертификат басқа орталықтың тізімін атайды",
                "сертификат называет список другого центра",
                "the certificate names the list of another authority",
            ),
        }
    }
}

impl IdentityRemark {
    /// The stable code, for programs.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::SeveralIins => "several_iins",
            Self::MalformedIin => "malformed_iin",
            Self::OddIin(NumberRemark::CheckDigit) => "iin_check_digit",
            Self::OddIin(NumberRemark::Date) => "iin_date",
            Self::SeveralBins => "several_bins",
            Self::MalformedBin => "malformed_bin",
            Self::OddBin(NumberRemark::CheckDigit) => "bin_check_digit",
            Self::OddBin(NumberRemark::Date) => "bin_date",
            Self::OrganisationOfIndividual => "organisation_of_individual",
            Self::SeveralNames => "several_names",
            Self::HiddenCharacters => "hidden_characters",
            Self::MixedAlphabets => "mixed_alphabets",
            Self::UnreadableName => "unreadable_name",
            Self::SeveralRoles => "several_roles",
        }
    }

    fn text(&self, lang: Lang) -> String {
        let odd = |what: &str, remark: NumberRemark| match remark {
            NumberRemark::CheckDigit => format!(
                "{what}: {}",
                lang.pick(
                    "бақылау цифры қате",
                    "контрольная цифра неверна",
                    "the check digit is wrong"
                )
            ),
            NumberRemark::Date => format!(
                "{what}: {}",
                lang.pick(
                    "мұндай күн болуы мүмкін емес",
                    "невозможная дата",
                    "the date is impossible"
                )
            ),
        };
        let iin = lang.pick("ЖСН", "ИИН", "IIN");
        let bin = lang.pick("БСН", "БИН", "BIN");
        match self {
            Self::OddIin(remark) => odd(iin, *remark),
            Self::OddBin(remark) => odd(bin, *remark),
            Self::SeveralIins => format!(
                "{iin}: {}",
                lang.pick(
                    "бірнешеу, көрсетілмейді",
                    "несколько, не указывается",
                    "several, none is reported"
                )
            ),
            Self::SeveralBins => format!(
                "{bin}: {}",
                lang.pick(
                    "бірнешеу, көрсетілмейді",
                    "несколько, не указывается",
                    "several, none is reported"
                )
            ),
            Self::MalformedIin => format!(
                "{iin}: {}",
                lang.pick(
                    "12 цифр емес, көрсетілмейді",
                    "не 12 цифр, не указывается",
                    "not twelve digits, not reported"
                )
            ),
            Self::MalformedBin => format!(
                "{bin}: {}",
                lang.pick(
                    "12 цифр емес, көрсетілмейді",
                    "не 12 цифр, не указывается",
                    "not twelve digits, not reported"
                )
            ),
            Self::OrganisationOfIndividual => lang
                .pick(
                    "жеке тұлғаның сертификатында ұйым аталған, ол көрсетілмейді",
                    "в сертификате физического лица названа организация, она не указывается",
                    "an individual's certificate names an organisation, which is not reported",
                )
                .to_owned(),
            Self::SeveralNames => lang
                .pick(
                    "аты бірнеше рет жазылған",
                    "имя записано несколько раз",
                    "the name is given several times",
                )
                .to_owned(),
            Self::HiddenCharacters => lang
                .pick(
                    "атауда көрінбейтін таңбалар бар",
                    "в имени есть невидимые знаки",
                    "a name has characters that do not show",
                )
                .to_owned(),
            Self::MixedAlphabets => lang
                .pick(
                    "бір сөзде латын және кирилл әріптері аралас",
                    "в одном слове смешаны латинские и кириллические буквы",
                    "one word mixes Latin and Cyrillic letters",
                )
                .to_owned(),
            Self::UnreadableName => lang
                .pick("атау мәтін емес", "имя не является текстом", "a name is not text")
                .to_owned(),
            Self::SeveralRoles => lang
                .pick(
                    "сертификатта бірнеше рөл бар, ең жоғарғысы көрсетілген",
                    "в сертификате несколько ролей, указана старшая",
                    "the certificate has several roles, the highest is reported",
                )
                .to_owned(),
        }
    }
}

impl Evidence {
    /// What is missing and where it is to be had.
    #[must_use]
    pub fn text(&self, lang: Lang) -> String {
        let from = |addresses: &[String]| {
            if addresses.is_empty() {
                String::new()
            } else {
                format!(" ({})", visible(&addresses.join(", ")))
            }
        };
        match self {
            Self::OcspResponse { subject, addresses, .. } => format!(
                "{}: {}{}",
                lang.pick(
                    "сертификат туралы OCSP жауабы",
                    "ответ OCSP о сертификате",
                    "OCSP response about"
                ),
                visible(subject),
                from(addresses)
            ),
            Self::RevocationList { issuer, addresses } => format!(
                "{}: {}{}",
                lang.pick(
                    "кері қайтарылған сертификаттар тізімі (CRL)",
                    "список отозванных сертификатов (CRL)",
                    "revocation list (CRL) of"
                ),
                visible(issuer),
                from(addresses)
            ),
            Self::AuthorityCertificate { subject, addresses } => format!(
                "{}: {}{}",
                lang.pick(
                    "орталықтың сертификаты",
                    "сертификат центра",
                    "certificate of the authority"
                ),
                visible(subject),
                from(addresses)
            ),
            Self::SignerCertificate => lang
                .pick(
                    "қол қоюшының сертификаты",
                    "сертификат подписавшего",
                    "the signer's certificate",
                )
                .to_owned(),
            Self::Content => {
                lang.pick("құжаттың өзі", "сам документ", "the document itself").to_owned()
            }
            Self::BarcodeParts { numbers, amount, .. } => parts_missing(numbers, *amount, lang),
        }
    }
}
