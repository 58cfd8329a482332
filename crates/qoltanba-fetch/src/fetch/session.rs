//! Fetching for many documents.

use qoltanba::{Certificate, Report, Verifier};

use super::{Note, Source, run::Run};

/// Fetching for many documents: the caller judges them, hands in what is not clear yet, and judges
/// those again with what was had.
///
/// ```
/// use qoltanba::{Question, Report, Verifier};
/// use qoltanba_fetch::Fetcher;
///
/// # fn f(fetcher: &Fetcher, verifier: &Verifier, documents: &[Vec<u8>], now: qoltanba::Instant)
/// # -> qoltanba::Result<Vec<Report>> {
/// let judge = |verifier: &Verifier| -> qoltanba::Result<Vec<Report>> {
///     documents.iter().map(|d| verifier.verify(d, &Question::at(now))).collect()
/// };
/// let mut session = fetcher.begin(verifier, now);
/// let mut reports = judge(verifier)?;
/// for _ in 0..4 {
///     if !session.get(&reports.iter().collect::<Vec<_>>()) {
///         break;
///     }
///     reports = judge(&session.verifier())?;
/// }
/// # Ok(reports)
/// # }
/// ```
pub struct Session<'a> {
    run: Run<'a>,
}

impl<'a> Session<'a> {
    pub(super) const fn new(run: Run<'a>) -> Self {
        Self { run }
    }

    /// Gets what these reports lack; whether anything new came. The limits on requests and time
    /// hold for each call. About more than a handful of certificates lists are asked for first,
    /// since one tells of all, and responders only where no list came.
    pub fn get(&mut self, reports: &[&Report]) -> bool {
        self.run.gather_all(reports)
    }

    /// Gets the certificates of an authority from an address that the operator names.
    pub fn authority(&mut self, address: &str) -> Vec<Certificate> {
        self.run.authority(address)
    }

    /// A verifier that has what was had so far.
    #[must_use]
    pub fn verifier(&self) -> Verifier {
        self.run.supplied()
    }

    /// What was used and where it came from.
    #[must_use]
    pub fn sources(&self) -> &[Source] {
        &self.run.sources
    }

    /// What could not be had, and why.
    #[must_use]
    pub fn notes(&self) -> &[Note] {
        &self.run.notes
    }
}
