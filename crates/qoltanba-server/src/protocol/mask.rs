//! Numbers of persons, hidden but for their last four digits.
//!
//! An IIN begins with a date of birth, so that its fifth digit is the first of a day; a BIN has
//! there what kind of organisation it is, from four on, and is public. Twelve digits are taken for
//! an IIN wherever they stand, unless they can only be a BIN or something says that they are.

use qoltanba::{numbers::Iin, paper::document::UniqueNumber};
use serde_json::Value;

/// Masks all texts of a value. Digests and serial numbers stay as they are.
pub(super) fn mask(value: &mut Value) {
    match value {
        Value::String(text) if !is_hex(text) => *text = masked(text),
        Value::Array(items) => items.iter_mut().for_each(mask),
        Value::Object(fields) => {
            for (name, value) in fields {
                match (name.as_str(), &mut *value) {
                    ("iin", Value::String(number)) => *number = hidden(number),
                    ("bin" | "serial", Value::String(_)) => {}
                    _ => mask(value),
                }
            }
        }
        _ => {}
    }
}

/// The same for one text.
pub(super) fn masked(text: &str) -> String {
    let text = without_octets(text);
    let mut out = String::with_capacity(text.len());
    let mut rest = text.as_str();
    while let Some(start) = rest.find(|c: char| c.is_ascii_digit()) {
        let (before, from) = rest.split_at(start);
        let end = from.find(|c: char| !c.is_ascii_digit()).unwrap_or(from.len());
        let (digits, after) = from.split_at(end);
        out.push_str(before);
        if is_of_person(before, digits) {
            out.push_str(&hidden(digits));
        } else {
            out.push_str(&hidden_within(digits));
        }
        rest = after;
    }
    out.push_str(rest);
    out
}

fn is_of_person(before: &str, digits: &str) -> bool {
    digits.len() == 12
        && !before.ends_with("BIN")
        && (before.ends_with("IIN") || digits.as_bytes().get(4).is_some_and(|day| *day <= b'3'))
}

/// A longer run of digits may have a number of a person in it, as a name of a file with a date does.
fn hidden_within(digits: &str) -> String {
    // The number of a document is public.
    if UniqueNumber::new(digits).is_ok_and(|number| number.has_check_digit()) {
        return digits.to_owned();
    }
    let starts = (0..=digits.len().saturating_sub(12)).filter(|_| digits.len() > 12);
    let is_sound = |iin: Iin| iin.remarks().next().is_none();
    let has = |at: &usize| {
        digits.get(*at..at + 12).is_some_and(|digits| digits.parse().is_ok_and(is_sound))
    };
    let mut out = digits.to_owned();
    for at in starts.filter(has) {
        out.replace_range(at..at + 8, "********");
    }
    out
}

/// Attributes of a name that have no name of their own are written as octets (RFC 4514 §2.4), which
/// may be a number.
fn without_octets(text: &str) -> String {
    let mut pieces = text.split("=#");
    let mut out = pieces.next().unwrap_or_default().to_owned();
    for piece in pieces {
        out.push_str("=#…");
        out.push_str(piece.trim_start_matches(|c: char| c.is_ascii_hexdigit()));
    }
    out
}

pub(super) fn hidden(number: &str) -> String {
    let end: String = number.chars().skip(8).collect();
    format!("********{end}")
}

/// Long enough to be a digest.
fn is_hex(text: &str) -> bool {
    text.len() >= 32 && text.bytes().all(|octet| octet.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn persons_are_hidden_and_organisations_are_not() {
        for (text, told) in [
            ("920101100008", "********0008"),
            ("SERIALNUMBER=IIN920101100008,C=KZ", "SERIALNUMBER=IIN********0008,C=KZ"),
            ("IIN990190100008", "IIN********0008"),
            ("OU=BIN450140000005", "OU=BIN450140000005"),
            ("БСН 450140000005", "БСН 450140000005"),
            ("анықтама-920101100008.pdf", "анықтама-********0008.pdf"),
            ("a920101100008b", "a********0008b"),
            ("48210365977412", "48210365977412"),
            ("20261125920101100008.pdf", "20261125********0008.pdf"),
            ("92010110000817", "********000817"),
            ("2.5.4.5=#130f49494e393230313031,C=KZ", "2.5.4.5=#…,C=KZ"),
            ("2026-11-25T12:00:00Z", "2026-11-25T12:00:00Z"),
            ("", ""),
        ] {
            assert_eq!(masked(text), told);
        }
        let digest = "920101100008".repeat(4) + "0123456789abcdef";
        let mut value = json!({
            "signatures": [{ "signer": { "iin": "999999999999", "bin": "920101100008" } }],
            "certificate": { "serial": "920101100008", "sha256": digest },
        });
        mask(&mut value);
        assert_eq!(
            value,
            json!({
                "signatures": [{ "signer": { "iin": "********9999", "bin": "920101100008" } }],
                "certificate": { "serial": "920101100008", "sha256": digest },
            })
        );
    }
}
