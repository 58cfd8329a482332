//! Named, dated sets of rules.

use core::{fmt, str::FromStr};

use super::rules::{self, Rule};
use crate::{
    error::{Error, Result},
    time::Instant,
};

/// A named set of rules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Preset {
    /// Order 500/НҚ of 21.08.2026 on verifying electronic digital signatures.
    Kz2026,
    /// Order 1187 of 2015, which it replaced.
    Kz2015,
    /// RFC 5280 and no national rule.
    Pkix,
}

/// Whether a text was read, or only reported by others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Source {
    /// The text itself was read.
    Read,
    /// What others say of it; the text was not at hand.
    Reported,
}

impl Source {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Reported => "reported",
        }
    }
}

/// What is known of a preset.
struct Row {
    preset: Preset,
    name: &'static str,
    /// The text behind it.
    text: &'static str,
    source: Source,
    /// Since when it applies, and whether that day was read or only reported.
    effective_from: Option<(Instant, Source)>,
    rules: &'static [Rule],
}

/// The newest first.
const ROWS: [Row; 3] = [
    Row {
        preset: Preset::Kz2026,
        name: "kz-2026",
        text: "500/НҚ, 21.08.2026",
        source: Source::Reported,
        // NOTE: 2026-08-21T00:00:00+05:00, the day of the order. The day on which it came into
        // force is not confirmed; one source speaks of 06.09.2026.
        effective_from: Some((Instant::from_unix(1_787_252_400), Source::Reported)),
        rules: &rules::KZ_2026,
    },
    Row {
        preset: Preset::Kz2015,
        name: "kz-2015",
        text: "1187, 2015",
        source: Source::Reported,
        // Its day is not known; nothing older is at hand, so it stands for all before 2026.
        effective_from: None,
        rules: &rules::KZ_2015,
    },
    Row {
        preset: Preset::Pkix,
        name: "pkix",
        text: "RFC 5280",
        source: Source::Read,
        effective_from: None,
        rules: &rules::PKIX,
    },
];

impl Preset {
    /// Every preset, the newest first.
    pub const ALL: [Self; 3] = [Self::Kz2026, Self::Kz2015, Self::Pkix];

    const fn row(self) -> &'static Row {
        let [kz2026, kz2015, pkix] = &ROWS;
        match self {
            Self::Kz2026 => kz2026,
            Self::Kz2015 => kz2015,
            Self::Pkix => pkix,
        }
    }

    /// Its name, as the command line and reports have it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        self.row().name
    }

    /// The preset of this name.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        ROWS.iter().find(|row| row.name == name).map(|row| row.preset)
    }

    /// The national preset that is in force at a moment.
    #[must_use]
    pub fn at(moment: Instant) -> Self {
        let in_force = |row: &&Row| row.effective_from.is_some_and(|(from, _)| from <= moment);
        ROWS.iter().find(in_force).map_or(Self::Kz2015, |row| row.preset)
    }

    /// The text that the rules come from.
    #[must_use]
    pub const fn text_name(self) -> &'static str {
        self.row().text
    }

    /// Whether that text was read, or only reported.
    #[must_use]
    pub const fn source(self) -> Source {
        self.row().source
    }

    /// Since when it applies, and whether that day was read or only reported; `None` where no day
    /// is known or none is needed.
    #[must_use]
    pub const fn effective_from(self) -> Option<(Instant, Source)> {
        self.row().effective_from
    }

    /// Its rules, in the order of their numbers.
    #[must_use]
    pub const fn rules(self) -> &'static [Rule] {
        self.row().rules
    }
}

impl fmt::Display for Preset {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Preset {
    type Err = Error;

    fn from_str(name: &str) -> Result<Self> {
        Self::named(name).ok_or(Error::misuse("a policy is kz-2026, kz-2015 or pkix"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_moment_chooses() {
        let at = |text: &str| Preset::at(text.parse().unwrap());
        assert_eq!(at("2014-01-01T00:00:00Z"), Preset::Kz2015);
        assert_eq!(at("2026-08-20T18:59:59Z"), Preset::Kz2015);
        assert_eq!(at("2026-08-20T19:00:00Z"), Preset::Kz2026);
        assert_eq!(at("2026-11-25T12:00:00Z"), Preset::Kz2026);
    }

    #[test]
    fn rows_stand_for_their_presets() {
        for preset in Preset::ALL {
            assert_eq!(preset.row().preset, preset);
            assert_eq!(Preset::named(preset.name()), Some(preset));
            assert_eq!(preset.name().parse(), Ok(preset));
        }
        assert!("KZ-2026".parse::<Preset>().is_err());
    }
}
