//! The API for programs.

mod form;
mod verify;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::app::App;

pub(crate) use self::form::{Media, handed, media_type, part, submission, text, whole};

pub(crate) fn routes() -> OpenApiRouter<App> {
    OpenApiRouter::new().routes(routes!(verify::verify))
}
