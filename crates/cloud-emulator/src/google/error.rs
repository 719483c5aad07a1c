//! Google's error envelope: one code, one status word, any number of `errors[]` entries with a reason.

use serde_json::{Map, Value, json};

/// A refusal, ready to be written as `{"error": …}`.
#[derive(Debug, Clone)]
pub(crate) struct ApiError {
    code: u16,
    /// `error.message` where it is not simply the first entry's.
    message: Option<String>,
    entries: Vec<Problem>,
    details: Vec<Value>,
}

/// One entry of `errors[]`.
#[derive(Debug, Clone)]
pub(crate) struct Problem {
    code: u16,
    reason: &'static str,
    domain: &'static str,
    message: String,
    location: Option<(String, &'static str)>,
}

impl Problem {
    pub(crate) fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Self { code, reason, domain: "global", message: message.into(), location: None }
    }

    pub(crate) fn invalid(path: &str, value: &str) -> Self {
        Self::new(400, "invalid", format!("Invalid value for '{path}': '{value}'"))
    }

    pub(crate) fn required(path: &str) -> Self {
        let text = format!("The '{path}' parameter is required but was missing.");
        Self::new(400, "required", text)
    }

    pub(crate) fn missing(path: &str, named: &str) -> Self {
        let text = format!("The '{path}' resource named '{named}' does not exist.");
        Self::new(404, "notFound", text)
    }

    pub(crate) fn exists(path: &str, named: &str) -> Self {
        let text = format!("The resource '{path}' named '{named}' already exists");
        Self::new(409, "alreadyExists", text)
    }

    pub(crate) fn quota(what: &str) -> Self {
        Self::new(403, "quotaExceeded", format!("The {what}."))
    }

    pub(crate) fn parameter(name: &str, message: impl Into<String>) -> Self {
        let mut problem = Self::new(400, "invalidParameter", message);
        problem.location = Some((name.to_owned(), "parameter"));
        problem
    }

    fn json(&self) -> Value {
        let mut entry = json!({
            "message": self.message, "domain": self.domain, "reason": self.reason,
        });
        if let Some((location, kind)) = &self.location {
            entry["location"] = json!(location);
            entry["locationType"] = json!(kind);
        }
        entry
    }
}

impl From<Problem> for ApiError {
    fn from(problem: Problem) -> Self {
        Self { code: problem.code, message: None, entries: vec![problem], details: Vec::new() }
    }
}

impl ApiError {
    /// Several problems at once; the first one gives the code. `None` if there is none.
    pub(crate) fn from_all(problems: Vec<Problem>) -> Option<Self> {
        let code = problems.first()?.code;
        Some(Self { code, message: None, entries: problems, details: Vec::new() })
    }

    pub(crate) fn new(code: u16, reason: &'static str, message: impl Into<String>) -> Self {
        Problem::new(code, reason, message).into()
    }

    pub(crate) fn code(&self) -> u16 {
        self.code
    }

    /// The message: the first problem's, if the error has none of its own.
    pub(crate) fn message(&self) -> &str {
        let first = || self.entries.first().map_or("", |entry| &entry.message);
        self.message.as_deref().unwrap_or_else(first)
    }

    /// A body that is no JSON, or JSON of the wrong shape.
    pub(crate) fn payload(message: impl Into<String>) -> Self {
        let text = format!("Invalid JSON payload received. {}", message.into());
        Self::new(400, "parseError", text)
    }

    /// No usable credential; `reason` is the `ErrorInfo` reason.
    pub(crate) fn unauthenticated(reason: &str) -> Self {
        let missing = reason == "CREDENTIALS_MISSING";
        let (message, short, entry) = if missing {
            (
                "Request is missing required authentication credential.",
                "Login Required.",
                "required",
            )
        } else {
            ("Request had invalid authentication credentials.", "Invalid Credentials", "authError")
        };
        let mut problem = Problem::new(401, entry, short);
        problem.location = Some(("Authorization".to_owned(), "header"));
        let mut error = Self::from(problem);
        error.details.push(error_info(reason, json!({ "service": SERVICE })));
        error.message = Some(format!(
            "{message} Expected OAuth 2 access token, login cookie or other valid \
             authentication credential. See \
             https://developers.google.com/identity/sign-in/web/devconsole-project."
        ));
        error
    }

    /// A token that is good but was not asked for with a scope that covers the call.
    pub(crate) fn scope() -> Self {
        let mut error = Self::new(
            403,
            "insufficientPermissions",
            "Request had insufficient authentication scopes.",
        );
        error
            .details
            .push(error_info("ACCESS_TOKEN_SCOPE_INSUFFICIENT", json!({ "service": SERVICE })));
        error
    }

    /// A caller whose role does not cover a write.
    pub(crate) fn forbidden(user: &str) -> Self {
        Self::new(403, "forbidden", format!("The caller {user} does not have permission to write."))
    }

    /// More requests than Compute Engine takes in a minute.
    pub(crate) fn rate_limited(consumer: &str) -> Self {
        let mut problem = Problem::new(
            403,
            "rateLimitExceeded",
            format!(
                "Quota exceeded for quota metric 'Queries' and limit 'Queries per minute' of \
                 service 'compute.googleapis.com' for consumer 'project_number:{consumer}'."
            ),
        );
        problem.domain = "usageLimits";
        problem.into()
    }

    /// The same error of another service.
    pub(crate) fn of(mut self, service: &str) -> Self {
        for detail in &mut self.details {
            if let Some(named) = detail.pointer_mut("/metadata/service") {
                *named = json!(service);
            }
        }
        self
    }

    /// A project that is not the caller's.
    pub(crate) fn project(project: &str) -> Self {
        let message = format!("Permission denied on resource project {project}.");
        let mut error = Self::new(403, "forbidden", message);
        error.details.push(error_info(
            "CONSUMER_INVALID",
            json!({ "consumer": format!("projects/{project}"), "service": SERVICE }),
        ));
        error
    }

    /// The Cloud DNS API is switched off in the project.
    pub(crate) fn service_disabled(project: &str) -> Self {
        let url = format!(
            "https://console.developers.google.com/apis/api/{SERVICE}/overview?project={project}"
        );
        let mut problem = Problem::new(
            403,
            "accessNotConfigured",
            format!(
                "Google Cloud DNS API has not been used in project {project} before or it is \
                 disabled. Enable it by visiting {url} then retry. If you enabled this API \
                 recently, wait a few minutes for the action to propagate to our systems and \
                 retry."
            ),
        );
        problem.domain = "usageLimits";
        let mut error = Self::from(problem);
        error.details.push(json!({
            "@type": "type.googleapis.com/google.rpc.Help",
            "links": [{ "description": "Google developers console API activation", "url": url }],
        }));
        let metadata = json!({
            "service": SERVICE, "consumer": format!("projects/{project}"),
            "serviceTitle": "Google Cloud DNS API", "activationUrl": url,
        });
        error.details.push(error_info("SERVICE_DISABLED", metadata));
        error
    }

    /// What Google says with an HTTP status it was told to answer.
    pub(crate) fn injected(status: u16, project: &str) -> Self {
        match status {
            401 => Self::unauthenticated("ACCESS_TOKEN_EXPIRED"),
            403 => Self::service_disabled(project),
            429 => {
                let mut problem = Problem::new(
                    429,
                    "rateLimitExceeded",
                    "Resource has been exhausted (e.g. check quota).",
                );
                problem.domain = "usageLimits";
                problem.into()
            }
            404 => Self::new(404, "notFound", "Requested entity was not found."),
            409 => Self::new(409, "alreadyExists", "Requested entity already exists"),
            412 => Self::new(412, "conditionNotMet", "Precondition check failed."),
            400 => Self::new(400, "badRequest", "Request contains an invalid argument."),
            500 => Self::new(500, "backendError", "Internal error encountered."),
            501 => Self::new(501, "notImplemented", "Operation is not implemented."),
            503 => Self::new(503, "backendError", "The service is currently unavailable."),
            504 => Self::new(504, "backendError", "Deadline expired before operation completed."),
            other => Self::new(other, "backendError", "Unknown Error."),
        }
    }

    /// The body as Google writes it.
    pub(crate) fn json(&self) -> Value {
        let mut error = Map::new();
        error.insert("code".into(), json!(self.code));
        error.insert("message".into(), json!(self.message()));
        error.insert("errors".into(), self.entries.iter().map(Problem::json).collect());
        error.insert("status".into(), json!(status_word(self.code)));
        if !self.details.is_empty() {
            error.insert("details".into(), json!(self.details));
        }
        json!({ "error": error })
    }
}

const SERVICE: &str = "dns.googleapis.com";

fn error_info(reason: &str, metadata: Value) -> Value {
    json!({
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason, "domain": "googleapis.com", "metadata": metadata,
    })
}

fn status_word(code: u16) -> &'static str {
    match code {
        400 => "INVALID_ARGUMENT",
        401 => "UNAUTHENTICATED",
        403 => "PERMISSION_DENIED",
        404 => "NOT_FOUND",
        409 => "ALREADY_EXISTS",
        412 => "FAILED_PRECONDITION",
        429 => "RESOURCE_EXHAUSTED",
        501 => "UNIMPLEMENTED",
        503 => "UNAVAILABLE",
        504 => "DEADLINE_EXCEEDED",
        500 => "INTERNAL",
        _ => "UNKNOWN",
    }
}
