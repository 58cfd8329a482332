//! PDF files written by hand, object by object.

use base64::{Engine as _, engine::general_purpose::STANDARD as BASE64};
use qoltanba::paper::{QrLevel, QrSymbol};

/// A file in the making. Object 1 is the catalogue, 2 the page tree.
pub(crate) struct Pdf {
    objects: Vec<Vec<u8>>,
    pages: Vec<usize>,
    attachments: Vec<(String, usize)>,
    catalogue: String,
}

impl Pdf {
    pub(crate) fn new() -> Self {
        Self {
            objects: vec![Vec::new(); 2],
            pages: Vec::new(),
            attachments: Vec::new(),
            catalogue: String::new(),
        }
    }

    /// The number that the next object gets.
    pub(crate) fn objects_next(&self) -> usize {
        self.objects.len() + 1
    }

    /// Adds an object and gives its number.
    pub(crate) fn object(&mut self, text: impl AsRef<[u8]>) -> usize {
        self.objects.push(text.as_ref().to_vec());
        self.objects.len()
    }

    pub(crate) fn stream(&mut self, dict: &str, data: &[u8]) -> usize {
        let mut text = format!("<<{dict} /Length {}>>\nstream\n", data.len()).into_bytes();
        text.extend_from_slice(data);
        text.extend_from_slice(b"\nendstream");
        self.object(text)
    }

    pub(crate) fn page(self, content: &str) -> Self {
        self.page_with(content, "")
    }

    pub(crate) fn page_with(mut self, content: &str, more: &str) -> Self {
        let content = self.stream("", content.as_bytes());
        let page = self.object(format!(
            "<</Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents {content} 0 R {more}>>"
        ));
        self.pages.push(page);
        self
    }

    pub(crate) fn catalogue(mut self, more: &str) -> Self {
        self.catalogue.push_str(more);
        self
    }

    pub(crate) fn attach(mut self, name: &str, content: &[u8]) -> Self {
        let stream = self.stream("/Type /EmbeddedFile", content);
        let hex: String = name.encode_utf16().map(|unit| format!("{unit:04x}")).collect();
        let file = self.object(format!(
            "<</Type /Filespec /F (file) /UF <feff{hex}> /EF <</F {stream} 0 R /UF {stream} 0 R>> \
             /AFRelationship /Source>>"
        ));
        self.attachments.push((format!("{:03}", self.attachments.len()), file));
        self
    }

    /// A field of the form with a signature that certifies the document.
    pub(crate) fn signature_field(mut self) -> Self {
        let value = self.object(
            "<</Type /Sig /Filter /Adobe.PPKLite /SubFilter /adbe.pkcs7.detached \
             /ByteRange [0 10 20 30] /Contents <00> /Reference [<</Type /SigRef \
             /TransformMethod /DocMDP /TransformParams <</Type /TransformParams /P 1 /V /1.2>>>>]>>",
        );
        let field = self.object(format!("<</FT /Sig /T <feff049a043e043b> /V {value} 0 R>>"));
        self.catalogue.push_str(&format!("/AcroForm <</Fields [{field} 0 R] /SigFlags 3>>"));
        self
    }

    pub(crate) fn write(mut self) -> Vec<u8> {
        let mut catalogue = format!("<</Type /Catalog /Pages 2 0 R {}", self.catalogue);
        if !self.attachments.is_empty() {
            let mut names = String::new();
            for (name, file) in &self.attachments {
                names.push_str(&format!("({name}) {file} 0 R "));
            }
            catalogue.push_str(&format!("/Names <</EmbeddedFiles <</Names [{names}]>>>>"));
        }
        catalogue.push_str(">>");
        self.objects[0] = catalogue.into_bytes();
        let kids: String = self.pages.iter().map(|page| format!("{page} 0 R ")).collect();
        let count = self.pages.len();
        self.objects[1] = format!("<</Type /Pages /Kids [{kids}] /Count {count}>>").into_bytes();
        let mut out = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n".to_vec();
        let numbered: Vec<(usize, &[u8])> =
            self.objects.iter().enumerate().map(|(i, object)| (i + 1, &object[..])).collect();
        append(&mut out, &numbered, self.objects.len() + 1, None);
        out
    }

    /// Appends a revision that replaces objects (ISO 32000-2 §7.5.6).
    pub(crate) fn update(file: &[u8], objects: &[(usize, &str)]) -> Vec<u8> {
        let text = String::from_utf8_lossy(file);
        let before = text.rsplit_once("startxref\n").unwrap().1.lines().next().unwrap();
        let mut out = file.to_vec();
        let objects: Vec<(usize, &[u8])> =
            objects.iter().map(|(number, object)| (*number, object.as_bytes())).collect();
        append(&mut out, &objects, 10_000, Some(before));
        out
    }
}

fn append(out: &mut Vec<u8>, objects: &[(usize, &[u8])], size: usize, previous: Option<&str>) {
    let mut table = String::new();
    if previous.is_none() {
        table.push_str("0 1\n0000000000 65535 f \n");
    }
    for (number, object) in objects {
        table.push_str(&format!("{number} 1\n{:010} 00000 n \n", out.len()));
        out.extend_from_slice(format!("{number} 0 obj\n").as_bytes());
        out.extend_from_slice(object);
        out.extend_from_slice(b"\nendobj\n");
    }
    let at = out.len();
    let previous = previous.map(|at| format!("/Prev {at}")).unwrap_or_default();
    let trailer = format!(
        "xref\n{table}trailer\n<</Size {size} /Root 1 0 R {previous}>>\nstartxref\n{at}\n%%EOF\n"
    );
    out.extend_from_slice(trailer.as_bytes());
}

/// Codes of 60 mm, six to a page, as rectangles.
pub(crate) fn codes<T: AsRef<str>>(texts: &[T]) -> String {
    let mut content = String::new();
    for (i, text) in texts.iter().enumerate() {
        let symbol = QrSymbol::encode(text.as_ref(), QrLevel::L).unwrap();
        let size = symbol.size();
        let module = 170.0 / size as f64;
        let (left, top) = (60.0 + 250.0 * (i % 2) as f64, 800.0 - 250.0 * (i / 2) as f64);
        for y in 0..size {
            for x in (0..size).filter(|x| symbol.is_dark(*x, y)) {
                let (x, y) = (left + module * x as f64, top - module * (y + 1) as f64);
                content.push_str(&format!("{x:.3} {y:.3} {module:.3} {module:.3} re\n"));
            }
        }
        content.push_str("f\n");
    }
    content
}

/// The codes of one signature of a card.
pub(crate) fn card_texts(id: &str, message: &[u8]) -> Vec<String> {
    let archive = zip(&format!("{id}.cms"), message);
    let text = BASE64.encode(archive);
    let parts: Vec<&str> =
        text.as_bytes().chunks(800).map(|part| std::str::from_utf8(part).unwrap()).collect();
    let total = parts.len();
    parts
        .iter()
        .zip(1..)
        .map(|(data, index)| {
            serde_json::json!({ "signId": id, "total": total, "index": index, "data": data })
                .to_string()
        })
        .collect()
}

/// An archive of one stored entry.
pub(crate) fn zip(name: &str, content: &[u8]) -> Vec<u8> {
    let mut crc = flate2::Crc::new();
    crc.update(content);
    let (crc, length) = (crc.sum().to_le_bytes(), (content.len() as u32).to_le_bytes());
    let name_length = (name.len() as u16).to_le_bytes();
    let common =
        [&[20, 0, 0, 0, 0, 0, 0, 0, 0, 0][..], &crc, &length, &length, &name_length, &[0, 0]]
            .concat();
    let local = [b"PK\x03\x04", &common[..], name.as_bytes(), content].concat();
    let central = [b"PK\x01\x02\x14\x00", &common[..], &[0; 14], name.as_bytes()].concat();
    let end = [
        b"PK\x05\x06\0\0\0\0\x01\0\x01\0",
        &(central.len() as u32).to_le_bytes()[..],
        &(local.len() as u32).to_le_bytes(),
        &[0, 0],
    ]
    .concat();
    [local, central, end].concat()
}
