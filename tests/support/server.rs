//! A loopback HTTP and HTTPS server: logs every request, shows faults on demand, and leaves the answer to a [`Site`].
//!
//! In: a site. Out: two ports on 127.0.0.1. One thread a server; it ends when the [`Server`] is dropped.

use std::io;
use std::pin::Pin;
use std::sync::{Arc, Condvar, Mutex};
use std::task::{Context, Poll};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::{HeaderMap, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

use crate::fault::{self, Barriers, FaultAction, FaultRule};
use crate::tls;

/// A request as a site sees it.
pub struct Asked {
    pub method: String,
    /// The path as sent, still percent-encoded.
    pub path: String,
    pub query: String,
    pub headers: HeaderMap,
    pub body: Bytes,
    /// Whether it came in over TLS.
    pub secure: bool,
}

impl Asked {
    /// A header as text, if it was sent and is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// What a site answers.
#[derive(Default)]
pub struct Reply {
    pub status: u16,
    pub headers: Vec<(String, String)>,
    pub body: Bytes,
}

impl Reply {
    /// A reply without a body.
    pub fn status(status: u16) -> Reply {
        Reply {
            status,
            ..Reply::default()
        }
    }

    /// 200 with a body of this type.
    pub fn ok(content_type: &str, body: impl Into<Bytes>) -> Reply {
        Reply {
            status: 200,
            headers: vec![("content-type".into(), content_type.into())],
            body: body.into(),
        }
    }

    #[must_use]
    pub fn with(mut self, name: &str, value: impl Into<String>) -> Reply {
        self.headers.push((name.into(), value.into()));
        self
    }
}

/// The content behind a server. It may block: each request has a thread of its own.
pub trait Site: Send + Sync + 'static {
    fn answer(&self, request: &Asked) -> Reply;
}

struct Shared {
    name: &'static str,
    site: Box<dyn Site>,
    log: Mutex<Vec<String>>,
    logged: Condvar,
    faults: Mutex<Vec<FaultRule>>,
    barriers: Arc<Barriers>,
    stop: watch::Receiver<bool>,
}

/// A running server.
pub struct Server {
    shared: Arc<Shared>,
    http: u16,
    https: u16,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts serving `site`; `name` is how fixtures call it.
    ///
    /// # Errors
    /// No loopback port could be bound.
    pub fn start(
        name: &'static str,
        site: impl Site,
        barriers: Arc<Barriers>,
    ) -> io::Result<Server> {
        let plain = bind()?;
        let secure = bind()?;
        let http = plain.local_addr()?.port();
        let https = secure.local_addr()?.port();
        let (stop, stopped) = watch::channel(false);
        let shared = Arc::new(Shared {
            name,
            site: Box::new(site),
            log: Mutex::default(),
            logged: Condvar::new(),
            faults: Mutex::default(),
            barriers,
            stop: stopped,
        });
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let serving = shared.clone();
        let thread = std::thread::Builder::new()
            .name(format!("{name} server"))
            .spawn(move || {
                runtime.block_on(serve(serving, plain, secure));
                runtime.shutdown_timeout(Duration::from_secs(1));
            })?;
        Ok(Server {
            shared,
            http,
            https,
            stop,
            thread: Some(thread),
        })
    }

    /// `http://127.0.0.1:PORT`
    pub fn http(&self) -> String {
        format!("http://127.0.0.1:{}", self.http)
    }

    /// `https://127.0.0.1:PORT`
    pub fn https(&self) -> String {
        format!("https://127.0.0.1:{}", self.https)
    }

    /// The port that speaks TLS.
    pub fn https_port(&self) -> u16 {
        self.https
    }

    /// Every request so far: `git GET /o/r.git/info/refs?service=… auth=none agent=prizm/0.1.0`.
    pub fn log(&self) -> Vec<String> {
        self.shared.log.lock().expect("no logger panics").clone()
    }

    /// Forgets the log.
    pub fn clear_log(&self) {
        self.shared.log.lock().expect("no logger panics").clear();
    }

    /// Blocks until a request whose line contains `part` is in the log; `false` after `patience`.
    pub fn wait_for(&self, part: &str, patience: Duration) -> bool {
        let deadline = Instant::now() + patience;
        let mut log = self.shared.log.lock().expect("no logger panics");
        loop {
            if log.iter().any(|line| line.contains(part)) {
                return true;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return false;
            }
            log = self
                .shared
                .logged
                .wait_timeout(log, left)
                .expect("no logger panics")
                .0;
        }
    }

    /// Replaces the faults.
    pub fn set_faults(&self, rules: Vec<FaultRule>) {
        *self.shared.faults.lock().expect("no fault holder panics") = rules;
    }

    /// Closes both ports; from here on connections are refused.
    pub fn shut_down(&mut self) {
        // An error means that the thread is gone already.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.shut_down();
    }
}

fn bind() -> io::Result<std::net::TcpListener> {
    let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

async fn serve(shared: Arc<Shared>, plain: std::net::TcpListener, secure: std::net::TcpListener) {
    let plain = TcpListener::from_std(plain).expect("the listener does not block");
    let secure = TcpListener::from_std(secure).expect("the listener does not block");
    let mut stop = shared.stop.clone();
    loop {
        tokio::select! {
            Ok((stream, _)) = plain.accept() => {
                prepare(&shared, &stream);
                tokio::spawn(converse(shared.clone(), TokioIo::new(stream), false));
            }
            Ok((stream, _)) = secure.accept() => {
                prepare(&shared, &stream);
                tokio::spawn(converse_secretly(shared.clone(), stream));
            }
            _ = stop.changed() => return,
        }
    }
}

/// A connection that may have to be reset must not linger.
fn prepare(shared: &Shared, stream: &TcpStream) {
    let _ = stream.set_nodelay(true);
    let faults = shared.faults.lock().expect("no fault holder panics");
    if faults
        .iter()
        .any(|rule| rule.times > 0 && matches!(rule.action, FaultAction::Reset(true)))
    {
        let _ = stream.set_zero_linger();
    }
}

async fn converse_secretly(shared: Arc<Shared>, stream: TcpStream) {
    let acceptor = tokio_rustls::TlsAcceptor::from(tls::authority().server.clone());
    // A client that does not trust the certificate goes away here, as it should.
    if let Ok(stream) = acceptor.accept(stream).await {
        converse(shared, TokioIo::new(stream), true).await;
    }
}

async fn converse<S>(shared: Arc<Shared>, stream: TokioIo<S>, secure: bool)
where
    S: tokio::io::AsyncRead + tokio::io::AsyncWrite + Unpin + Send + 'static,
{
    let service = hyper::service::service_fn(|request| handle(shared.clone(), request, secure));
    // Broken connections are what the faults are for.
    let _ = hyper::server::conn::http1::Builder::new()
        .serve_connection(stream, service)
        .await;
}

async fn handle(
    shared: Arc<Shared>,
    request: Request<Incoming>,
    secure: bool,
) -> Result<Response<FaultyBody>, io::Error> {
    let asked = read(request, secure).await?;
    record(&shared, &asked);
    let target = format!("{}?{}", asked.path, asked.query);
    let fault = fault::take(&shared.faults, shared.name, &target);
    match &fault {
        Some(FaultAction::Status(status)) => return Ok(whole(Reply::status(*status))),
        Some(FaultAction::RetryAfter(seconds)) => {
            return Ok(whole(
                Reply::status(429).with("retry-after", seconds.to_string()),
            ));
        }
        Some(FaultAction::Redirect(to)) => {
            return Ok(whole(Reply::status(302).with("location", to)));
        }
        Some(FaultAction::Reset(_)) => return Err(io::ErrorKind::ConnectionReset.into()),
        Some(FaultAction::Hold(_)) => {
            let mut stop = shared.stop.clone();
            let _ = stop.wait_for(|stopped| *stopped).await;
            return Err(io::ErrorKind::ConnectionReset.into());
        }
        Some(FaultAction::Barrier { name, count }) => {
            if !shared.barriers.arrive(name, *count).await {
                return Ok(whole(Reply::status(400)));
            }
        }
        Some(
            FaultAction::Truncate(_)
            | FaultAction::Stall(_)
            | FaultAction::Corrupt(_)
            | FaultAction::CorruptAfter { .. },
        )
        | None => {}
    }
    let answering = shared.clone();
    let reply = tokio::task::spawn_blocking(move || answering.site.answer(&asked))
        .await
        .map_err(io::Error::other)?;
    Ok(match fault {
        Some(FaultAction::Truncate(length)) => respond(reply, Some(length), End::Break),
        Some(FaultAction::Stall(length)) => respond(reply, Some(length), End::Silence),
        Some(FaultAction::Corrupt(offset)) => whole(corrupted(reply, offset)),
        Some(FaultAction::CorruptAfter { text, offset }) => {
            match reply
                .body
                .windows(text.len())
                .position(|part| part == text.as_bytes())
            {
                Some(at) => whole(corrupted(reply, (at + offset) as i64)),
                None => whole(reply),
            }
        }
        _ => whole(reply),
    })
}

async fn read(request: Request<Incoming>, secure: bool) -> io::Result<Asked> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map_err(io::Error::other)?.to_bytes();
    Ok(Asked {
        method: head.method.to_string(),
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body,
        secure,
    })
}

fn record(shared: &Shared, asked: &Asked) {
    let auth = asked.header("authorization").map_or("none", |value| {
        value.split_whitespace().next().unwrap_or("empty")
    });
    let agent = asked.header("user-agent").unwrap_or("none");
    let question = if asked.query.is_empty() { "" } else { "?" };
    let line = format!(
        "{} {} {}{question}{} auth={auth} agent={agent}",
        shared.name, asked.method, asked.path, asked.query
    );
    shared.log.lock().expect("no logger panics").push(line);
    shared.logged.notify_all();
}

fn corrupted(mut reply: Reply, offset: i64) -> Reply {
    let mut body = reply.body.to_vec();
    let index = if offset < 0 {
        body.len() as i64 + offset
    } else {
        offset
    };
    if let Some(byte) = usize::try_from(index).ok().and_then(|at| body.get_mut(at)) {
        *byte ^= 0xff;
    }
    reply.body = body.into();
    reply
}

fn whole(reply: Reply) -> Response<FaultyBody> {
    respond(reply, None, End::Complete)
}

fn respond(reply: Reply, cut: Option<usize>, end: End) -> Response<FaultyBody> {
    let mut response = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        response = response.header(name, value);
    }
    let announced = reply.body.len() as u64;
    let data = match cut {
        Some(length) => reply.body.slice(..length.min(reply.body.len())),
        None => reply.body,
    };
    response
        .body(FaultyBody {
            data: Some(data),
            announced,
            end,
        })
        .expect("fixtures name valid headers")
}

/// A body of announced length that may break off.
pub struct FaultyBody {
    data: Option<Bytes>,
    announced: u64,
    end: End,
}

/// What follows the last byte that is sent.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Complete,
    Break,
    Silence,
}

impl hyper::body::Body for FaultyBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        match self.data.take() {
            Some(data) if !data.is_empty() => Poll::Ready(Some(Ok(Frame::data(data)))),
            _ => match self.end {
                End::Complete => Poll::Ready(None),
                End::Break => Poll::Ready(Some(Err(io::ErrorKind::BrokenPipe.into()))),
                // Nobody wakes the task: it ends with the connection or the server.
                End::Silence => Poll::Pending,
            },
        }
    }

    fn is_end_stream(&self) -> bool {
        self.end == End::Complete && self.data.as_ref().is_none_or(Bytes::is_empty)
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.announced)
    }
}
