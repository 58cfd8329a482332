//! The test authority as files.

use std::{
    fmt::Write as _,
    fs::{self, OpenOptions},
    io::{self, Write as _},
    path::{Path, PathBuf},
};

use qoltanba::{
    Certificate,
    sign::{Form, KeyStore, Password},
};
use rand_core::CryptoRng;

use crate::{
    dev_pki::{DevPki, Family, Holder, PASSWORD, State},
    error::{Error, Result},
    profile::{Addresses, Profile},
};

/// One file of the authority's folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct File {
    /// Where it goes, from the folder, with slashes.
    pub path: String,
    /// What is in it.
    pub contents: Vec<u8>,
}

/// What happens to files that are there already.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Existing {
    /// Nothing is written when one of them is there.
    #[default]
    Refuse,
    /// They are replaced; other files in the folder stay.
    Replace,
}

impl DevPki {
    /// Every file of the folder.
    ///
    /// # Errors
    /// When a key store cannot be written.
    pub fn files(&self, rng: &mut dyn CryptoRng) -> Result<Vec<File>> {
        let mut files = vec![
            file("README.txt", self.readme()?.into_bytes()),
            file("password.txt", format!("{PASSWORD}\n").into_bytes()),
        ];
        for family in &self.families {
            let (root, issuing) = (&family.root, &family.issuing);
            let (above, below) = (&root.spec().file, &issuing.spec().file);
            files.push(file(format!("anchors/{above}.cer"), root.certificate().to_vec()));
            files.push(file(format!("authorities/{below}.cer"), issuing.certificate().to_vec()));
            let foreign = family.foreign.certificate().to_vec();
            files.push(file(format!("faulty/{below}-foreign.cer"), foreign));
            files.push(file(format!("crl/{above}.crl"), family.root_list.clone()));
            files.push(file(format!("crl/{below}.crl"), family.issuing_list.clone()));
            files.push(file(format!("crl/{below}_d.crl"), family.issuing_delta.clone()));
            for holder in &family.holders {
                let name = format!("{}/{}", holder.folder(), holder.file);
                files.push(file(format!("{name}.cer"), holder.issued.certificate.clone()));
                files.push(file(format!("{name}.p12"), holder.key_store(rng)?));
            }
        }
        Ok(files)
    }

    /// Writes the folder, which is made when it is not there.
    ///
    /// # Errors
    /// [`Error::Exists`] before anything is written when a file is there and may not be replaced,
    /// and otherwise what the file system says.
    pub fn write(
        &self,
        folder: &Path,
        existing: Existing,
        rng: &mut dyn CryptoRng,
    ) -> Result<Vec<PathBuf>> {
        let files: Vec<_> =
            self.files(rng)?.into_iter().map(|f| (folder.join(f.path), f.contents)).collect();
        if existing == Existing::Refuse
            && let Some((path, _)) = files.iter().find(|(path, _)| path.symlink_metadata().is_ok())
        {
            return Err(Error::Exists(path.clone()));
        }
        let mut options = OpenOptions::new();
        options.write(true);
        match existing {
            Existing::Refuse => options.create_new(true),
            Existing::Replace => options.create(true).truncate(true),
        };
        for (path, contents) in &files {
            let failed = |source: io::Error| match source.kind() {
                io::ErrorKind::AlreadyExists => Error::Exists(path.clone()),
                _ => Error::Io { path: path.clone(), source },
            };
            if let Some(parent) = path.parent() {
                fs::create_dir_all(parent).map_err(failed)?;
            }
            options.open(path).and_then(|mut f| f.write_all(contents)).map_err(failed)?;
        }
        Ok(files.into_iter().map(|(path, _)| path).collect())
    }

    fn readme(&self) -> Result<String> {
        let mut text = format!(
            "A test authority of Qoltanba, made for {at}. Its people, numbers and hosts are\n\
             invented, its keys are public: never trust its roots outside a test.\n\n\
             anchors/      roots: the only thing to trust\n\
             authorities/  issuing authorities, for the path\n\
             crl/          lists of both, in force for a year; _d.crl is a delta\n\
             people/       certificates (.cer) and key stores (.p12) of people, systems, services\n\
             faulty/       the same, deliberately wrong; and authorities named like the right ones\n\
             password.txt  the password of every key store\n\n\
             The addresses in the certificates begin with {base}:\n\
             {who} answers there.\n",
            at = self.at,
            base = self.addresses.base,
            who = if self.addresses == Addresses::default() {
                "nothing"
            } else {
                "`qoltanba dev-pki serve`"
            },
        );
        for family in &self.families {
            family.describe(&mut text)?;
        }
        Ok(text)
    }
}

impl Family {
    fn describe(&self, text: &mut String) -> Result<()> {
        let _ = write!(text, "\n{}\n\n", self.algorithm());
        let wide = self.holders.iter().map(|h| h.file.len()).max().unwrap_or_default();
        for holder in &self.holders {
            let path = format!("{}/{}", holder.folder(), holder.file);
            let _ = writeln!(text, "{path:width$}  {}", holder.describe()?, width = wide + 7);
        }
        Ok(())
    }
}

impl Holder {
    /// The key store in the national form, under [`PASSWORD`]; the key is named by its identifier
    /// in hexadecimal (kz-pki §5).
    ///
    /// # Errors
    /// When the core cannot read the certificate.
    pub fn key_store(&self, rng: &mut dyn CryptoRng) -> Result<Vec<u8>> {
        let certificate = Certificate::from_der(&self.issued.certificate)?;
        let (key, name) = (&self.issued.key, self.issued.alias.as_str());
        let password = Password::new(PASSWORD);
        Ok(KeyStore::write(key, &certificate, &[], Some(name), &password, Form::National, rng)?)
    }

    const fn folder(&self) -> &'static str {
        match self.state {
            State::Faulty(_) => "faulty",
            State::Good | State::Revoked => "people",
        }
    }

    fn describe(&self) -> Result<String> {
        use crate::subject::Attribute::{
            CommonName, Organisation, OrganisationalUnit, SerialNumber,
        };
        let name = self.entity.name()?;
        let mut parts: Vec<&str> = [CommonName, SerialNumber, Organisation, OrganisationalUnit]
            .into_iter()
            .flat_map(|a| name.values(a))
            .collect();
        parts.push(match self.entity.profile {
            Profile::Sign(_) => "signs",
            Profile::Authenticate(_) => "logs in, does not sign",
            Profile::TimeStamping => "makes time stamps",
            Profile::OcspResponder => "answers for the status of certificates",
        });
        match self.state {
            State::Good => {}
            State::Revoked => parts.push("REVOKED ten days before"),
            State::Faulty(fault) => parts.extend(["FAULTY", fault.code()]),
        }
        Ok(parts.join(", "))
    }
}

fn file(path: impl Into<String>, contents: Vec<u8>) -> File {
    File { path: path.into(), contents }
}
