//! The words of a judgement: three verdicts, the reasons against "passed", the evidence that might
//! change it. They are below everything that judges.
//!
//! ```
//! use qoltanba::{Reason, Verdict};
//!
//! // The worst signature decides for a file.
//! assert_eq!(Verdict::Passed.max(Verdict::Indeterminate), Verdict::Indeterminate);
//! assert_eq!(Reason::SignedAttributesConfusion.verdict(), Verdict::Failed);
//! ```

mod barcode;
mod evidence;
mod indication;
mod page;
mod reason;
mod standing;

use std::fmt;

pub use barcode::BarcodeConflict;
pub use evidence::Evidence;
pub use indication::SubIndication;
pub use page::{Construct, NotCompared, PageMatch, Region};
pub use reason::Reason;
pub use standing::{NextStep, Standing};

/// The three words that everything hangs on (EN 319 102-1 §5.1.3: TOTAL-PASSED, TOTAL-FAILED,
/// INDETERMINATE). The order is from good to bad.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Verdict {
    /// Every proof is there.
    Passed,
    /// A proof is missing.
    Indeterminate,
    /// A check positively failed.
    Failed,
}

impl Verdict {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Passed => "passed",
            Self::Indeterminate => "indeterminate",
            Self::Failed => "failed",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.code())
    }
}
