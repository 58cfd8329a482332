//! Paper: documents of public services, barcode sets out of a signed document, and the way back
//! from them (cargo feature `paper`).
//!
//! A [`form`] makes an [output document](document) of what a provider gives, under dated
//! [`law`]; its XML is what is signed.
//!
//! What was read from paper goes into verification like any file and earns nothing from having
//! been printed: [`Verifier::verify_barcodes`](crate::Verifier::verify_barcodes) puts the parts
//! together and judges the signatures of what they carry.
//!
//! | form | parts | archive | document |
//! |---|---|---|---|
//! | e-government | `BarcodeElement` in XML, base64 of each part decoded on its own | ZIP, entry `one` | signed XML or CMS |
//! | card of an electronic document | JSON, base64 joined before it is decoded | ZIP, entry `<signId>.cms` | detached CMS |

mod archive;
mod attached;
mod compare;
pub mod document;
pub mod form;
mod issue;
pub mod law;
mod page;
mod part;
pub mod pdf;
pub mod picture;
mod raster;
mod scanned;
mod set;
mod symbol;
mod template;
mod verdict;
mod write;

pub use issue::{DocumentSigner, RefusalData, SignedDocument, SignerFault};
pub use page::{PageLanguage, Printed, Renderer};
pub use part::{Barcode, BarcodePart};
pub use raster::Raster;
pub use scanned::ScannedPages;
pub use set::{BarcodeScan, BarcodeSet, PartSet};
pub use symbol::{Code128, QrLevel, QrSymbol};
