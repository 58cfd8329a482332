//! XML documents: one strict parser, one tree, and their canonical octets.
//!
//! A [`Document`] is read once from its exact bytes and answers every later question: what an
//! element is called, what it says, where it stands in the source, and which octets it has under
//! each method of canonicalisation. Nothing is ever written out and parsed again. There is no
//! DTD, no entity beyond the five of XML, and no recursion: depth costs memory, never stack.
//!
//! ```
//! use qoltanba::xmldsig::{
//!     Document, Method, PrefixList, Selection, Subtree, XmlLimits, canonicalize,
//! };
//!
//! let source = b"<?xml version='1.0'?>\n<a  b='1'  xmlns='urn:x'><c/></a>";
//! let document = Document::parse(source, &XmlLimits::default())?;
//! assert!(document.is_element(document.root(), "urn:x", "a"));
//! assert_eq!(document.attribute(document.root(), "", "b"), Some("1"));
//!
//! let whole = Subtree::document();
//! let octets = canonicalize(
//!     &document,
//!     &Selection::Subtree(&whole),
//!     Method::Inclusive10,
//!     &PrefixList::none(),
//! )?;
//! assert_eq!(octets, br#"<a xmlns="urn:x" b="1"><c></c></a>"#);
//! # Ok::<(), qoltanba::Error>(())
//! ```
//!
//! That a document parses says nothing about who wrote it: every name and value in the tree is a
//! claim until a signature is shown to cover it.

mod c14n;
mod chars;
mod check;
mod decode;
mod limits;
mod parse;
mod place;
mod reference;
mod signature;
mod tree;
mod value;
mod xades;

pub use c14n::{Item, Method, PrefixList, Selection, Subtree, canonicalize, canonicalize_to};
pub(crate) use check::{Checked, Envelope};
pub use decode::Encoding;
pub use limits::XmlLimits;
pub(crate) use reference::ENVELOPED;
pub(crate) use signature::{DS, Signature};
pub use tree::{Attribute, Document, Name, Namespace, NodeId, NodeKind};
pub(crate) use xades::{SignedProperties, XADES, qualifying_properties, validation_values};
