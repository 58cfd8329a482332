//! The form of a document that has a time stamp, and the evidence that it carries.

use std::sync::{Mutex, PoisonError};

use qoltanba::{
    Lang, Question, Verdict,
    sign::{ValidationData, add_validation_data},
};
use qoltanba_fetch::{Proxy, Session};

use crate::{clock::now, commands::stamp::stamped, exit::Result, network, output::Pick as _};

/// Who stamps, and who is asked about the signer and the authority.
pub(super) struct Stamping<'a> {
    pub(super) addresses: &'a [String],
    pub(super) proxy: Option<&'a Proxy>,
    /// What was had is used for the documents that follow, as long as it suffices.
    known: Mutex<Known<'a>>,
}

struct Known<'a> {
    session: Session<'a>,
    last: Option<ValidationData>,
}

impl<'a> Stamping<'a> {
    pub(super) fn new(
        addresses: &'a [String],
        proxy: Option<&'a Proxy>,
        session: Session<'a>,
    ) -> Self {
        let known = Known { session, last: None };
        Self { addresses, proxy, known: Mutex::new(known) }
    }

    /// The stamped form, with evidence where it can be had: what does not pass today would not
    /// pass in a year. Without evidence the form is still true, and it is said why there is none.
    pub(super) fn stamp(&self, signed: &[u8], lang: Lang) -> Result<(Vec<u8>, Option<String>)> {
        let stamped = stamped(signed, 0, self.addresses, self.proxy, lang)?;
        let mut known = self.known.lock().unwrap_or_else(PoisonError::into_inner);
        let filled = known.evidence(&stamped);
        match filled.and_then(|data| add_validation_data(&stamped, 0, &data)) {
            Ok(filled) => Ok((filled, None)),
            Err(error) => {
                let what = lang.pick(
                    "уақыт белгісімен бірге дәлелдер қосылмады: сертификат мерзімі біткен соң олар бөлек керек болады",
                    "к метке времени не приложены свидетельства: когда сертификат истечёт, они понадобятся отдельно",
                    "no evidence goes with the time stamp: when the certificate has expired it will be needed apart",
                );
                Ok((stamped, Some(format!("{what}: {}", error.text(lang)))))
            }
        }
    }
}

impl Known<'_> {
    fn evidence(&mut self, stamped: &[u8]) -> qoltanba::Result<ValidationData> {
        let question = Question::at(now());
        if let Some(last) = &self.last
            && last.suffices(&self.session.verifier(), stamped, &question)?
        {
            return Ok(last.clone());
        }
        for _ in 0..network::ROUNDS {
            let report = self.session.verifier().verify(stamped, &question)?;
            if report.verdict() == Verdict::Passed || !self.session.get(&[&report]) {
                break;
            }
        }
        let data = ValidationData::of(&self.session.verifier(), stamped, &question)?;
        self.last = Some(data.clone());
        Ok(data)
    }
}
