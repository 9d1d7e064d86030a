//! Sorts the errors of lower layers by what the reader can do about them.
//!
//! In: errors of `reqwest`, `hyper` and `rustls`. Out: [`HttpError`]. Side effects: none.

use std::error::Error;
use std::io;
use std::time::Duration;

use url::Url;

use super::engine::patience_to_connect;
use super::error::{Cause, HttpError, WaitedFor, display_url};

impl HttpError {
    /// Sorts an error met before the answer's head had arrived.
    pub(super) fn from_send(url: &Url, timeout: Duration, error: reqwest::Error) -> HttpError {
        let url = display_url(url);
        let cause = root_cause(&error);
        if error.is_timeout() {
            let (waited_for, after) = match error.is_connect() {
                true => (WaitedFor::Connection, patience_to_connect(timeout)),
                false => (WaitedFor::Answer, timeout),
            };
            return HttpError::Timeout {
                url,
                waited_for,
                after,
            };
        }
        if find::<rustls::Error>(&error).is_some() {
            return HttpError::Tls { url, cause };
        }
        if error.is_dns() {
            return HttpError::Dns { url, cause };
        }
        if error.is_connect() && !is_reset(&error) {
            return HttpError::Connect { url, cause };
        }
        if error.is_builder() {
            return HttpError::Request { url, cause };
        }
        HttpError::Reset { url, cause }
    }

    /// Sorts an error met while the body was read.
    pub(super) fn from_body(
        url: &Url,
        timeout: Duration,
        expected: Option<u64>,
        received: u64,
        error: reqwest::Error,
    ) -> HttpError {
        let url = display_url(url);
        if error.is_timeout() {
            return HttpError::Timeout {
                url,
                waited_for: WaitedFor::Rest { received, expected },
                after: timeout,
            };
        }
        HttpError::Truncated {
            url,
            expected,
            received,
            cause: root_cause(&error),
        }
    }
}

/// The errors from `error` down. An `io::Error` hides the error that it wraps from `source`.
fn chain<'a>(error: &'a (dyn Error + 'static)) -> impl Iterator<Item = &'a (dyn Error + 'static)> {
    std::iter::successors(Some(error), |error: &&'a (dyn Error + 'static)| {
        let error: &'a (dyn Error + 'static) = *error;
        match error
            .downcast_ref::<io::Error>()
            .and_then(io::Error::get_ref)
        {
            Some(inner) => Some(inner as &(dyn Error + 'static)),
            None => error.source(),
        }
    })
}

fn find<'a, T: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a T> {
    chain(error).find_map(|error| error.downcast_ref::<T>())
}

fn is_reset(error: &(dyn Error + 'static)) -> bool {
    use io::ErrorKind::{BrokenPipe, ConnectionAborted, ConnectionReset, UnexpectedEof};
    find::<io::Error>(error).is_some_and(|error| {
        matches!(
            error.kind(),
            BrokenPipe | ConnectionAborted | ConnectionReset | UnexpectedEof
        )
    })
}

fn root_cause(error: &(dyn Error + 'static)) -> Cause {
    let root = chain(error).last().unwrap_or(error);
    // Only reqwest's own errors print URLs, and those stand at the top of the chain.
    if root.is::<reqwest::Error>() {
        return Cause("the request failed".to_owned());
    }
    Cause(root.to_string())
}
