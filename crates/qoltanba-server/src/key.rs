//! The key of the service: it signs heads of the audit log and protocols of checks.

use std::{fs, path::Path, sync::Arc};

use qoltanba::{
    Certificate, Limits,
    sign::{KeyStore, Password, PrivateKey},
};

use crate::config::{Config, ConfigError};

/// A key with its certificate. Cloning is cheap.
#[derive(Debug, Clone)]
pub(crate) struct ServiceKey(Arc<KeyStore>);

impl ServiceKey {
    /// Reads the key that the settings name; none when they name none.
    pub(crate) fn read(config: &Config) -> Result<Option<Self>, ConfigError> {
        let settings = &config.key;
        if settings.file.as_os_str().is_empty() {
            return Ok(None);
        }
        let read = |path: &Path| {
            let unreadable =
                |e: std::io::Error| ConfigError::Unreadable { path: path.into(), kind: e.kind() };
            fs::read(path).map_err(unreadable)
        };
        let password = match settings.password.as_os_str().is_empty() {
            true => String::new(),
            false => String::from_utf8(read(&settings.password)?)
                .map_err(|_| ConfigError::value("key.password", "UTF-8"))?,
        };
        let password = Password::new(password.trim_end_matches(['\r', '\n']));
        let store = KeyStore::open(&read(&settings.file)?, &password, &Limits::default())
            .map_err(|error| ConfigError::value("key.file", error))?;
        Ok(Some(Self(Arc::new(store))))
    }

    pub(crate) fn key(&self) -> &PrivateKey {
        self.0.key()
    }

    pub(crate) fn certificate(&self) -> &Certificate {
        self.0.certificate()
    }
}
