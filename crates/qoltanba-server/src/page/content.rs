//! What was signed, as it was signed: the values of a document by their names, a text, or the
//! digest of what is neither. All of it is foreign text.

use maud::{Markup, html};
use qoltanba::{
    Lang,
    paper::document::{Bilingual, Block, Language, OutputDocument, Table, Value},
};

use super::{
    layout::{facts, foreign},
    words,
};
use crate::{
    content::{Shown, Signed},
    verify::hex,
};

pub(super) fn section(content: &[Signed], lang: Lang) -> Markup {
    if content.is_empty() {
        return html! {};
    }
    html! {
        section.card.content aria-labelledby="content" {
            h2 #content { (words::CONTENT.pick(lang)) }
            p.soft { (words::CONTENT_HINT.pick(lang)) }
            @for one in content { (piece(one, lang)) }
        }
    }
}

fn piece(one: &Signed, lang: Lang) -> Markup {
    html! {
        @match &one.shown {
            Shown::Document(document) => (shown(document, lang)),
            Shown::Text(text, is_cut) => {
                pre tabindex="0" role="region" aria-labelledby="content" { (lines(text)) }
                @if *is_cut { p { (words::CUT.pick(lang)) } }
            },
            Shown::Octets => p { (words::NO_TEXT.pick(lang)) },
        }
        (facts(&[
            ("SHA-256", html! { code { (hex(&one.sha256)) } }),
            (words::BYTES.pick(lang), html! { (one.bytes) }),
        ]))
    }
}

/// Lines and columns stay; what would deceive a reader does not.
fn lines(text: &str) -> String {
    let line = |line: &str| {
        let columns: Vec<String> =
            line.trim_end_matches('\r').split('\t').map(qoltanba::text::visible).collect();
        columns.join("\t")
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

/// Documents are in Kazakh and Russian.
const fn language(lang: Lang) -> Language {
    match lang {
        Lang::Kk => Language::Kk,
        _ => Language::Ru,
    }
}

fn shown(document: &OutputDocument, lang: Lang) -> Markup {
    let of = language(lang);
    let tag = match of {
        Language::Kk => "kk",
        Language::Ru => "ru",
    };
    let said = |words: &Bilingual| foreign(words.get(of));
    let mut head = vec![
        (words::DOCUMENT_NUMBER.pick(lang), html! { span.digits { (document.number.as_str()) } }),
        (words::ISSUED.pick(lang), html! { (document.issued) }),
        (
            words::ISSUER.pick(lang),
            html! {
                (said(&document.issuer.name)) div { (words::BIN.pick(lang)) " " span.digits { (document.issuer.bin) } }
            },
        ),
    ];
    if let Some(recipient) = &document.recipient {
        head.push((words::ISSUED_TO.pick(lang), html! {
            (foreign(&recipient.name))
            // The number of a person stands in the file, and need not stand on a screen.
            @if let Some(iin) = recipient.iin { div { (words::IIN.pick(lang)) " " span.digits { (iin.masked()) } } }
            @if let Some(bin) = recipient.bin { div { (words::BIN.pick(lang)) " " span.digits { (bin) } } }
        }));
    }
    let signatories = document.signatories.iter().map(|one| {
        let value = html! { (foreign(&one.name)) div { (said(&one.position)) } };
        (words::SIGNATORY.pick(lang), value)
    });
    let legal =
        document.legal_basis.iter().map(|one| (words::LEGAL.pick(lang), said(&one.sentence)));
    let foot: Vec<_> = signatories.chain(legal).collect();
    html! {
        // Who uses a keyboard must be able to scroll it.
        div.sheet tabindex="0" role="region" aria-labelledby="content" {
            h3 lang=(tag) { (said(&document.title)) }
            (facts(&head))
            div lang=(tag) { @for block in &document.blocks { (shown_block(block, of)) } }
            (facts(&foot))
        }
    }
}

fn shown_block(block: &Block, of: Language) -> Markup {
    let said = |words: &Bilingual| foreign(words.get(of));
    let fields = |all: &[qoltanba::paper::document::Field]| {
        let rows: Vec<(&str, Markup)> =
            all.iter().map(|field| (field.label.get(of), value(&field.value, of))).collect();
        facts(&rows)
    };
    match block {
        Block::Heading(words) => html! { h4 { (said(words)) } },
        Block::Paragraph(words) => html! { p { (said(words)) } },
        Block::Fields(all) => fields(all),
        Block::Prominent(field) => fields(std::slice::from_ref(field)),
        Block::List(list) => html! {
            p { (said(&list.label)) }
            ol { @for item in &list.items { li { (value(item, of)) } } }
        },
        Block::Table(table) => shown_table(table, of),
        _ => html! {},
    }
}

fn shown_table(table: &Table, of: Language) -> Markup {
    html! {
        div.scroll tabindex="0" role="group" {
            table {
                @if let Some(caption) = &table.caption { caption { (foreign(caption.get(of))) } }
                thead {
                    tr { @for column in &table.columns { th scope="col" { (foreign(column.label.get(of))) } } }
                }
                tbody {
                    @for row in &table.rows { tr { @for cell in row { td { (value(cell, of)) } } } }
                }
            }
        }
    }
}

fn value(value: &Value, of: Language) -> Markup {
    match value {
        Value::Iin(iin) => html! { span.digits { (iin.masked()) } },
        other => foreign(&other.show(of)),
    }
}
