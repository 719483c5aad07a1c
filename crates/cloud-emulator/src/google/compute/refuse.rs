//! Refusals in Compute Engine's words.

use super::super::error::ApiError;
use super::place::Place;
use super::store::Store;

/// 400: a member of the body, or a parameter, has a value that cannot be.
pub(super) fn invalid(field: &str, value: &str, why: &str) -> ApiError {
    let text = format!("Invalid value for field '{field}': '{value}'. {why}");
    ApiError::new(400, "invalid", text.trim_end())
}

/// 400: a member is missing.
pub(super) fn required(field: &str) -> ApiError {
    ApiError::new(400, "required", format!("Required field '{field}' not specified"))
}

pub(super) fn not_found(store: &Store, place: &Place) -> ApiError {
    missing(&place.path(&store.project))
}

/// 404 for a path that begins with `projects/`.
pub(super) fn missing(path: &str) -> ApiError {
    ApiError::new(404, "notFound", format!("The resource '{path}' was not found"))
}

pub(super) fn exists(store: &Store, place: &Place) -> ApiError {
    let path = place.path(&store.project);
    ApiError::new(409, "alreadyExists", format!("The resource '{path}' already exists"))
}

/// 400: another operation is under way there.
pub(super) fn not_ready(store: &Store, place: &Place) -> ApiError {
    let path = place.path(&store.project);
    ApiError::new(400, "resourceNotReady", format!("The resource '{path}' is not ready"))
}

/// 400: somebody needs it.
pub(super) fn in_use(store: &Store, place: &Place, user: &Place) -> ApiError {
    let what = super::place::member(place.collection);
    let (path, user) = (place.path(&store.project), user.path(&store.project));
    let text = format!("The {what} resource '{path}' is already being used by '{user}'");
    ApiError::new(400, "resourceInUseByAnotherResource", text)
}

/// 412: somebody was faster.
pub(super) fn stale(what: &str) -> ApiError {
    let text = match what {
        "labels" => "Labels fingerprint either invalid or resource labels have changed".to_owned(),
        "tags" => "Invalid fingerprint.".to_owned(),
        other => format!("Supplied fingerprint does not match current {other} fingerprint."),
    };
    ApiError::new(412, "conditionNotMet", text)
}

/// 400: the resource is not in the state for this.
pub(super) fn usage(why: &str) -> ApiError {
    ApiError::new(400, "invalidUsage", format!("Invalid resource usage: '{why}'."))
}
