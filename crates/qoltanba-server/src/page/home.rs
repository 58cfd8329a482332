//! The start: three ways to check a document.

use maud::{Markup, html};
use qoltanba::Lang;

use super::{layout, words};
use crate::lang::tag;

/// What is chosen as a page: pictures, PDF, texts of barcodes.
const PAGES: &str = "image/png,image/jpeg,image/tiff,image/webp,application/pdf,.json,.txt";

pub(super) fn page(lang: Lang, limit: u64, makes_protocols: bool) -> Markup {
    let with_protocol = |id: &str| {
        html! {
            @if makes_protocols {
                p.choice {
                    input id=(id) type="checkbox" name="protocol" value="true";
                    label for=(id) { (words::WITH_PROTOCOL.pick(lang)) }
                }
            }
        }
    };
    let main = html! {
        h1 { (words::TITLE.pick(lang)) }
        p.lead { (words::LEAD.pick(lang)) }
        (by_file(lang, limit, &with_protocol("file-protocol")))
        (by_photo(lang, limit, &with_protocol("photo-protocol")))
        (by_number(lang))
    };
    layout::page(lang, words::TITLE.pick(lang), &main)
}

fn by_file(lang: Lang, limit: u64, protocol: &Markup) -> Markup {
    html! {
        section.card aria-labelledby="by-file" data-drop="file" {
            h2 #by-file { (words::BY_FILE.pick(lang)) }
            p #file-hint { (words::BY_FILE_HINT.pick(lang)) }
            (form_of_files(lang, limit, &html! {
                label for="file" { (words::FILE.pick(lang)) }
                input #file type="file" name="file" multiple required
                    aria-describedby="file-hint file-limit";
                p.soft data-drop-hint hidden { (words::DROP.pick(lang)) }
                (up_to("file-limit", lang, limit))
                details {
                    summary { (words::APART.pick(lang)) }
                    label for="data" { (words::DATA.pick(lang)) }
                    input #data type="file" name="data";
                }
                (protocol)
            }))
        }
    }
}

fn by_photo(lang: Lang, limit: u64, protocol: &Markup) -> Markup {
    html! {
        section.card aria-labelledby="by-photo" data-drop="photos" {
            h2 #by-photo { (words::BY_PHOTO.pick(lang)) }
            p #photo-hint { (words::BY_PHOTO_HINT.pick(lang)) }
            (form_of_files(lang, limit, &html! {
                input type="hidden" name="scan" value="true";
                label for="photos" { (words::PHOTOS.pick(lang)) }
                input #photos type="file" name="file" multiple accept=(PAGES)
                    aria-describedby="photo-hint photo-limit";
                label for="camera" { (words::CAMERA.pick(lang)) }
                input #camera type="file" name="file" accept="image/*" capture="environment"
                    aria-describedby="photo-hint";
                (up_to("photo-limit", lang, limit))
                (protocol)
                (live(lang))
            }))
        }
    }
}

fn by_number(lang: Lang) -> Markup {
    html! {
        section.card aria-labelledby="by-number" {
            h2 #by-number { (words::BY_NUMBER.pick(lang)) }
            p #number-hint { (words::BY_NUMBER_HINT.pick(lang)) }
            form method="post" action={ "/" (tag(lang)) "/number" } enctype="multipart/form-data" {
                label for="number" { (words::NUMBER.pick(lang)) }
                input #number type="text" name="number" required inputmode="numeric"
                    autocomplete="off" maxlength="24" aria-describedby="number-hint";
                label for="recipient" { (words::RECIPIENT.pick(lang)) }
                input #recipient type="text" name="recipient" required inputmode="numeric"
                    autocomplete="off" maxlength="20";
                button type="submit" { (words::CHECK.pick(lang)) }
            }
        }
    }
}

fn form_of_files(lang: Lang, limit: u64, fields: &Markup) -> Markup {
    let large = format!("{} {}", words::TOO_LARGE.pick(lang), megabytes(limit, lang));
    html! {
        form method="post" action={ "/" (tag(lang)) "/check" } enctype="multipart/form-data"
            data-max=(limit) data-wait=(words::CHECKING.pick(lang)) data-large=(large) {
            (fields)
            button type="submit" { (words::CHECK.pick(lang)) }
            progress hidden aria-label=(words::CHECKING.pick(lang)) {}
            p.status role="status" {}
        }
    }
}

fn up_to(id: &str, lang: Lang, limit: u64) -> Markup {
    html! { p.soft id=(id) { (words::UP_TO.pick(lang)) " " (megabytes(limit, lang)) } }
}

fn megabytes(limit: u64, lang: Lang) -> String {
    format!("{}\u{a0}{}", (limit >> 20).max(1), words::MEGABYTES.pick(lang))
}

/// The camera, which needs a script and a browser that knows barcodes; else it says so.
fn live(lang: Lang) -> Markup {
    html! {
        div data-live hidden {
            button.second type="button" data-live-start hidden { (words::LIVE.pick(lang)) }
            video data-live-video muted playsinline hidden {}
            p.status data-live-seen data-text=(words::LIVE_SEEN.pick(lang)) role="status" hidden {}
            button type="button" data-live-done hidden { (words::LIVE_DONE.pick(lang)) }
            button.second type="button" data-live-stop hidden { (words::LIVE_STOP.pick(lang)) }
            p.soft data-live-unable hidden { (words::NO_LIVE.pick(lang)) }
            p data-live-denied role="alert" hidden { (words::LIVE_DENIED.pick(lang)) }
        }
    }
}
