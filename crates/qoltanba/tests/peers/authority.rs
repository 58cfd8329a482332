//! An authority and a person, made by the peer, with keys of one kind.

use qoltanba::{
    Certificate, Question, Report, TrustAnchor, TrustStore, Verifier,
    policy::Preset,
    revocation::Crl,
    sign::{CmsSigner, PrivateKey},
};

use crate::{SeededRng, openssl::Tool};

/// A kind of key: how the peer makes one, and the digest that it signs with.
pub(crate) struct Kind {
    pub(crate) name: &'static str,
    pub(crate) genpkey: &'static str,
    pub(crate) digest: &'static str,
    /// The algorithm's name in a report.
    pub(crate) reported: &'static str,
}

pub(crate) struct Authority {
    pub(crate) tool: Tool,
    pub(crate) root: Certificate,
    pub(crate) person: Certificate,
    pub(crate) list: Crl,
}

/// What is signed. Line ends and zeros that a text mode would spoil.
pub(crate) const CONTENT: &[u8] = b"\x00\xd2\x9a\xd0\xbe\xd0\xbb\r\nsecond\nthird\r\x00\xff";

impl Authority {
    pub(crate) fn new(kind: &Kind) -> Result<Self, String> {
        let tool = Tool::new();
        let Kind { genpkey, digest, .. } = kind;
        for key in ["root", "person"] {
            tool.run(&format!("genpkey {genpkey} -out {key}.key"))?;
            tool.run(&format!("pkcs8 -topk8 -nocrypt -outform DER -in {key}.key -out {key}.p8"))?;
        }
        tool.run(&format!(
            "req -x509 -new -key root.key -subj /CN=root -days 3650 -{digest} -extensions authority \
             -config openssl.cnf -out root.pem"
        ))?;
        tool.run(&format!(
            "req -new -key person.key -subj /CN=person -{digest} -config openssl.cnf -out person.csr"
        ))?;
        tool.run(&format!(
            "x509 -req -in person.csr -CA root.pem -CAkey root.key -set_serial 0x1234 -days 365 \
             -{digest} -extfile openssl.cnf -extensions person -out person.pem"
        ))?;
        tool.write("index.txt", b"");
        tool.write("crlnumber", b"01\n");
        tool.run(&format!(
            "ca -gencrl -config openssl.cnf -cert root.pem -keyfile root.key -md {digest} -out l.pem"
        ))?;
        tool.run("crl -in l.pem -outform DER -out list.crl")?;
        for name in ["root", "person"] {
            tool.run(&format!("x509 -in {name}.pem -outform DER -out {name}.cer"))?;
        }
        tool.write("content", CONTENT);
        let certificate = |name| Certificate::from_der(&tool.file(name)).map_err(said);
        let (root, person) = (certificate("root.cer")?, certificate("person.cer")?);
        let list = Crl::from_der(&tool.file("list.crl")).map_err(said)?;
        Ok(Self { tool, root, person, list })
    }

    pub(crate) fn verifier(&self, list: Crl) -> Result<Verifier, String> {
        let mut trust = TrustStore::empty();
        trust.add(TrustAnchor::from_self_signed(&self.root).map_err(said)?);
        // The peers write no policy of the national authority.
        Ok(Verifier::new(trust).with_crls([list]).with_policy(Preset::Pkix.into()))
    }

    /// Judges a document at the moment of the list, which is after all certificates were made.
    pub(crate) fn judge(&self, document: &[u8], data: Option<&[u8]>) -> Result<Report, String> {
        let mut question = Question::at(self.list.this_update());
        question.data = data;
        self.verifier(self.list.clone())?.verify(document, &question).map_err(said)
    }

    /// A message that the peer signs.
    pub(crate) fn theirs(&self, kind: &Kind, detached: bool) -> Result<Vec<u8>, String> {
        let attached = if detached { "" } else { "-nodetach" };
        let name = if detached { "theirs-detached" } else { "theirs-attached" };
        self.tool.run(&format!(
            "cms -sign -binary {attached} -in content -signer person.pem -inkey person.key \
             -md {} -outform DER -out {name}",
            kind.digest
        ))?;
        Ok(self.tool.file(name))
    }

    /// A message signed here, with the peer's key.
    pub(crate) fn ours(&self, detached: bool) -> Result<Vec<u8>, String> {
        let key = PrivateKey::from_pkcs8(&self.tool.file("person.p8")).map_err(said)?;
        CmsSigner::new(&key, &self.person)
            .map_err(said)?
            .signing_time(self.list.this_update())
            .detached(detached)
            .sign(CONTENT, &mut SeededRng::new(7))
            .map_err(said)
    }

    /// Whether the peer finds a message good, and what it says was signed.
    pub(crate) fn verified_there(&self, message: &[u8], detached: bool) -> Result<Vec<u8>, String> {
        let name = if detached { "ours-detached" } else { "ours-attached" };
        self.tool.write(name, message);
        let content = if detached { "-content content" } else { "" };
        self.tool.run(&format!(
            "cms -verify -binary -inform DER -in {name} {content} -CAfile root.pem -out {name}.out"
        ))?;
        Ok(self.tool.file(&format!("{name}.out")))
    }
}

pub(crate) fn said(error: qoltanba::Error) -> String {
    error.to_string()
}
