//! Passwords, and the octets that the derivations make of them.

use std::fmt;

use zeroize::Zeroizing;

/// The password of a key store: overwritten when dropped, never printed.
///
/// ```
/// let password = qoltanba::sign::Password::from("Құпия");
/// assert_eq!(format!("{password:?}"), "Password(..)");
/// ```
pub struct Password(Zeroizing<String>);

impl Password {
    /// Takes a password over. The text that the caller may keep is the caller's to overwrite.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self(Zeroizing::new(text.into()))
    }

    /// The forms in which stores use the password. The empty one is written by some as the
    /// terminator alone and by others as nothing at all.
    pub(crate) fn forms(&self) -> impl Iterator<Item = Secrets<'_>> {
        let nothing = self.0.is_empty().then(|| Secrets { utf8: b"", bmp: Zeroizing::default() });
        std::iter::once(self.known_form()).chain(nothing)
    }

    pub(crate) fn known_form(&self) -> Secrets<'_> {
        // RFC 7292 §B.1: BMPString with its terminator. Characters past the first plane are
        // written as UTF-16, as OpenSSL and Java do.
        let units = || self.0.encode_utf16().chain([0]);
        let mut bmp = Zeroizing::new(Vec::with_capacity(2 * units().count()));
        bmp.extend(units().flat_map(u16::to_be_bytes));
        Secrets { utf8: self.0.as_bytes(), bmp }
    }
}

/// The octets of one form of a password.
pub(crate) struct Secrets<'a> {
    /// For PBKDF2 (RFC 8018 §3 recommends UTF-8).
    pub(crate) utf8: &'a [u8],
    /// For the derivation of PKCS#12.
    pub(crate) bmp: Zeroizing<Vec<u8>>,
}

impl From<&str> for Password {
    fn from(text: &str) -> Self {
        Self::new(text)
    }
}

impl From<String> for Password {
    fn from(text: String) -> Self {
        Self::new(text)
    }
}

impl fmt::Debug for Password {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Password(..)")
    }
}
