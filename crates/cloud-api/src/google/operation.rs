//! Starting operations and waiting for them.
use std::time::Duration;

use cloud_http::{Call, Error, Failure, Kind, Request, Retry};
use http::Method;

use super::wire::Operation;
use super::{GoogleCompute, problem};

/// A fresh `requestId`: a random UUID (RFC 9562 version 4). The zero UUID is not allowed, and is
/// none of these.
pub(super) fn request_id() -> Result<String, Failure> {
    let mut bytes = [0_u8; 16];
    getrandom::fill(&mut bytes).map_err(|why| {
        Failure::new(Kind::Unavailable, format!("the system has no random numbers: {why}"))
    })?;
    bytes[6] = bytes[6] & 0x0f | 0x40;
    bytes[8] = bytes[8] & 0x3f | 0x80;
    let mut text = String::with_capacity(36);
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            text.push('-');
        }
        text.push_str(&format!("{byte:02x}"));
    }
    Ok(text)
}

impl GoogleCompute {
    /// A request that changes something below the project. It carries a `requestId`, so it may be
    /// repeated: Google answers a repetition with the first one's operation.
    pub(super) fn change(
        &self,
        operation: impl Into<String>,
        method: Method,
        below: &str,
    ) -> Result<Request, Error> {
        let operation = operation.into();
        let id = request_id().map_err(|failure| self.error(&operation, failure))?;
        Ok(Request::write(operation, method, self.path(below)).query("requestId", &id).repeatable())
    }

    /// Sends a change. An operation that has failed already is an error here.
    pub(super) async fn start(&self, request: &Request, call: Call) -> Result<Operation, Error> {
        let operation: Operation = self.client.json(request, call).await?;
        if operation.name.is_empty() {
            let text = "the answer is no operation; is the base URL right?";
            let failure = Failure::new(Kind::Protocol, text).maybe_applied();
            return Err(self.error(request.operation(), failure));
        }
        match problem::of_operation(&operation).filter(|_| operation.is_done()) {
            Some(failure) => Err(self.error(request.operation(), failure)),
            None => Ok(operation),
        }
    }

    /// Returns when the operation at `path` is done, with why it failed if it did. An operation
    /// that Google no longer knows counts as done: they are kept for some time only.
    pub(super) async fn done(
        &self,
        doing: &str,
        path: &str,
        call: Call,
    ) -> Result<Result<(), Failure>, Error> {
        let wait = Request::read_by(doing, Method::POST, self.path(&format!("{path}/wait")))
            .urgent()
            .once();
        let look = Request::read(doing, self.path(path)).urgent();
        let clock = self.client.clock();
        let mut pause = self.poll_first;
        loop {
            let answer: Result<Operation, Error> = match self.waiting.json(&wait, call).await {
                // Something between us and Google does not let a request last that long.
                Err(error) if is_impatient(&error.failure) && clock.now() < call.deadline => {
                    self.client.json(&look, call).await
                }
                answer => answer,
            };
            match answer {
                Ok(operation) if operation.is_done() => {
                    return Ok(problem::of_operation(&operation).map_or(Ok(()), Err));
                }
                Ok(_) => {}
                Err(error) if error.failure.kind == Kind::NotFound => return Ok(Ok(())),
                // Not being allowed to ask just now says nothing about the operation.
                Err(error) if error.failure.kind == Kind::RateLimited => {}
                Err(error) if clock.now() < call.deadline => {
                    let failure = error.failure.maybe_applied();
                    return Err(self.error(doing, failure));
                }
                Err(_) => {}
            }
            // Under load a wait is answered at once.
            self.rest(doing, &mut pause, call).await?;
        }
    }

    /// Waits a little longer than the last time, or fails at the deadline.
    pub(super) async fn rest(
        &self,
        doing: &str,
        pause: &mut Duration,
        call: Call,
    ) -> Result<(), Error> {
        let clock = self.client.clock();
        let at = clock.now() + *pause;
        if at >= call.deadline {
            let failure = Failure::new(Kind::Timeout, "not done yet at the deadline");
            return Err(self.error(doing, failure.retry(Retry::Later).maybe_applied()));
        }
        clock.sleep_until(at).await;
        *pause = (*pause * 8 / 5).min(self.poll_cap);
        Ok(())
    }
}

fn is_impatient(failure: &Failure) -> bool {
    matches!(failure.kind, Kind::Timeout | Kind::Unavailable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn request_ids_are_random_uuids() {
        let (one, two) = (request_id().unwrap(), request_id().unwrap());
        assert_ne!(one, two);
        let lengths: Vec<usize> = one.split('-').map(str::len).collect();
        assert_eq!(lengths, [8, 4, 4, 4, 12]);
        assert_eq!(&one[14..15], "4");
        assert!("89ab".contains(&one[19..20]), "{one}");
    }
}
