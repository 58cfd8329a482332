//! One file a command.

pub(crate) mod audit;
pub(crate) mod bundle;
pub(crate) mod cosign;
pub(crate) mod demo;
pub(crate) mod dev_pki;
pub(crate) mod extract;
pub(crate) mod inspect;
pub(crate) mod issue;
pub(crate) mod read;
pub(crate) mod refresh;
pub(crate) mod render;
pub(crate) mod request;
pub(crate) mod serve;
pub(crate) mod shell;
pub(crate) mod sign;
pub(crate) mod stamp;
pub(crate) mod verify;
