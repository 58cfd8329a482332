//! Both ways with the `openssl` command.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use libtest_mimic::Trial;
use qoltanba::{
    Certificate, ErrorKind, Limits,
    algorithm::{DigestAlgorithm::Sha256, SignatureAlgorithm},
    error::KeyStoreFault,
    sign::{Form, KeyStore, Password, PrivateKey, SigningKey},
};

use crate::{Outcome, SeededRng, check_signs, open};

pub(crate) fn trials() -> Vec<Trial> {
    let absent = Command::new("openssl").arg("version").output().is_err();
    let trial = |name: &str, run: fn(&Tool) -> Outcome| {
        let folder = name.replace('/', "-");
        Trial::test(name, move || run(&Tool::new(&folder)?)).with_ignored_flag(absent)
    };
    vec![
        trial("openssl/its_stores_open", its_stores_open),
        trial("openssl/its_passwords", its_passwords),
        trial("openssl/its_lacking_stores", its_lacking_stores),
        trial("openssl/its_pkcs8", its_pkcs8),
        trial("openssl/reads_ours", reads_ours),
    ]
}

/// The command, in a folder of its own.
struct Tool(PathBuf);

impl Tool {
    fn new(name: &str) -> std::io::Result<Self> {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::create_dir_all(&folder)?;
        Ok(Self(folder))
    }

    fn run(&self, arguments: &str, more: &[&str]) -> Result<Vec<u8>, String> {
        let mut command = Command::new("openssl");
        command.args(arguments.split_whitespace()).args(more).current_dir(&self.0);
        let output = command.output().map_err(|e| e.to_string())?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(format!("openssl {arguments}: {}", String::from_utf8_lossy(&output.stderr)))
        }
    }

    fn file(&self, name: &str) -> Vec<u8> {
        fs::read(self.0.join(name)).unwrap()
    }

    /// Makes `key.pem` and `cert.pem`, and a second certificate `other.pem`.
    fn key(&self, algorithm: &str) -> Result<(), String> {
        for (key, certificate) in [("key.pem", "cert.pem"), ("other-key.pem", "other.pem")] {
            let arguments = "req -x509 -nodes -subj /CN=t -days 9 -newkey";
            self.run(arguments, &[algorithm, "-keyout", key, "-out", certificate]).or_else(
                |_| {
                    let curve = ["ec", "-pkeyopt", &format!("ec_paramgen_curve:{algorithm}")];
                    self.run(
                        arguments,
                        &[&curve[..], &["-keyout", key, "-out", certificate]].concat(),
                    )
                },
            )?;
        }
        Ok(())
    }

    fn export(&self, options: &str, password: &str) -> Result<Vec<u8>, String> {
        let base = "pkcs12 -export -inkey key.pem -in cert.pem -certfile other.pem -out o.p12";
        self.run(&format!("{base} {options}"), &["-passout", &format!("pass:{password}")])?;
        Ok(self.file("o.p12"))
    }
}

const SCHEMES: [&str; 12] = [
    "",
    "-legacy",
    "-legacy -descert",
    "-keypbe PBE-SHA1-3DES -certpbe PBE-SHA1-3DES -macalg sha1",
    "-keypbe aes-128-cbc -certpbe aes-192-cbc -macalg sha384",
    "-keypbe aes-256-cbc -certpbe des-ede3-cbc -macalg sha512",
    "-keypbe NONE -certpbe NONE",
    "-certpbe NONE -iter 1",
    "-iter 100000",
    "-nomaciter",
    "-legacy -keypbe PBE-SHA1-RC2-40 -certpbe PBE-SHA1-RC2-40",
    "-name Кілт",
];

fn its_stores_open(tool: &Tool) -> Outcome {
    for algorithm in ["rsa:2048", "P-256", "P-384"] {
        tool.key(algorithm)?;
        let public = tool.run("x509 -in cert.pem -outform DER", &[])?;
        for options in SCHEMES {
            let file = tool.export(options, "Qwerty12")?;
            let store = open(&file, "Qwerty12").map_err(|e| format!("{options}: {e}"))?;
            check_signs(&store)?;
            assert_eq!(store.certificate().as_der(), public, "{options}");
            assert_eq!(store.chain().len(), 1, "{options}");
            let name = options.strip_prefix("-name ");
            assert_eq!(store.friendly_name(), name, "{options}");
            assert_eq!(*open(&file, "qwerty12").unwrap_err().kind(), ErrorKind::WrongPassword);
        }
    }
    Ok(())
}

fn its_passwords(tool: &Tool) -> Outcome {
    tool.key("P-256")?;
    let long = "aЖ".repeat(100);
    for password in ["", "пароль", "Құпия-Сөз 12", "🔑", "\"'\\<&>", " x ", &long] {
        for options in ["", "-legacy"] {
            let store = open(&tool.export(options, password)?, password)?;
            check_signs(&store)?;
        }
    }
    Ok(())
}

fn its_lacking_stores(tool: &Tool) -> Outcome {
    tool.key("P-256")?;
    let fault = |file: &[u8]| match open(file, "x").unwrap_err().kind() {
        ErrorKind::KeyStore { fault } => *fault,
        other => panic!("{other:?}"),
    };
    assert_eq!(fault(&tool.export("-nomac", "x")?), KeyStoreFault::NoMac);
    let base = "pkcs12 -export -out o.p12 -passout pass:x";
    tool.run(&format!("{base} -nokeys -in cert.pem"), &[])?;
    assert_eq!(fault(&tool.file("o.p12")), KeyStoreFault::NoKey);
    tool.run(&format!("{base} -nocerts -inkey key.pem -in key.pem"), &[])?;
    assert_eq!(fault(&tool.file("o.p12")), KeyStoreFault::NoCertificate);
    Ok(())
}

fn its_pkcs8(tool: &Tool) -> Outcome {
    let password = Password::from("пароль");
    for algorithm in ["rsa:2048", "P-256", "P-384"] {
        tool.key(algorithm)?;
        let public = tool.run("pkey -in key.pem -pubout -outform DER", &[])?;
        let read = |text: &[u8], password: Option<&Password>| {
            PrivateKey::from_pem(core::str::from_utf8(text).unwrap(), password, &Limits::default())
        };
        let plain = tool.run("pkcs8 -topk8 -nocrypt -in key.pem", &[])?;
        assert_eq!(read(&plain, None)?.public_key_info(), public);
        for options in [
            "-v2 aes-256-cbc",
            "-v2 aes-128-cbc -v2prf hmacWithSHA1",
            "-v2 des3 -v2prf hmacWithSHA512 -iter 5000",
            "-v1 PBE-SHA1-3DES",
            "-provider legacy -provider default -v1 PBE-SHA1-RC2-40",
        ] {
            let arguments = format!("pkcs8 -topk8 -in key.pem {options}");
            let text = tool.run(&arguments, &["-passout", "pass:пароль"])?;
            assert_eq!(read(&text, Some(&password))?.public_key_info(), public, "{options}");
            let error = read(&text, Some(&Password::from("x"))).unwrap_err();
            assert_eq!(*error.kind(), ErrorKind::WrongPassword, "{options}");
            let error = read(&text, None).unwrap_err();
            assert!(matches!(error.kind(), ErrorKind::Misuse { .. }), "{options}");
        }
    }
    Ok(())
}

fn reads_ours(tool: &Tool) -> Outcome {
    for algorithm in ["rsa:2048", "P-256", "P-384"] {
        tool.key(algorithm)?;
        let certificate = |name: &str| {
            let der = tool.run("x509 -outform DER -in", &[name]).unwrap();
            Certificate::from_der(&der).unwrap()
        };
        let (own, other) = (certificate("cert.pem"), certificate("other.pem"));
        let text = tool.run("pkcs8 -topk8 -nocrypt -in key.pem", &[])?;
        let text = String::from_utf8(text)?;
        let key = PrivateKey::from_pem(&text, None, &Limits::default())?;
        for (form, legacy) in [(Form::National, " -legacy"), (Form::Modern, "")] {
            if form == Form::Modern && algorithm == "P-256" && cfg!(debug_assertions) {
                continue; // seconds in an unoptimised build
            }
            let password = Password::from("Құпия 12");
            let chain = [other.clone()];
            let rng = &mut SeededRng::new(2);
            let file = KeyStore::write(&key, &own, &chain, Some("Кілт"), &password, form, rng)?;
            fs::write(tool.0.join("ours.p12"), file)?;
            let read = |options: &str| {
                let base = format!("pkcs12{legacy} -in ours.p12 -nodes {options}");
                tool.run(&base, &["-passin", "pass:Құпия 12"])
            };
            fs::write(tool.0.join("read.pem"), read("-nocerts")?)?;
            let public = tool.run("pkey -in read.pem -pubout -outform DER", &[])?;
            assert_eq!(public, key.public_key_info());
            tool.run("pkey -in read.pem -noout -check", &[])?;
            fs::write(tool.0.join("read.pem"), read("-clcerts -nokeys")?)?;
            assert_eq!(certificate("read.pem"), own);
            fs::write(tool.0.join("read.pem"), read("-cacerts -nokeys")?)?;
            assert_eq!(certificate("read.pem"), other);
        }
        fs::write(tool.0.join("fresh.der"), &*key.to_pkcs8()?)?;
        tool.run("pkey -inform DER -in fresh.der -noout -check", &[])?;
    }
    let fresh = PrivateKey::generate(SignatureAlgorithm::RsaPkcs1(Sha256), &mut SeededRng::new(1))?;
    fs::write(tool.0.join("fresh.der"), &*fresh.to_pkcs8()?)?;
    tool.run("pkey -inform DER -in fresh.der -noout -check", &[])?;
    Ok(())
}
