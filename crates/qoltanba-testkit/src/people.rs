//! Invented people and organisations.
//!
//! Persons are "born" from 1890 to 1899 and organisations "registered" in the years 45 to 69, so
//! that no number belongs to anyone; the check digits are right.
//!
//! ```
//! use qoltanba_testkit::{Person, invented_iin};
//! let person = Person::invented(0);
//! assert_eq!(person.iin, invented_iin(0));
//! assert!(person.iin.parse::<qoltanba::numbers::Iin>()?.remarks().next().is_none());
//! # Ok::<(), qoltanba::Error>(())
//! ```

/// A person. Every field is written as it stands, so a test may put anything here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    /// Family name.
    pub surname: String,
    /// Given name.
    pub given_name: String,
    /// Patronymic; not everybody has one.
    pub patronymic: Option<String>,
    /// Twelve digits.
    pub iin: String,
    /// Town and region, which only the legacy form names.
    pub place: Option<String>,
    /// The address of the legacy form.
    pub email: Option<String>,
}

/// An organisation. Every field is written as it stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Organisation {
    /// Its name with the legal form.
    pub name: String,
    /// Twelve digits.
    pub bin: String,
}

/// Family name, given name, patronymic: "sample", "test", "example", "invented" in Kazakh and
/// Russian, with name endings. Even places are men.
const NAMES: [(&str, &str, &str); 12] = [
    ("ҮЛГІБАЕВ", "СЫНАҚБЕК", "МЫСАЛҰЛЫ"),
    ("СЫНАҚОВА", "ҮЛГІГҮЛ", "МЫСАЛҚЫЗЫ"),
    ("ОЙДАНБЕКОВ", "ҮЛГІЖАН", "СЫНАҚҰЛЫ"),
    ("МЫСАЛОВА", "СЫНАҚГҮЛ", "ҮЛГІҚЫЗЫ"),
    ("ОБРАЗЦОВ-ҮЛГІ", "ПРИМЕР", "ТЕСТОВИЧ"),
    ("ЖАСАНДЫҚЫЗЫ", "ҰҚСАС", "ТӘЖІРИБЕҚЫЗЫ"),
    ("ТӘЖІРИБЕЕВ", "ӨҢДЕМІР", "ІСҰЛЫ"),
    ("ВЫДУМАННАЯ", "ОБРАЗИНА", "ПРИМЕРОВНА"),
    ("БОЛМАҒАНОВ", "ЕШКІМБЕК", "ЖОҚҰЛЫ"),
    ("БОЛМАҒАНОВА", "ЕШКІМГҮЛ", "ЖОҚҚЫЗЫ"),
    ("СЫНАМАЛЫ", "ҮЛГІНҰР", "ОЙДАНҰЛЫ"),
    ("НЕСУЩЕСТВОВА", "ПРОБА", "МЫСАЛҚЫЗЫ"),
];

const ORGANISATIONS: [&str; 4] = [
    "\"ОЙДАН ШЫҒАРЫЛҒАН ҮЛГІ\" ЖШС",
    "АО \"ВЫДУМАННЫЙ ОБРАЗЕЦ\"",
    "\"СЫНАҚ ҮЛГІСІ\" КММ",
    "ТОО \"НЕСУЩЕСТВУЮЩИЙ ПРИМЕР\"",
];

impl Person {
    /// The person with this number; names come round again, identification numbers do not.
    #[must_use]
    pub fn invented(number: u32) -> Self {
        let index = number as usize % NAMES.len();
        let (surname, given_name, patronymic) = NAMES.get(index).copied().unwrap_or_default();
        Self {
            surname: surname.to_owned(),
            given_name: given_name.to_owned(),
            patronymic: Some(patronymic.to_owned()),
            iin: invented_iin(number),
            place: Some("ҮЛГІҚАЛА".to_owned()),
            email: Some(format!("person{number}@qoltanba.invalid")),
        }
    }

    /// Family name and given name, as the common name has them.
    #[must_use]
    pub fn common_name(&self) -> String {
        format!("{} {}", self.surname, self.given_name)
    }
}

impl Organisation {
    /// The organisation with this number.
    #[must_use]
    pub fn invented(number: u32) -> Self {
        let index = number as usize % ORGANISATIONS.len();
        let name = ORGANISATIONS.get(index).copied().unwrap_or_default();
        Self { name: name.to_owned(), bin: invented_bin(number) }
    }
}

/// A well-formed IIN of a person born from 1890 to 1899; its own for each number below ten
/// million.
#[must_use]
pub fn invented_iin(number: u32) -> String {
    // The seventh digit: 1 is a man, 2 a woman, of the nineteenth century (kz-pki §11).
    let sex = 1 + number % 2;
    let year = 90 + number % 10;
    let month = 1 + number / 10 % 12;
    let day = 1 + number / 120 % 28;
    let birth = format!("{year:02}{month:02}{day:02}{sex}");
    numbered(&birth, 4, number / 3360)
}

/// A well-formed BIN of a resident legal entity registered in the years 45 to 69; its own for
/// each number below ten million.
#[must_use]
pub fn invented_bin(number: u32) -> String {
    let year = 45 + number % 25;
    let month = 1 + number / 25 % 12;
    // The fifth digit: 4 is a resident; the sixth: 0 is no branch (kz-pki §11).
    numbered(&format!("{year:02}{month:02}40"), 5, number / 300)
}

/// Appends a serial of so many digits and the check digit. Twice the serial leaves room to step
/// over one that has no check digit, and still no two numbers meet.
fn numbered(head: &str, digits: usize, serial: u32) -> String {
    let places = 10_u32.saturating_pow(u32::try_from(digits).unwrap_or(4));
    (0..places)
        .find_map(|step| {
            let serial = (serial.wrapping_mul(2).wrapping_add(step)) % places;
            let eleven = format!("{head}{serial:0digits$}");
            check_digit(&eleven).map(|check| format!("{eleven}{check}"))
        })
        .unwrap_or_default()
}

/// The check digit of eleven digits in text; `None` when no number with these is assigned.
fn check_digit(eleven: &str) -> Option<u8> {
    let digits: Vec<u8> =
        eleven.bytes().map(|b| b.is_ascii_digit().then(|| b - b'0')).collect::<Option<_>>()?;
    qoltanba::numbers::check_digit(&digits.try_into().ok()?)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn invented_numbers_are_well_formed_and_nobodys() {
        let mut seen = BTreeSet::new();
        for number in 0..10_000 {
            let iin = invented_iin(number);
            assert!(
                iin.parse::<qoltanba::numbers::Iin>().unwrap().remarks().next().is_none(),
                "{iin}"
            );
            assert!((90..=99).contains(&iin[..2].parse::<u8>().unwrap()));
            assert!(matches!(&iin[6..7], "1" | "2"));
            let bin = invented_bin(number);
            assert!(
                bin.parse::<qoltanba::numbers::Bin>().unwrap().remarks().next().is_none(),
                "{bin}"
            );
            assert!((45..=69).contains(&bin[..2].parse::<u8>().unwrap()));
            assert!(seen.insert(iin) && seen.insert(bin), "{number}");
        }
    }
}
