//! The unique number of a document.

use core::{fmt, str::FromStr};

use rand_core::CryptoRng;

use crate::error::{Error, Result};

/// Fourteen digits, as FavorID of the e-government's barcodes has today.
///
/// Those that are made here end in the check digit of Damm (H. M. Damm, *Total anti-symmetrische
/// Quasigruppen*, Marburg 2004): it catches every single wrong digit and every two neighbours that
/// were swapped, which are nine of ten errors of people who type a number in. Numbers that other
/// systems gave need not have it.
///
/// ```
/// use qoltanba::paper::document::UniqueNumber;
///
/// # let mut rng = qoltanba_testkit::SeededRng::new(1);
/// let number = UniqueNumber::generate(&mut rng);
/// assert!(number.has_check_digit());
/// assert!(UniqueNumber::new("10100000000017")?.as_str().starts_with("1010"));
/// # Ok::<(), qoltanba::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct UniqueNumber(String);

impl UniqueNumber {
    /// Takes a number that a system gave.
    ///
    /// # Errors
    /// Misuse for anything but fourteen digits.
    pub fn new(digits: &str) -> Result<Self> {
        if digits.len() != 14 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return Err(Error::misuse("the unique number of a document has fourteen digits"));
        }
        Ok(Self(digits.to_owned()))
    }

    /// Draws a number: thirteen digits that nobody can guess, and their check digit.
    ///
    /// The first is never 0, which a spreadsheet would drop. Among a million numbers two are the
    /// same with a probability of one in nineteen: whoever keeps a register asks it before use.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        const FIRST: u128 = 1_000_000_000_000;
        let mut octets = [0; 16];
        rng.fill_bytes(&mut octets);
        // 128 bits over 9 × 10¹² numbers: none is likelier than another by more than 2⁻⁸⁴.
        let drawn = FIRST + u128::from_le_bytes(octets) % (9 * FIRST);
        let digits = drawn.to_string();
        let check = damm(&digits);
        Self(format!("{digits}{check}"))
    }

    /// Whether its last digit is the check digit of the others.
    #[must_use]
    pub fn has_check_digit(&self) -> bool {
        // The digit makes the whole end at 0.
        damm(&self.0) == 0
    }

    /// Its digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for UniqueNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl FromStr for UniqueNumber {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

/// The check digit of a text of digits.
fn damm(digits: &str) -> u8 {
    digits.bytes().fold(0, |interim, digit| {
        let row = QUASIGROUP.get(usize::from(interim));
        row.and_then(|row| row.get(usize::from(digit.wrapping_sub(b'0')))).copied().unwrap_or(0)
    })
}

/// Damm's totally anti-symmetric quasigroup of order 10, the example of his thesis (p. 111).
const QUASIGROUP: [[u8; 10]; 10] = [
    [0, 3, 1, 7, 5, 9, 8, 6, 4, 2],
    [7, 0, 9, 2, 1, 5, 4, 8, 6, 3],
    [4, 2, 0, 6, 8, 7, 1, 3, 5, 9],
    [1, 7, 5, 0, 9, 8, 3, 4, 2, 6],
    [6, 1, 2, 3, 0, 4, 5, 9, 7, 8],
    [3, 6, 7, 4, 2, 0, 9, 5, 8, 1],
    [5, 8, 6, 9, 7, 2, 0, 1, 3, 4],
    [8, 9, 4, 5, 3, 6, 2, 0, 1, 7],
    [9, 4, 3, 8, 6, 1, 7, 2, 0, 5],
    [2, 5, 8, 1, 4, 3, 6, 7, 9, 0],
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_published_example_holds() {
        // Damm's 572 has the check digit 4.
        assert_eq!(damm("572"), 4);
        assert_eq!(damm("5724"), 0);
    }

    #[test]
    fn every_wrong_digit_and_every_swap_is_caught() {
        for seed in 0..20_000_u64 {
            let digits = format!("{:013}", 1_000_000_000_000 + seed * 439_084_800_001 % 8_999_999);
            let number = format!("{digits}{}", damm(&digits));
            assert!(UniqueNumber::new(&number).unwrap().has_check_digit());
            let at = usize::try_from(seed % 14).unwrap();
            let mut octets = number.into_bytes();
            let right = octets[at];
            for wrong in b'0'..=b'9' {
                octets[at] = wrong;
                let read = UniqueNumber::new(std::str::from_utf8(&octets).unwrap()).unwrap();
                assert_eq!(read.has_check_digit(), wrong == right);
            }
            octets[at] = right;
            if at < 13 && octets[at] != octets[at + 1] {
                octets.swap(at, at + 1);
                let read = UniqueNumber::new(std::str::from_utf8(&octets).unwrap()).unwrap();
                assert!(!read.has_check_digit(), "{read}");
            }
        }
    }
}
