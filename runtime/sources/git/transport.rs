//! libgit2's HTTP transport, carried by the runtime's own client.
//!
//! In: libgit2's requests for `http:` and `https:` remotes, made on a thread that is inside
//! [`Session::enter`]. Out: what the server answers; failures are kept in the [`Session`], because libgit2
//! passes on only their text. Side effects: network; [`install`] changes libgit2's process-wide settings.
//!
//! Source: git's "HTTP transfer protocols", smart clients (`gitprotocol-http`).

use std::cell::RefCell;
use std::io::{self, Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, Once, PoisonError};

use bytes::Bytes;
use git2::transport::{Service, SmartSubtransport, SmartSubtransportStream, Transport};
use git2::{ConfigLevel, ErrorClass, ErrorCode};
use reqwest::header::USER_AGENT;
use reqwest::header::{ACCEPT, AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderMap, HeaderValue};
use url::Url;

use super::config::GitConfig;
use super::credentials::Logins;
use crate::http::{BlockingHttp, BlockingResponse, HttpError, display_url};

const INFO_REFS: &str = "/info/refs";
const ADVERTISEMENT: &str = "application/x-git-upload-pack-advertisement";
const REQUEST: &str = "application/x-git-upload-pack-request";
const RESULT: &str = "application/x-git-upload-pack-result";
/// Some servers speak the smart protocol only with clients whose name begins with `git/`.
const AGENT: &str = concat!("git/2.0 (prizm/", env!("CARGO_PKG_VERSION"), ")");

thread_local! {
    static CURRENT: RefCell<Option<Arc<Session>>> = const { RefCell::new(None) };
}

/// Prepares libgit2 for this process: our transport, and no settings but the repository's own.
pub(super) fn install() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let levels = [
            ConfigLevel::ProgramData,
            ConfigLevel::System,
            ConfigLevel::XDG,
            ConfigLevel::Global,
        ];
        // SAFETY: `ONCE` lets nobody use libgit2 through this module before these calls return.
        let installed = unsafe {
            levels
                .into_iter()
                .try_for_each(|level| git2::opts::set_search_path(level, ""))
                // Repositories are only read, nothing in them is run: whose they are does not matter.
                .and_then(|()| git2::opts::set_verify_owner_validation(false))
                .and_then(|()| register("http"))
                .and_then(|()| register("https"))
        };
        if let Err(error) = installed {
            log::debug!("libgit2 refused a setting: {error}");
        }
    });
}

/// # Safety
/// As [`git2::transport::register`]: no transport may be made at the same time.
unsafe fn register(scheme: &str) -> Result<(), git2::Error> {
    let factory = |remote: &git2::Remote<'_>| {
        let session = CURRENT.with_borrow(Clone::clone);
        let session = session.ok_or_else(|| git2::Error::from_str("no session is entered"))?;
        Transport::smart(remote, true, Subtransport { session })
    };
    // SAFETY: passed on to the caller.
    unsafe { git2::transport::register(scheme, factory) }
}

/// What went wrong below libgit2.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request failed; `is_partial` if an answer had begun.
    Http {
        /// Why.
        error: HttpError,
        /// Whether the client had no chance to try again by itself.
        is_partial: bool,
    },
    /// The server refused.
    Refused {
        /// The URL that answered.
        url: String,
        /// 401, 403, 404 …
        status: u16,
    },
    /// The server answers, but not as a git server.
    NotGit {
        /// The URL that answered.
        url: String,
    },
}

/// One conversation with one remote.
pub(super) struct Session {
    http: BlockingHttp,
    state: Mutex<State>,
}

struct State {
    /// The repository's URL, after redirects.
    base: Url,
    authorization: Option<HeaderValue>,
    logins: Logins,
    failure: Option<Failure>,
}

impl Session {
    /// A conversation with the repository at `url`, which may carry a user and password.
    pub(super) fn new(http: BlockingHttp, url: Url, config: GitConfig) -> Arc<Session> {
        Arc::new(Session {
            http,
            state: Mutex::new(State {
                base: url,
                authorization: None,
                logins: Logins::new(config),
                failure: None,
            }),
        })
    }

    /// Runs `work` with this session serving libgit2's HTTP remotes on this thread.
    pub(super) fn enter<T>(self: &Arc<Session>, work: impl FnOnce() -> T) -> T {
        struct Leave(Option<Arc<Session>>);
        impl Drop for Leave {
            fn drop(&mut self) {
                CURRENT.set(self.0.take());
            }
        }
        let _leave = Leave(CURRENT.replace(Some(self.clone())));
        work()
    }

    /// The failure below the last error of libgit2, if there was one.
    pub(super) fn take_failure(&self) -> Option<Failure> {
        self.state().failure.take()
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn fail(&self, failure: Failure) -> git2::Error {
        self.state().failure = Some(failure);
        git2::Error::new(
            ErrorCode::GenericError,
            ErrorClass::Http,
            "the request failed",
        )
    }

    /// Asks for the references, with logins as far as the server wants any.
    fn advertisement(&self) -> Result<BlockingResponse, Failure> {
        let mut url = info_refs(&self.state().base);
        loop {
            let response = self
                .http
                .get(&url, self.headers(ACCEPT, ADVERTISEMENT))
                .map_err(|error| self.before_answer(error))?;
            let mut state = self.state();
            // A user and password in the URL stay with it for as long as the server is the same.
            if response.url.origin() != url.origin() {
                url = response.url.clone();
            }
            if response.status == 200 {
                state.logins.report(true);
                if !has_type(&response.headers, ADVERTISEMENT) {
                    return Err(Failure::NotGit {
                        url: display_url(&repository(&response.url, &url)),
                    });
                }
                state.base = repository(&response.url, &url);
                return Ok(response);
            }
            state.logins.report(false);
            match state.logins.next(&repository(&url, &url), response.status) {
                Some(login) => state.authorization = Some(login),
                None => {
                    return Err(Failure::Refused {
                        url: display_url(&repository(&response.url, &url)),
                        status: response.status,
                    });
                }
            }
        }
    }

    /// Sends what libgit2 wants and has.
    fn negotiate(&self, request: Bytes) -> Result<BlockingResponse, Failure> {
        let mut url = self.state().base.clone();
        url.set_path(&format!(
            "{}/git-upload-pack",
            url.path().trim_end_matches('/')
        ));
        let mut headers = self.headers(ACCEPT, RESULT);
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(REQUEST));
        let response = self
            .http
            .post(&url, headers, request)
            .map_err(|error| self.before_answer(error))?;
        if response.status != 200 {
            return Err(Failure::Refused {
                url: display_url(&response.url),
                status: response.status,
            });
        }
        if !has_type(&response.headers, RESULT) {
            return Err(Failure::NotGit {
                url: display_url(&response.url),
            });
        }
        Ok(response)
    }

    /// Errors name the repository: the URLs of single requests mean nothing to people.
    fn before_answer(&self, error: HttpError) -> Failure {
        Failure::Http {
            error: error.about(&self.state().base),
            is_partial: false,
        }
    }

    fn headers(&self, name: reqwest::header::HeaderName, value: &'static str) -> HeaderMap {
        let mut headers = HeaderMap::new();
        headers.insert(USER_AGENT, HeaderValue::from_static(AGENT));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
        headers.insert(name, HeaderValue::from_static(value));
        if let Some(login) = &self.state().authorization {
            headers.insert(AUTHORIZATION, login.clone());
        }
        headers
    }
}

fn info_refs(repository: &Url) -> Url {
    let mut url = repository.clone();
    url.set_path(&format!("{}{INFO_REFS}", url.path().trim_end_matches('/')));
    url.set_query(Some("service=git-upload-pack"));
    url
}

/// The repository's URL, from the one that answered; `asked` carries the user and password.
fn repository(answered: &Url, asked: &Url) -> Url {
    let mut url = asked.clone();
    let path = answered.path();
    url.set_path(path.strip_suffix(INFO_REFS).unwrap_or(path));
    url.set_query(None);
    url
}

fn has_type(headers: &HeaderMap, wanted: &str) -> bool {
    let found = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    let plain = found.map(|value| value.split(';').next().unwrap_or_default().trim());
    plain.is_some_and(|value| value.eq_ignore_ascii_case(wanted))
}

struct Subtransport {
    session: Arc<Session>,
}

impl SmartSubtransport for Subtransport {
    fn action(
        &self,
        _url: &str,
        action: Service,
    ) -> Result<Box<dyn SmartSubtransportStream>, git2::Error> {
        let session = self.session.clone();
        let response = match action {
            Service::UploadPackLs => {
                let response = session.advertisement();
                Some(response.map_err(|failure| session.fail(failure))?)
            }
            Service::UploadPack => None,
            Service::ReceivePackLs | Service::ReceivePack => {
                return Err(git2::Error::from_str("remotes are only read"));
            }
        };
        Ok(Box::new(Stream {
            session,
            request: Vec::new(),
            response,
        }))
    }

    fn close(&self) -> Result<(), git2::Error> {
        Ok(())
    }
}

/// One request and its answer: libgit2 writes first, then reads.
struct Stream {
    session: Arc<Session>,
    request: Vec<u8>,
    response: Option<BlockingResponse>,
}

impl Write for Stream {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.request.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Read for Stream {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let response = match &mut self.response {
            Some(response) => response,
            None => {
                let request = Bytes::from(std::mem::take(&mut self.request));
                let response = self.session.negotiate(request);
                let response =
                    response.map_err(|failure| io::Error::other(self.session.fail(failure)))?;
                self.response.insert(response)
            }
        };
        response.read(buffer).inspect_err(|error| {
            let inner = error
                .get_ref()
                .and_then(|error| error.downcast_ref::<HttpError>());
            if let Some(error) = inner.cloned() {
                let error = error.about(&self.session.state().base);
                self.session.fail(Failure::Http {
                    error,
                    is_partial: true,
                });
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn urls_follow_redirects_and_keep_logins() {
        let asked = Url::parse("https://me:secret@h.test/o/r/").unwrap();
        let references = info_refs(&asked);
        assert_eq!(
            references.as_str(),
            "https://me:secret@h.test/o/r/info/refs?service=git-upload-pack"
        );
        let answered = Url::parse("https://h.test/new/r.git/info/refs?service=git-upload-pack");
        assert_eq!(
            repository(&answered.unwrap(), &references).as_str(),
            "https://me:secret@h.test/new/r.git"
        );
    }
}
