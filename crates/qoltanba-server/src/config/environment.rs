//! Settings in the environment.
//!
//! `[limits] upload_bytes` is `QOLTANBA_LIMITS_UPLOAD_BYTES`. What begins with `QOLTANBA_` and is no
//! setting is refused, whether its section or its name is misspelt: a limit would else be no limit.
//! Others' are only those of [`OTHERS`], of [`FAMILIES`] and of Kubernetes.

use toml::{Table, Value};

use super::{ConfigError, SettingFault, table};

/// What the environment calls a setting begins so.
const PREFIX: &str = "QOLTANBA_";

/// Variables of the command, and of its tests and build.
const OTHERS: [&str; 8] =
    ["CACHE", "PASSWORD", "VECTORS", "PYTHON", "CHROMIUM", "SHOW", "UPDATE", "ROUNDS"];
/// Variables of tests.
const FAMILIES: [&str; 2] = ["TEST_", "BROWSER_"];

/// Sets what a variable of the environment names.
pub(super) fn override_one(all: &mut Table, name: &str, value: &str) -> Result<(), ConfigError> {
    let Some(rest) = name.strip_prefix(PREFIX) else { return Ok(()) };
    let is_of_family = FAMILIES.iter().any(|family| rest.starts_with(family));
    if OTHERS.contains(&rest) || is_of_family || is_of_kubernetes(rest) {
        return Ok(());
    }
    let rest = rest.to_ascii_lowercase();
    let place = all.iter_mut().find_map(|(section, settings)| {
        let setting = rest.strip_prefix(section)?.strip_prefix('_')?;
        settings.as_table_mut()?.get_mut(setting)
    });
    let place = place.ok_or_else(|| ConfigError::Unknown { name: name.to_owned() })?;
    *place = typed(place, value).ok_or_else(|| ConfigError::value(name, SettingFault::Type))?;
    Ok(())
}

/// Kubernetes tells every container of the services beside it, by names that begin with theirs, as
/// `qoltanba` or `qoltanba-api` (Kubernetes, "Service", discovering services by environment
/// variables). No setting has such a name.
fn is_of_kubernetes(rest: &str) -> bool {
    let name = format!("_{rest}");
    let is_whole =
        ["_SERVICE_HOST", "_SERVICE_PORT", "_PORT"].iter().any(|end| name.ends_with(end));
    let is_of_port = name.split_once("_PORT_").is_some_and(|(_, port)| {
        let mut parts = port.split('_');
        let number = parts.next().unwrap_or_default();
        let is_number = !number.is_empty() && number.bytes().all(|octet| octet.is_ascii_digit());
        is_number && matches!(parts.next(), Some("TCP" | "UDP" | "SCTP"))
    });
    is_whole || is_of_port || name.contains("_SERVICE_PORT_")
}

/// A value of the same type as the default.
fn typed(like: &Value, text: &str) -> Option<Value> {
    match like {
        Value::String(_) => Some(Value::String(text.to_owned())),
        Value::Integer(_) => text.parse().ok().map(Value::Integer),
        Value::Boolean(_) => text.parse().ok().map(Value::Boolean),
        Value::Array(_) if text.trim_start().starts_with('[') => {
            table(&format!("value = {text}")).ok()?.remove("value")
        }
        Value::Array(_) => {
            let parts = text.split(',').map(str::trim).filter(|part| !part.is_empty());
            Some(Value::Array(parts.map(|part| Value::String(part.to_owned())).collect()))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::config::DEFAULTS;

    #[test]
    fn what_is_misspelt_is_refused_and_what_is_of_others_is_left() {
        let set = |name: &str| override_one(&mut table(DEFAULTS).unwrap(), name, "1");
        for known in ["QOLTANBA_LIMITS_QUEUE", "QOLTANBA_PROTOCOL_KEPT", "QOLTANBA_KEY_FILE"] {
            assert_eq!(set(known), Ok(()), "{known}");
        }
        for misspelt in [
            "QOLTANBA_LIMIT_VERIFY_PER_MINUTE",
            "QOLTANBA_PROTOCOLS_KEPT",
            "QOLTANBA_LIMITS_QUEUES",
            "QOLTANBA_LIMITS",
            "QOLTANBA_LIMITSQUEUE",
            "QOLTANBA_UPLOAD_BYTES",
            "QOLTANBA_CACHES",
            "QOLTANBA_SERVICE_LISTEN",
            "QOLTANBA_LIMITS_PORT_QUEUE",
            "QOLTANBA_",
        ] {
            let unknown = ConfigError::Unknown { name: misspelt.to_owned() };
            assert_eq!(set(misspelt), Err(unknown), "{misspelt}");
        }
        for others in [
            "QOLTANBA_CACHE",
            "QOLTANBA_PASSWORD",
            "QOLTANBA_VECTORS",
            "QOLTANBA_TEST_SETTINGS",
            "QOLTANBA_PORT_8080_TCP_ADDR",
            "QOLTANBA_SERVICE_PORT_HTTP",
            "QOLTANBA_API_SERVICE_HOST",
            "QOLTANBA_API_PORT",
            "QOLTANBA_API_PORT_80_TCP_ADDR",
            "QOLTANBA_WEB_SERVICE_PORT_HTTPS",
            "LIMITS_QUEUES",
            "HOME",
        ] {
            assert_eq!(set(others), Ok(()), "{others}");
        }
    }

    #[test]
    fn no_section_begins_as_what_is_of_others() {
        for section in table(DEFAULTS).unwrap().keys() {
            let section = format!("{}_", section.to_ascii_uppercase());
            assert!(!FAMILIES.iter().any(|family| section.starts_with(family)), "{section}");
        }
    }
}
