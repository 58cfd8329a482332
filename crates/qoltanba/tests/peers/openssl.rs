//! The command `openssl` with the engine, in a folder of its own.

use std::{
    fs,
    process::{Command, Stdio},
};

/// What the command reads instead of the system's configuration.
const CONFIGURATION: &str = "\
openssl_conf = start
[start]
engines = engines
[engines]
gost = gost
[gost]
engine_id = gost
default_algorithms = ALL
[req]
distinguished_name = nothing
[nothing]
[authority]
basicConstraints = critical,CA:TRUE
keyUsage = critical,keyCertSign,cRLSign
subjectKeyIdentifier = hash
[person]
basicConstraints = CA:FALSE
keyUsage = critical,digitalSignature,nonRepudiation
extendedKeyUsage = emailProtection
subjectKeyIdentifier = hash
authorityKeyIdentifier = keyid
[ca]
default_ca = lists
[lists]
database = index.txt
crlnumber = crlnumber
default_crl_days = 30
crl_extensions = list
[list]
authorityKeyIdentifier = keyid
";

pub(crate) fn engine_is_installed() -> bool {
    Command::new("openssl")
        .args(["engine", "gost"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

pub(crate) struct Tool(tempfile::TempDir);

impl Tool {
    pub(crate) fn new() -> Self {
        let tool = Self(tempfile::tempdir().unwrap());
        tool.write("openssl.cnf", CONFIGURATION.as_bytes());
        tool
    }

    pub(crate) fn run(&self, arguments: &str) -> Result<Vec<u8>, String> {
        let output = Command::new("openssl")
            .args(arguments.split_whitespace())
            .current_dir(self.0.path())
            .env("OPENSSL_CONF", self.0.path().join("openssl.cnf"))
            .output()
            .map_err(|error| error.to_string())?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(format!("openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr)))
        }
    }

    pub(crate) fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.path().join(name)).unwrap()
    }

    pub(crate) fn write(&self, name: &str, octets: &[u8]) {
        fs::write(self.0.path().join(name), octets).unwrap();
    }
}
