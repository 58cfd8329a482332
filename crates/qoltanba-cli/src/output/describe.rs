//! Certificates, key stores and lists in words: everything here is a claim of the file.

use qoltanba::{
    Certificate, Lang,
    identity::Subject,
    report::Remark,
    revocation::Crl,
    sign::{KeyStore, SigningKey as _},
};

use super::{Pick as _, Rows, moment};

/// The name with the patronymic, which the national profile keeps apart.
pub(crate) fn full_name(subject: &Subject) -> Option<String> {
    let parts: Vec<&str> =
        [&subject.name, &subject.patronymic].into_iter().flatten().map(String::as_str).collect();
    (!parts.is_empty()).then(|| parts.join(" "))
}

/// What the key of a certificate may be used for.
pub(crate) fn purposes(certificate: &Certificate, lang: Lang) -> String {
    let all: Vec<&str> = certificate.purposes().iter().map(|p| p.text(lang)).collect();
    if all.is_empty() {
        return lang.pick("жоқ", "нет", "none").to_owned();
    }
    all.join(", ")
}

/// Adds what is known of somebody beside the name.
pub(super) fn person(rows: &mut Rows, subject: &Subject, lang: Lang) {
    rows.add_some(lang.pick("ЖСН", "ИИН", "IIN"), subject.iin.map(|n| n.to_string()));
    let organisation = lang.pick("Ұйым", "Организация", "Organisation");
    rows.add_some(organisation, subject.organisation.as_deref());
    rows.add_some(lang.pick("БСН", "БИН", "BIN"), subject.bin.map(|n| n.to_string()));
    let roles: Vec<&str> = subject.roles.iter().map(|r| r.text(lang)).collect();
    if !roles.is_empty() {
        rows.add(lang.pick("Рөлі", "Роль", "Role"), roles.join(", "));
    }
}

/// What a certificate claims.
pub(crate) fn certificate(certificate: &Certificate, lang: Lang) -> Rows {
    let claimed = Subject::claimed_by(certificate);
    let mut rows = Rows::default();
    rows.add_some(lang.pick("Аты", "Имя", "Name"), full_name(&claimed));
    person(&mut rows, &claimed, lang);
    let key = certificate.public_key().map_or_else(|e| e.text(lang), |k| k.kind().to_string());
    rows.add(lang.pick("Кілт", "Ключ", "Key"), key);
    rows.add(lang.pick("Мақсаты", "Назначение", "Purpose"), purposes(certificate, lang));
    let validity = certificate.validity();
    let period = format!("{} — {}", moment(validity.not_before), moment(validity.not_after));
    rows.add(lang.pick("Мерзімі", "Срок", "Valid"), period);
    rows.add(lang.pick("Субъект", "Субъект", "Subject"), certificate.claimed_subject().to_string());
    rows.add(lang.pick("Шығарушы", "Издатель", "Issuer"), certificate.issuer().to_string());
    rows.add(lang.pick("Сериялық нөмірі", "Серийный номер", "Serial"), hex(certificate.serial()));
    rows.add("SHA-256", hex(&certificate.fingerprint()));
    rows
}

/// What a key store holds beside its certificate.
pub(crate) fn key_store(store: &KeyStore, lang: Lang) -> Rows {
    let mut rows = Rows::default();
    let key = lang.pick("Жабық кілт", "Закрытый ключ", "Private key");
    rows.add(key, store.key().kind().to_string());
    rows.add(
        lang.pick("Қолтаңба алгоритмі", "Алгоритм подписи", "Signs with"),
        store.key().algorithm().to_string(),
    );
    rows.add_some(lang.pick("Кілт атауы", "Имя ключа", "Key name"), store.friendly_name());
    let others = lang.pick("Басқа сертификат", "Других сертификатов", "Other certificates");
    rows.add(others, store.chain().len().to_string());
    rows
}

/// What a revocation list claims.
pub(crate) fn crl(crl: &Crl, lang: Lang) -> Rows {
    let mut rows = Rows::default();
    rows.add(lang.pick("Шығарушы", "Издатель", "Issuer"), crl.claimed_issuer().to_string());
    rows.add(lang.pick("Шығарылған", "Выпущен", "Issued"), moment(crl.this_update()));
    rows.add_some(lang.pick("Келесісі", "Следующий", "Next due"), crl.next_update().map(moment));
    rows.add_some(lang.pick("Нөмірі", "Номер", "Number"), crl.number().map(decimal));
    rows.add(lang.pick("Кері қайтарылған", "Отозвано", "Revoked"), crl.len().to_string());
    if crl.is_delta() {
        let changes =
            lang.pick("тек өзгерістер (delta)", "только изменения (delta)", "changes only (delta)");
        rows.add(lang.pick("Түрі", "Вид", "Kind"), changes);
    }
    let algorithm = crl.signature_algorithm().map_or_else(|e| e.text(lang), |a| a.to_string());
    rows.add(lang.pick("Алгоритм", "Алгоритм", "Algorithm"), algorithm);
    rows
}

/// A whole number in decimal, or in hexadecimal when it is huge.
pub(crate) fn decimal(octets: &[u8]) -> String {
    let value = octets.iter().try_fold(0_u128, |value, octet| {
        value.checked_mul(256).map(|shifted| shifted + u128::from(*octet))
    });
    value.map_or_else(|| format!("0x{}", hex(octets)), |value| value.to_string())
}

/// The remarks on a certificate: tolerated habits of its authority, oddities of its subject.
pub(crate) fn remarks(certificate: &Certificate) -> Vec<Remark> {
    let quirks = certificate.quirks().iter().map(|quirk| Remark::Quirk(*quirk));
    let identity = Subject::claimed_by(certificate).remarks.into_iter().map(Remark::Identity);
    quirks.chain(identity).collect()
}

/// Octets in hexadecimal, as the reports of the core have them.
pub(crate) fn hex(octets: &[u8]) -> String {
    octets.iter().map(|octet| format!("{octet:02x}")).collect()
}
