//! The frame of every page, and the pieces that pages share.

use maud::{DOCTYPE, Markup, html};
use qoltanba::{
    Instant, Lang, numbers::Iin, paper::document::LocalTime, text::visible, verdict::Standing,
};

use super::{LANGUAGES, assets, words};
use crate::{
    lang::tag,
    problem::{Code, Problem},
    told,
};

/// A whole page that another language has not: what is chosen there is the start.
pub(super) fn page(lang: Lang, title: &str, main: &Markup) -> Markup {
    page_at(start, lang, title, main)
}

/// A whole page that stands at an address for each language.
pub(super) fn page_at(
    address: impl Fn(Lang) -> String,
    lang: Lang,
    title: &str,
    main: &Markup,
) -> Markup {
    let home = start(lang);
    html! {
        (DOCTYPE)
        html lang=(tag(lang)) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " — Qoltanba" }
                link rel="stylesheet" href=(assets::STYLE.path);
                link rel="icon" type="image/svg+xml" href=(assets::ICON.path);
                link rel="canonical" href=(address(lang));
                @for other in LANGUAGES {
                    link rel="alternate" hreflang=(tag(other)) href=(address(other));
                }
                script src=(assets::SCRIPT.path) defer {}
            }
            body {
                a.skip href="#main" { (words::SKIP.pick(lang)) }
                header.bar {
                    div {
                        a.brand href=(home) { "Qoltanba · " (words::NAME.pick(lang)) }
                        nav aria-label=(words::LANGUAGES.pick(lang)) { (languages(address, lang)) }
                    }
                }
                main #main tabindex="-1" { (main) }
                footer {
                    div {
                        p { (words::NOT_KEPT.pick(lang)) }
                        p { a href="/api/v1/docs" hreflang="en" { (words::FOR_PROGRAMS.pick(lang)) } }
                    }
                }
            }
        }
    }
}

fn start(lang: Lang) -> String {
    format!("/{}/", tag(lang))
}

fn languages(address: impl Fn(Lang) -> String, lang: Lang) -> Markup {
    let name = |one| match one {
        Lang::Kk => "Қазақша",
        Lang::Ru => "Русский",
        Lang::En => "English",
    };
    html! {
        ul.languages {
            @for one in LANGUAGES {
                li {
                    a href=(address(one)) lang=(tag(one)) hreflang=(tag(one))
                        aria-current=[(one == lang).then_some("true")] { (name(one)) }
                }
            }
        }
    }
}

/// Why nothing was checked, or what is not there.
pub(super) fn problem(problem: &Problem, lang: Lang, request: &str) -> Markup {
    let detail = match problem.code {
        // What the API says of it names a field of its form.
        Code::TooManyFiles => words::TOO_MANY.pick(lang).to_owned(),
        _ => problem.detail_text(lang),
    };
    let (title, next) = match problem.code {
        Code::NotFound | Code::MethodNotAllowed => (words::NO_PAGE, words::NO_PAGE_NEXT),
        Code::UnknownProtocol => (words::NO_PROTOCOL, words::NO_PROTOCOL_NEXT),
        _ => (words::PROBLEM, words::PROBLEM_NEXT),
    };
    let title = title.pick(lang);
    let main = html! {
        section.verdict.could_not_check aria-labelledby="verdict" {
            (icon(Standing::CouldNotCheck))
            div {
                h1 #verdict { (title) }
                p.lead { (sentence(&detail)) }
                @match when(problem, lang) {
                    Some(when) => (when),
                    None => p { (next.pick(lang)) },
                }
                p.soft { (words::CODE.pick(lang)) ": " code { (problem.code.name()) } }
                @if problem.code.status().is_server_error() {
                    p.soft { (words::REQUEST.pick(lang)) ": " code { (request) } }
                }
            }
        }
        p { a.button href=(start(lang)) { (words::BACK.pick(lang)) } }
    };
    page(lang, title, &main)
}

/// When to come again, if it is known.
pub(super) fn when(problem: &Problem, lang: Lang) -> Option<Markup> {
    let wait = duration(problem.retry_seconds()?, lang);
    Some(html! { p { (words::COME_AGAIN.pick(lang)) " " strong { (wait) } "." } })
}

/// No shorter than it is: hours and minutes, or minutes and seconds.
fn duration(seconds: u64, lang: Lang) -> String {
    const HOUR: u64 = 3600;
    let (pieces, units) = match seconds {
        HOUR.. => {
            let minutes = seconds.div_ceil(60);
            ([minutes / 60, minutes % 60], [words::HOURS, words::MINUTES])
        }
        _ => ([seconds / 60, seconds % 60], [words::MINUTES, words::SECONDS]),
    };
    let pieces = pieces.into_iter().zip(units).filter(|(piece, _)| *piece > 0);
    let pieces: Vec<_> =
        pieces.map(|(piece, unit)| format!("{piece}\u{a0}{}", unit.pick(lang))).collect();
    pieces.join(" ")
}

/// The sign of a state: each has a shape of its own, so that its colour need not be seen.
pub(super) fn icon(standing: Standing) -> Markup {
    let (outline, sign) = match standing {
        Standing::Good => ("M24 3a21 21 0 1 1 0 42a21 21 0 1 1 0-42z", "M14 25l7 7 13-15"),
        Standing::GoodWithRemarks => ("M24 3L45 24L24 45L3 24z", "M15.5 25l6 6L32.5 18"),
        Standing::CouldNotCheck => {
            ("M6 6h36v36H6z", "M18 18.5a6 6 0 1 1 8.6 5.4c-1.7.9-2.6 2-2.6 4.1M24 34.4v.2")
        }
        Standing::NotGood => {
            ("M15.5 3h17L45 15.5v17L32.5 45h-17L3 32.5v-17z", "M16.5 16.5l15 15M31.5 16.5l-15 15")
        }
    };
    html! {
        svg viewBox="0 0 48 48" aria-hidden="true" focusable="false" fill="none"
            stroke="currentColor" stroke-width="3.6" stroke-linecap="round" stroke-linejoin="round" {
            path d=(outline) stroke-width="2.6" {}
            path d=(sign) {}
        }
    }
}

/// A list of names and values.
pub(super) fn facts(rows: &[(&str, Markup)]) -> Markup {
    html! {
        dl.facts {
            @for (name, value) in rows { div { dt { (name) } dd { (value) } } }
        }
    }
}

/// A moment on the country's clocks.
pub(super) fn moment(at: Instant, lang: Lang) -> Markup {
    html! {
        time datetime=(at) { (LocalTime(at)) } " " (told::ASTANA.pick(lang))
    }
}

/// Foreign text in one line, with nothing in it that would deceive a reader, and of numbers of
/// persons the end alone.
pub(super) fn foreign(text: &str) -> Markup {
    html! { bdi { (masked(&visible(text))) } }
}

/// A text as a sentence: a great letter at its beginning, a full stop at its end.
pub(super) fn sentence(text: &str) -> String {
    let text = masked(text);
    let mut chars = text.chars();
    let mut out: String = chars.next().into_iter().flat_map(char::to_uppercase).collect();
    out.push_str(chars.as_str());
    if !out.ends_with(['.', '!', '?', ':']) {
        out.push('.');
    }
    out
}

/// A text of the report for everyone. What follows its colon is left to the details where it is a
/// name out of a certificate, and so is an option of the command.
pub(super) fn plain(text: &str) -> String {
    let short = match text.split_once(": ") {
        Some((lead, rest)) if ["=", "--"].iter().any(|mark| rest.contains(mark)) => lead,
        _ => text,
    };
    sentence(short.split(" (--").next().unwrap_or_default())
}

/// A name out of a certificate has the number of a person behind `IIN`.
fn masked(text: &str) -> String {
    const MARK: &str = "IIN";
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find(MARK) {
        let (before, after) = rest.split_at(at + MARK.len());
        out.push_str(before);
        rest = after;
        if let Some(iin) = after.get(..12).and_then(|digits| digits.parse::<Iin>().ok()) {
            out.push_str(&iin.masked().to_string());
            rest = after.get(12..).unwrap_or_default();
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_persons_are_masked_wherever_a_report_has_them() {
        let name = "CN=Ә, SERIALNUMBER=IIN920101100008, OU=BIN450140000005";
        assert_eq!(masked(name), "CN=Ә, SERIALNUMBER=IIN••••••••0008, OU=BIN450140000005");
        assert_eq!(masked("IINIIN920101100008IIN9"), "IINIIN••••••••0008IIN9");
        assert_eq!(masked("IIN92010110000ә"), "IIN92010110000ә");
    }

    #[test]
    fn a_time_to_wait_is_told_in_hours_minutes_and_seconds() {
        let told = |seconds| duration(seconds, Lang::Ru).replace('\u{a0}', " ");
        assert_eq!(told(2), "2 сек");
        assert_eq!(told(60), "1 мин");
        assert_eq!(told(95), "1 мин 35 сек");
        assert_eq!(told(3600), "1 ч");
        assert_eq!(told(17_280), "4 ч 48 мин");
        assert_eq!(told(17_281), "4 ч 49 мин");
    }

    #[test]
    fn everyone_is_spared_what_experts_want() {
        assert_eq!(
            plain("the list (CRL) is wanted (--crl): CN=A, C=KZ"),
            "The list (CRL) is wanted."
        );
        assert_eq!(plain("part 3 of 5 barcodes is missing"), "Part 3 of 5 barcodes is missing.");
        assert_eq!(plain("revoked: 2026-11-20"), "Revoked: 2026-11-20.");
    }
}
