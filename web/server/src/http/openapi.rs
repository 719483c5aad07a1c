//! The API's own description.
pub async fn document() {}
