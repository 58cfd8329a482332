//! What people are told of a check: one title, one sentence, what they should know besides. The
//! page of a verdict, the signed protocol and the page of a protocol have it from here, so that none
//! of them says more than another.

use qoltanba::{
    Lang, Reason,
    paper::document::LocalTime,
    report::{Remark, Subjects},
    verdict::Standing,
};

use crate::{lang::Words, verify::Answer};

impl Answer {
    /// What was checked: a certificate that passed is no signature that did.
    pub(crate) fn kind(&self) -> Words {
        match self.report.subjects {
            Subjects::Signatures(_) => DOCUMENT,
            Subjects::Certificate(_) => CERTIFICATE,
            _ => EVIDENCE,
        }
    }

    /// The state, in words for what was checked.
    pub(crate) fn title(&self, lang: Lang) -> &'static str {
        let standing = self.report.standing();
        let is_good = standing <= Standing::GoodWithRemarks;
        let words = match (&self.report.subjects, standing) {
            (_, Standing::CouldNotCheck) | (Subjects::Signatures(_), _) => {
                return standing.text(lang);
            }
            (Subjects::Certificate(_), _) if is_good => GOOD_CERTIFICATE,
            (Subjects::Certificate(_), _) => BAD_CERTIFICATE,
            _ if is_good => GOOD_EVIDENCE,
            _ => BAD_EVIDENCE,
        };
        words.pick(lang)
    }

    /// The one sentence behind the state.
    pub(crate) fn because(&self, lang: Lang) -> String {
        let report = &self.report;
        let standing = report.standing();
        if standing > Standing::GoodWithRemarks {
            let reason = report.deciding_reason();
            return reason.map_or_else(|| Reason::NoSigners.text(lang), |reason| reason.text(lang));
        }
        let is_remarked = standing == Standing::GoodWithRemarks;
        let words = match &report.subjects {
            _ if report.is_beside_its_page() => PAPER_NOT_COMPARED,
            Subjects::Certificate(_) if is_remarked => CERTIFICATE_REMARKED,
            Subjects::Certificate(_) => ALL_GOOD_CERTIFICATE,
            Subjects::Signatures(_) if is_remarked => REMARKED,
            Subjects::Signatures(_) => ALL_GOOD,
            _ if is_remarked => EVIDENCE_REMARKED,
            _ => ALL_GOOD_EVIDENCE,
        };
        words.pick(lang).to_owned()
    }

    /// What everyone should know besides, each once.
    pub(crate) fn remarks(&self, lang: Lang) -> Vec<String> {
        let own: &[Remark] = match &self.report.subjects {
            Subjects::Certificate(one) => &one.remarks,
            Subjects::Evidence(one) => &one.remarks,
            _ => &[],
        };
        let signatures = self.report.signatures().iter().flat_map(|one| &one.remarks);
        let all = self.report.remarks.iter().chain(own).chain(signatures);
        let as_of = self
            .wishes
            .at
            .map(|at| format!("{} {} {}", AS_OF.pick(lang), LocalTime(at), ASTANA.pick(lang)));
        let mut out: Vec<String> = as_of.into_iter().collect();
        for remark in all.filter(|remark| remark.is_for_everyone()) {
            let text = remark.text(lang);
            if !out.contains(&text) {
                out.push(text);
            }
        }
        out
    }
}

pub(crate) const ASTANA: Words = Words::new("(Астана уақыты)", "(время Астаны)", "(Astana time)");

const DOCUMENT: Words =
    Words::new("қол қойылған құжат", "подписанный документ", "a signed document");
const CERTIFICATE: Words = Words::new(
    "сертификат; құжат та, қолтаңба да тексерілген жоқ",
    "сертификат; ни документ, ни подпись не проверялись",
    "a certificate; no document and no signature were checked",
);
const EVIDENCE: Words = Words::new(
    "тексеруге арналған дерек (тізім, жауап немесе уақыт белгісі); құжат тексерілген жоқ",
    "данные для проверки (список, ответ или метка времени); документ не проверялся",
    "data for checks (a list, a response or a time stamp); no document was checked",
);
const GOOD_CERTIFICATE: Words =
    Words::new("Сертификат жарамды", "Сертификат действителен", "The certificate is valid");
const BAD_CERTIFICATE: Words = Words::new(
    "Сертификат тексеруден өтпеді",
    "Сертификат не прошёл проверку",
    "The certificate did not pass the check",
);
const GOOD_EVIDENCE: Words = Words::new("Файл түпнұсқа", "Файл подлинный", "The file is authentic");
const BAD_EVIDENCE: Words = Words::new(
    "Файл тексеруден өтпеді",
    "Файл не прошёл проверку",
    "The file did not pass the check",
);
const ALL_GOOD: Words = Words::new(
    "Құжатқа қол қойылғаннан бері ол өзгермеген, қол қоюшы анықталды, сертификат жарамды.",
    "Документ не изменён с момента подписания, подписавший установлен, сертификат действует.",
    "The document is unchanged since it was signed, the signer is established, the certificate is good.",
);
const ALL_GOOD_CERTIFICATE: Words = Words::new(
    "Сертификатты сенімді орталық берген, мерзімі өтпеген және кері қайтарылмаған.",
    "Сертификат выдан доверенным центром, срок не истёк, он не отозван.",
    "The certificate is of a trusted authority, within its dates and not revoked.",
);
const ALL_GOOD_EVIDENCE: Words = Words::new(
    "Файл түпнұсқа және қолданыста.",
    "Файл подлинный и действует.",
    "The file is authentic and in force.",
);
const REMARKED: Words = Words::new(
    "Қолтаңба жарамды, бірақ мыналарды білгеніңіз жөн.",
    "Подпись действительна, но вам следует знать следующее.",
    "The signature is valid, but you should know the following.",
);
const CERTIFICATE_REMARKED: Words = Words::new(
    "Сертификат жарамды, бірақ мыналарды білгеніңіз жөн.",
    "Сертификат действителен, но вам следует знать следующее.",
    "The certificate is valid, but you should know the following.",
);
const EVIDENCE_REMARKED: Words = Words::new(
    "Файл түпнұсқа, бірақ мыналарды білгеніңіз жөн.",
    "Файл подлинный, но вам следует знать следующее.",
    "The file is authentic, but you should know the following.",
);
const PAPER_NOT_COMPARED: Words = Words::new(
    "Қол қойылғаны — штрих-кодтардағы мәліметтер. Қағаздағы мәтін олармен салыстырылған жоқ, ол басқа болуы мүмкін: оны қол қойылған мазмұнмен өзіңіз салыстырыңыз.",
    "Подписаны данные в штрих-кодах. Текст на бумаге с ними не сверялся и может быть другим: сравните его с подписанным содержимым сами.",
    "What the barcodes carry is signed. The text on the paper was not compared with it and may be another: compare it with the signed content yourself.",
);
const AS_OF: Words = Words::new(
    "Тексеру уақытына емес, сұраушы берген сәтке бағаланды:",
    "Оценено не на время проверки, а на заданный момент:",
    "Judged not as of the time of the check but as of a given moment:",
);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_but_a_document_is_called_a_signature() {
        for words in [
            CERTIFICATE,
            GOOD_CERTIFICATE,
            BAD_CERTIFICATE,
            ALL_GOOD_CERTIFICATE,
            CERTIFICATE_REMARKED,
            EVIDENCE,
            GOOD_EVIDENCE,
            BAD_EVIDENCE,
            ALL_GOOD_EVIDENCE,
            EVIDENCE_REMARKED,
        ] {
            for text in [words.kk, words.ru, words.en] {
                let text = text.to_lowercase();
                for said in ["қолтаңба жарамды", "подпись действительна", "signature is valid"]
                {
                    assert!(!text.contains(said), "{text}");
                }
            }
        }
    }
}
