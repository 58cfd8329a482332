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
        places: Vec<Region>,
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

/// A place on a page, in millimetres from its upper left corner.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Region {
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

/// Why the pages were not compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum NotCompared {
    /// What was signed is no document of our own form, or one that makes no page.
    OtherForm,
    /// The page has a look that this version does not draw.
    OtherLook,
    /// A page is a picture of paper.
    Scan,
    /// Only a part of the document was asked about, and the page shows all of it.
    PartAsked,
    /// Another program saved the file again; nothing was found that differs.
    SavedAgain,
    /// There are more pages than are compared.
    TooManyPages,
    /// A page is of another size, as after printing to a file with the page fitted.
    PageSize,
    /// A page cannot be drawn within limits.
    Unreadable,
    /// The file has something that one viewer may show and another may not.
    Construct(Construct),
}

/// What viewers may show differently.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Construct {
    /// Notes, stamps, links or fields lie over the page.
    Annotation,
    /// It is a form to fill in, or it is signed as a PDF.
    Form,
    /// It does something by itself when it is opened.
    Action,
    /// It has layers that can be shown and hidden.
    OptionalContent,
    /// It opens as a list of other files.
    Portfolio,
    /// Something lets through or blends with what lies under it.
    Transparency,
    /// Colours are meant by other means than our own.
    Colour,
    /// A picture on the page is told in a way that viewers read differently.
    Picture,
    /// A font is not embedded whole and plainly.
    Font,
    /// The page is turned, scaled or cut.
    PageBox,
    /// A page is painted by means that our own never uses.
    Content,
    /// A stream is damaged or longer than it says.
    Stream,
    /// The tables, revisions or pages of the file can be read in two ways.
    Structure,
    /// Entries that are not known.
    Entry,
    /// Something is painted that cannot be seen here.
    Hidden,
    /// It takes too long to read.
    TooMuch,
}

impl NotCompared {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::OtherForm => "other_form",
            Self::OtherLook => "other_look",
            Self::Scan => "scan",
            Self::PartAsked => "part_asked",
            Self::SavedAgain => "saved_again",
            Self::TooManyPages => "too_many_pages",
            Self::PageSize => "page_size",
            Self::Unreadable => "unreadable",
            Self::Construct(construct) => construct.code(),
        }
    }
}

impl Construct {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Annotation => "annotation",
            Self::Form => "form",
            Self::Action => "action",
            Self::OptionalContent => "optional_content",
            Self::Portfolio => "portfolio",
            Self::Transparency => "transparency",
            Self::Colour => "colour",
            Self::Picture => "picture",
            Self::Font => "font",
            Self::PageBox => "page_box",
            Self::Content => "content",
            Self::Stream => "stream",
            Self::Structure => "structure",
            Self::Entry => "entry",
            Self::Hidden => "hidden",
            Self::TooMuch => "too_much",
        }
    }
}
