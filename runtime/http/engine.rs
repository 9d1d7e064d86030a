//! The thread that drives all requests: redirects, retries and time-outs.
//!
//! In: [`HttpRequest`]. Out: [`Update`]s for callers that await, or one answer to stream for callers that
//! block. Side effects: network; the thread starts with the first request and ends with the last handle.

use std::sync::{Arc, OnceLock};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use futures::future::BoxFuture;
use reqwest::header::{CONTENT_LENGTH, CONTENT_TYPE, LOCATION, RETRY_AFTER};
use reqwest::{Client, Method, Response, StatusCode, redirect};
use rustls::ClientConfig;
use tokio::sync::{Semaphore, mpsc};
use url::Url;

use super::error::{Cause, HttpError, display_url, is_retryable_status};
use super::retry::{Attempts, parse_retry_after};
use super::{HttpOptions, HttpRequest, HttpResponse, rules, tls};

const MAX_REDIRECTS: usize = 10;
/// Whole bodies kept in memory at once; streamed ones are not counted.
const MAX_CONCURRENT: usize = 64;
/// Far above any package or source file, far below what would exhaust a machine.
const MAX_BODY: u64 = 1 << 30;

/// What a caller that awaits hears about its request.
pub(super) enum Update {
    /// The announced length of the body.
    Total(u64),
    /// Bytes received so far; starts again with each retry.
    Received(u64),
    /// The end.
    Done(Box<Result<HttpResponse, HttpError>>),
}

/// Starts requests on the thread and owns what they share.
pub(super) struct Engine {
    shared: Arc<Shared>,
    tasks: OnceLock<Result<mpsc::UnboundedSender<BoxFuture<'static, ()>>, Cause>>,
}

impl Engine {
    pub(super) fn new(options: HttpOptions) -> Engine {
        Engine {
            shared: Arc::new(Shared {
                options,
                trust: OnceLock::new(),
                clients: [const { OnceLock::new() }; 3],
                permits: Semaphore::new(MAX_CONCURRENT),
            }),
            tasks: OnceLock::new(),
        }
    }

    pub(super) fn options(&self) -> &HttpOptions {
        &self.shared.options
    }

    /// Starts a request whose body is collected.
    ///
    /// # Errors
    /// Refusals that need no network, and [`HttpError::Stopped`] if the thread cannot start.
    pub(super) fn fetch(
        &self,
        request: HttpRequest,
    ) -> Result<mpsc::UnboundedReceiver<Update>, HttpError> {
        rules::check(&self.shared.options, &request.url, None)?;
        let (sender, receiver) = mpsc::unbounded_channel();
        let shared = self.shared.clone();
        self.spawn(Box::pin(async move {
            tokio::select! {
                result = shared.collect(request, &sender) => {
                    // Nobody listens any more if the caller was dropped meanwhile.
                    let _ = sender.send(Update::Done(Box::new(result)));
                }
                () = sender.closed() => {}
            }
        }))?;
        Ok(receiver)
    }

    /// Starts a request; `respond` gets its head, and the body is streamed by the future it returns.
    ///
    /// # Errors
    /// As [`Engine::fetch`].
    pub(super) fn stream<F, B>(&self, request: HttpRequest, respond: F) -> Result<(), HttpError>
    where
        F: FnOnce(Result<Stream, HttpError>) -> B + Send + 'static,
        B: Future<Output = ()> + Send + 'static,
    {
        rules::check(&self.shared.options, &request.url, None)?;
        let shared = self.shared.clone();
        self.spawn(Box::pin(async move {
            let opened = shared.open_with_retries(&request).await;
            let timeout = shared.options.timeout;
            respond(opened.map(|response| Stream::new(response, timeout))).await;
        }))
    }

    fn spawn(&self, task: BoxFuture<'static, ()>) -> Result<(), HttpError> {
        let tasks = self
            .tasks
            .get_or_init(|| start_thread().map_err(|error| Cause(error.to_string())));
        let sender = tasks
            .as_ref()
            .map_err(|cause| HttpError::Stopped(cause.clone()))?;
        sender.send(task).map_err(|_| HttpError::stopped())
    }
}

fn start_thread() -> std::io::Result<mpsc::UnboundedSender<BoxFuture<'static, ()>>> {
    let (sender, mut receiver) = mpsc::unbounded_channel::<BoxFuture<'static, ()>>();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    std::thread::Builder::new()
        .name("prizm-http".to_owned())
        .spawn(move || {
            runtime.block_on(async move {
                while let Some(task) = receiver.recv().await {
                    tokio::spawn(task);
                }
            });
        })?;
    Ok(sender)
}

struct Shared {
    options: HttpOptions,
    trust: OnceLock<Result<ClientConfig, HttpError>>,
    clients: [OnceLock<Result<Client, HttpError>>; 3],
    permits: Semaphore,
}

/// The clients differ in what they need: no certificates for plain loopback, no proxy for any loopback.
#[derive(Clone, Copy)]
enum Route {
    PlainLoopback,
    TlsLoopback,
    Web,
}

impl Route {
    fn of(url: &Url) -> Route {
        match (rules::is_loopback(url), url.scheme()) {
            (true, "https") => Route::TlsLoopback,
            (true, _) => Route::PlainLoopback,
            (false, _) => Route::Web,
        }
    }
}

/// The clock for the answer runs from the beginning, so a connection gets a little less: else nobody could tell
/// which of the two ran out.
pub(super) fn patience_to_connect(timeout: Duration) -> Duration {
    timeout.mul_f64(0.9)
}

impl Shared {
    fn client(&self, url: &Url) -> Result<Client, HttpError> {
        let route = Route::of(url);
        self.clients[route as usize]
            .get_or_init(|| self.build_client(route))
            .clone()
    }

    fn build_client(&self, route: Route) -> Result<Client, HttpError> {
        let tls = match route {
            Route::PlainLoopback => tls::empty_config(),
            Route::TlsLoopback | Route::Web => self
                .trust
                .get_or_init(|| tls::trusting_config(&self.options))
                .clone()?,
        };
        let mut builder = Client::builder()
            .tls_backend_preconfigured(tls)
            .user_agent(concat!("prizm/", env!("CARGO_PKG_VERSION")))
            .redirect(redirect::Policy::none())
            .retry(reqwest::retry::never())
            .connect_timeout(patience_to_connect(self.options.timeout))
            .read_timeout(self.options.timeout)
            .http2_adaptive_window(true);
        if !matches!(route, Route::Web) {
            builder = builder.no_proxy();
        }
        builder
            .build()
            .map_err(|error| HttpError::Stopped(Cause(error.to_string())))
    }

    async fn collect(
        &self,
        request: HttpRequest,
        updates: &mpsc::UnboundedSender<Update>,
    ) -> Result<HttpResponse, HttpError> {
        let _permit = self.permits.acquire().await;
        let mut attempts = Attempts::new(self.options.retries);
        loop {
            let error = match self.collect_once(&request, updates).await {
                Ok(response) => return Ok(response),
                Err(error) => error,
            };
            self.pause(&mut attempts, error).await?;
        }
    }

    async fn collect_once(
        &self,
        request: &HttpRequest,
        updates: &mpsc::UnboundedSender<Update>,
    ) -> Result<HttpResponse, HttpError> {
        let mut stream = Stream::new(self.open(request).await?, self.options.timeout);
        if request.method == Method::HEAD {
            stream.expected = None;
        }
        if let Some(total) = stream.expected {
            let _ = updates.send(Update::Total(total));
        }
        let mut body = Vec::with_capacity(stream.expected.unwrap_or(0).min(MAX_BODY) as usize);
        while let Some(chunk) = stream.next().await? {
            body.extend_from_slice(&chunk);
            if body.len() as u64 > MAX_BODY {
                return Err(HttpError::TooLarge {
                    url: display_url(stream.url()),
                    limit: MAX_BODY,
                });
            }
            let _ = updates.send(Update::Received(body.len() as u64));
        }
        Ok(HttpResponse {
            status: stream.response.status().as_u16(),
            url: stream.url().clone(),
            headers: stream.response.headers().clone(),
            body: body.into(),
        })
    }

    async fn open_with_retries(&self, request: &HttpRequest) -> Result<Response, HttpError> {
        let mut attempts = Attempts::new(self.options.retries);
        loop {
            match self.open(request).await {
                Ok(response) => return Ok(response),
                Err(error) => self.pause(&mut attempts, error).await?,
            }
        }
    }

    /// Waits for the next try, or gives `error` back.
    async fn pause(&self, attempts: &mut Attempts, error: HttpError) -> Result<(), HttpError> {
        let Some(wait) = attempts.wait_after(&error) else {
            return Err(error);
        };
        log::debug!("{error}; trying again in {} ms", wait.as_millis());
        tokio::time::sleep(wait).await;
        Ok(())
    }

    /// One try: follows redirects up to an answer that is not one.
    async fn open(&self, request: &HttpRequest) -> Result<Response, HttpError> {
        let mut hop = request.clone();
        rules::extract_userinfo(&mut hop.url, &mut hop.headers);
        let mut previous: Option<Url> = None;
        for _ in 0..=MAX_REDIRECTS {
            rules::check(&self.options, &hop.url, previous.as_ref())?;
            let response = self
                .client(&hop.url)?
                .request(hop.method.clone(), hop.url.clone())
                .headers(hop.headers.clone())
                .body(hop.body.clone())
                .send()
                .await
                .map_err(|error| HttpError::from_send(&hop.url, self.options.timeout, error))?;
            let Some(target) = redirect_target(&hop.url, &response)? else {
                return refuse_failure(&hop.url, response);
            };
            previous = Some(hop.url.clone());
            follow(&mut hop, target, response.status());
        }
        Err(HttpError::Redirect {
            url: display_url(&request.url),
            cause: Cause(format!("more than {MAX_REDIRECTS} redirects")),
        })
    }
}

/// Statuses that a retry may cure are errors, all others are answers.
fn refuse_failure(url: &Url, response: Response) -> Result<Response, HttpError> {
    let status = response.status().as_u16();
    if !is_retryable_status(status) {
        return Ok(response);
    }
    let asked = response.headers().get(RETRY_AFTER);
    Err(HttpError::Status {
        url: display_url(url),
        status,
        retry_after: asked
            .and_then(|value| value.to_str().ok())
            .and_then(|value| parse_retry_after(value, SystemTime::now())),
    })
}

fn redirect_target(url: &Url, response: &Response) -> Result<Option<Url>, HttpError> {
    if !matches!(response.status().as_u16(), 301 | 302 | 303 | 307 | 308) {
        return Ok(None);
    }
    let refuse = |cause: &str| HttpError::Redirect {
        url: display_url(url),
        cause: Cause(cause.to_owned()),
    };
    let location = response
        .headers()
        .get(LOCATION)
        .ok_or_else(|| refuse("it names no location"))?;
    let location = std::str::from_utf8(location.as_bytes())
        .map_err(|_| refuse("its location is not UTF-8"))?;
    let target = url
        .join(location)
        .map_err(|_| refuse("its location is not a URL"))?;
    Ok(Some(target))
}

fn follow(hop: &mut HttpRequest, mut target: Url, status: StatusCode) {
    if target.origin() != hop.url.origin() {
        rules::drop_secrets(&mut hop.headers);
    }
    // Logins come from the caller alone, never from a server's redirect.
    rules::strip_userinfo(&mut target);
    let becomes_get = status == StatusCode::SEE_OTHER && hop.method != Method::HEAD
        || hop.method == Method::POST
            && matches!(status, StatusCode::MOVED_PERMANENTLY | StatusCode::FOUND);
    if becomes_get {
        hop.method = Method::GET;
        hop.body = Bytes::new();
        hop.headers.remove(CONTENT_LENGTH);
        hop.headers.remove(CONTENT_TYPE);
    }
    hop.url = target;
}

/// An answer whose body is read piece by piece and held against its announced length.
pub(super) struct Stream {
    pub(super) response: Response,
    expected: Option<u64>,
    received: u64,
    timeout: Duration,
}

impl Stream {
    fn new(response: Response, timeout: Duration) -> Stream {
        Stream {
            expected: response.content_length(),
            response,
            received: 0,
            timeout,
        }
    }

    pub(super) fn url(&self) -> &Url {
        self.response.url()
    }

    /// The next piece of the body, `None` at its end.
    ///
    /// # Errors
    /// [`HttpError::Truncated`] or [`HttpError::Timeout`].
    pub(super) async fn next(&mut self) -> Result<Option<Bytes>, HttpError> {
        match self.response.chunk().await {
            Ok(Some(chunk)) => {
                self.received += chunk.len() as u64;
                Ok(Some(chunk))
            }
            Ok(None) => match self.expected {
                Some(expected) if expected != self.received => Err(HttpError::Truncated {
                    url: display_url(self.url()),
                    expected: Some(expected),
                    received: self.received,
                    cause: Cause("the body ended early".to_owned()),
                }),
                _ => Ok(None),
            },
            Err(error) => Err(HttpError::from_body(
                self.response.url(),
                self.timeout,
                self.expected,
                self.received,
                error,
            )),
        }
    }
}
