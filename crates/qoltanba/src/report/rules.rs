//! The rules of a preset with their outcomes: a pure function of the checks that were made.

use super::{
    CertificateReport, Check, CheckId, Outcome, Remark, Report, SignatureReport, Subjects,
};
use crate::{
    policy::{Level, Preset, Rule, RuleId},
    revocation::Told,
    trust::TrustAnchor,
    verdict::{Reason, Verdict},
};

/// A rule with its outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct RuleResult {
    /// The rule.
    pub rule: &'static Rule,
    /// How it came out.
    pub outcome: RuleOutcome,
}

/// How a rule came out.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum RuleOutcome {
    /// It is kept.
    Passed,
    /// It is broken, or could not be established, as the reason's verdict tells.
    Problem(Reason),
    /// It is not kept, which changes no verdict.
    Remark(Remark),
    /// It was not checked, because what it needs is missing.
    NotDone,
    /// It does not apply here.
    NotApplicable(NotApplicable),
}

/// Why a rule does not apply.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum NotApplicable {
    /// The preset does not ask.
    NotAsked,
    /// A certificate on its own has no signature of a document.
    NoDocument,
    /// There is no time stamp.
    NoTimeStamp,
    /// The status was not told by a revocation list.
    NoList,
    /// The status was not told by an OCSP answer.
    NoAnswer,
    /// The rule is about messages; an XML signature of the national profile names its certificate
    /// in KeyInfo.
    OtherFormat,
    /// The rule is about signing.
    SigningOnly,
    /// The caller decided whom to believe.
    AnchorGiven,
}

impl NotApplicable {
    /// The word in reports.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::NotAsked => "not_asked",
            Self::NoDocument => "no_document",
            Self::NoTimeStamp => "no_time_stamp",
            Self::NoList => "no_list",
            Self::NoAnswer => "no_answer",
            Self::OtherFormat => "other_format",
            Self::SigningOnly => "signing_only",
            Self::AnchorGiven => "anchor_given",
        }
    }
}

impl RuleOutcome {
    /// The word in reports.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Passed => Verdict::Passed.code(),
            Self::Problem(reason) => reason.verdict().code(),
            Self::Remark(_) => "remark",
            Self::NotDone => "not_done",
            Self::NotApplicable(_) => "not_applicable",
        }
    }
}

/// What the national rules say where the verdict is indeterminate: they call it negative.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Law {
    /// The preset whose text says so.
    pub preset: Preset,
    /// The rule that is not kept.
    pub rule: &'static Rule,
    /// The clause.
    pub clause: &'static str,
    /// The reason behind it.
    pub reason: Reason,
}

/// What rules are judged by.
struct Facts<'a> {
    preset: Preset,
    checks: &'a [Check],
    remarks: &'a [Remark],
    document: bool,
    /// Of what passed: the anchor behind it, and which evidence cleared its path.
    proved: Option<(&'a TrustAnchor, Told)>,
}

impl SignatureReport {
    /// The thirteen rules of the preset with their outcomes.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleResult> {
        self.facts().rules()
    }

    /// What the national rules call negative here, where the verdict is indeterminate.
    #[must_use]
    pub fn law(&self) -> Option<Law> {
        self.facts().law(self.conclusion.verdict())
    }

    fn facts(&self) -> Facts<'_> {
        let accepted = self.conclusion.accepted();
        let proved = accepted.map(|a| (a.path().anchor(), a.not_revoked.told()));
        let (checks, remarks) = (&*self.checks, &*self.remarks);
        Facts { preset: self.preset, checks, remarks, document: true, proved }
    }
}

impl CertificateReport {
    /// The thirteen rules of the preset with their outcomes.
    #[must_use]
    pub fn rules(&self) -> Vec<RuleResult> {
        self.facts().rules()
    }

    /// What the national rules call negative here, where the verdict is indeterminate.
    #[must_use]
    pub fn law(&self) -> Option<Law> {
        self.facts().law(self.conclusion.verdict())
    }

    fn facts(&self) -> Facts<'_> {
        let accepted = self.conclusion.accepted();
        let proved = accepted.map(|a| (a.path().anchor(), a.not_revoked.told()));
        let (checks, remarks) = (&*self.checks, &*self.remarks);
        Facts { preset: self.preset, checks, remarks, document: false, proved }
    }
}

impl Report {
    /// What the national rules call negative, where the verdict on the file is indeterminate.
    #[must_use]
    pub fn law(&self) -> Option<Law> {
        if self.verdict() != Verdict::Indeterminate {
            return None;
        }
        match &self.subjects {
            Subjects::Signatures(all) => all.iter().find_map(SignatureReport::law),
            Subjects::Certificate(one) => one.law(),
            Subjects::Evidence(_) => None,
        }
    }
}

impl Facts<'_> {
    fn rules(&self) -> Vec<RuleResult> {
        let rules = self.preset.rules().iter();
        rules.map(|rule| RuleResult { rule, outcome: self.outcome(rule) }).collect()
    }

    fn outcome(&self, rule: &Rule) -> RuleOutcome {
        use CheckId as C;
        use NotApplicable as Not;
        use RuleOutcome::NotApplicable as Without;
        match rule.id {
            RuleId::OwnKey => Without(Not::SigningOnly),
            _ if rule.level == Level::NotAsked => Without(Not::NotAsked),
            RuleId::Signature | RuleId::SigningCertificateV2 if !self.document => {
                Without(Not::NoDocument)
            }
            RuleId::SignerCertificate if !self.document => RuleOutcome::Passed,
            RuleId::SignerCertificate => self.of(&[C::SigningCertificate]),
            RuleId::Signature => self.of(&[C::Format, C::Content, C::Signature, C::Coverage]),
            // Without a time stamp the moment is the one that the caller gives (p.14).
            RuleId::Moment => self.problem(&[C::TimeStamp]).unwrap_or(RuleOutcome::Passed),
            RuleId::Validity => self.of(&[C::Validity]),
            RuleId::Revocation => self.of(&[C::Revocation]),
            RuleId::Path => self.of(&[C::Path]),
            RuleId::Purpose => self.of(&[C::Purpose]),
            RuleId::TimeStamp if !self.has(C::TimeStamp) => Without(Not::NoTimeStamp),
            RuleId::TimeStamp => self.of(&[C::TimeStamp]),
            RuleId::RevocationList => self.evidence("crl_", |told| told.by_lists, Not::NoList),
            RuleId::OcspResponse => self.evidence("ocsp_", |told| told.by_answers, Not::NoAnswer),
            RuleId::SigningCertificateV2 => self.binding(),
            RuleId::Accreditation => match self.proved.map(|(anchor, _)| anchor) {
                Some(anchor) if anchor.is_national() => RuleOutcome::Passed,
                Some(_) => Without(Not::AnchorGiven),
                None => RuleOutcome::NotDone,
            },
        }
    }

    fn has(&self, id: CheckId) -> bool {
        self.checks.iter().any(|check| check.id == id)
    }

    fn problem(&self, ids: &[CheckId]) -> Option<RuleOutcome> {
        let about = self.checks.iter().filter(|check| ids.contains(&check.id));
        let reasons = about.filter_map(Check::reason);
        let worst = reasons.reduce(|a, b| if b.verdict() > a.verdict() { b } else { a });
        worst.map(|reason| RuleOutcome::Problem(reason.clone()))
    }

    fn of(&self, ids: &[CheckId]) -> RuleOutcome {
        if let Some(problem) = self.problem(ids) {
            return problem;
        }
        let mut about = self.checks.iter().filter(|check| ids.contains(&check.id)).peekable();
        let made = about.peek().is_some() && about.all(|check| check.outcome == Outcome::Passed);
        if made { RuleOutcome::Passed } else { RuleOutcome::NotDone }
    }

    /// A kind of evidence on revocation: what is wrong with it has reasons of its own.
    fn unsound(&self, prefix: &str) -> Option<RuleOutcome> {
        let about = self.checks.iter().filter(|check| check.id == CheckId::Revocation);
        let found = about.filter_map(Check::reason).find(|r| r.code().starts_with(prefix));
        found.map(|reason| RuleOutcome::Problem(reason.clone()))
    }

    /// One kind of evidence. What a proof rests on is known; of what has none only the faults are.
    fn evidence(
        &self,
        prefix: &str,
        cleared: fn(Told) -> usize,
        without: NotApplicable,
    ) -> RuleOutcome {
        match (self.unsound(prefix), self.proved.map(|(_, told)| cleared(told))) {
            (Some(problem), _) => problem,
            (None, None) => RuleOutcome::NotDone,
            (None, Some(0)) => RuleOutcome::NotApplicable(without),
            (None, Some(_)) => RuleOutcome::Passed,
        }
    }

    fn binding(&self) -> RuleOutcome {
        let remarked = |wanted: &Remark| self.remarks.contains(wanted);
        match self.of(&[CheckId::SigningCertificateBinding]) {
            RuleOutcome::Passed if remarked(&Remark::WeakSigningCertificate) => {
                RuleOutcome::Remark(Remark::WeakSigningCertificate)
            }
            RuleOutcome::NotDone => {
                let absent = [Remark::NoSigningCertificate, Remark::NoSignedAttributes];
                match absent.into_iter().find(remarked) {
                    Some(remark) => RuleOutcome::Remark(remark),
                    None if self.has(CheckId::SigningCertificateBinding) => {
                        RuleOutcome::NotApplicable(NotApplicable::OtherFormat)
                    }
                    None => RuleOutcome::NotDone,
                }
            }
            other => other,
        }
    }

    fn law(&self, verdict: Verdict) -> Option<Law> {
        if verdict != Verdict::Indeterminate {
            return None;
        }
        let reasons = || self.checks.iter().filter_map(Check::reason);
        self.preset.rules().iter().find_map(|rule| {
            rule.negative.iter().find_map(|(code, clause)| {
                let reason = reasons().find(|reason| reason.code() == *code)?.clone();
                Some(Law { preset: self.preset, rule, clause, reason })
            })
        })
    }
}
