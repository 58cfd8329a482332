//! Whether a page shows what was signed.

/// Whether a page shows what was signed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum PageMatch {
    /// It was not asked: only the signed content was.
    NotAsked,
    /// It is the page that the signed data makes.
    Agrees,
    /// It shows something else.
    Differs {
        /// Where.
        places: Vec<PagePlace>,
    },
    /// Nobody looked, or nobody could.
    NotCompared(NotCompared),
}

impl PageMatch {
    /// The word in reports.
    #[must_use]
    pub const fn code(&self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::Agrees => "agrees",
            Self::Differs { .. } => "differs",
            Self::NotCompared(_) => "not_compared",
        }
    }
}

/// A place on a page, in millimetres from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PagePlace {
    /// The page, from one on.
    pub page: u32,
    /// Its left side.
    pub x: u32,
    /// Its upper side.
    pub y: u32,
    /// How wide it is.
    pub width: u32,
    /// How high it is.
    pub height: u32,
}

/// Why a page was not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotCompared {
    /// It is of a form whose picture cannot be made from the signed data.
    OtherForm,
    /// It cannot be drawn.
    Unreadable,
    /// It is a picture of paper, whose pixels depend on the camera.
    Picture,
    /// This version does not compare pages of this form.
    Unsupported,
}

impl NotCompared {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherForm => "other_form",
            Self::Unreadable => "unreadable",
            Self::Picture => "picture",
            Self::Unsupported => "unsupported",
        }
    }
}
