//! The client for code that blocks: git's transport reads a pack while it arrives.
//!
//! In: [`HttpRequest`]. Out: [`BlockingResponse`], a `std::io::Read`. Side effects: network.
//!
//! Bytes come from the client's own thread over a bounded queue, so any thread may block here, even one
//! that drives a runtime.

use std::io::{self, Read};
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use bytes::{Buf, Bytes};
use tokio::sync::Semaphore;
use url::Url;

use super::engine::{Engine, Stream};
use super::error::HttpError;
use super::{HeaderMap, HttpRequest, Method};

/// Pieces of a body that may wait for a slow reader.
const QUEUE_LENGTH: usize = 32;

/// A handle on the client for threads that may block. Cheap to clone.
#[derive(Clone)]
pub struct BlockingHttp {
    engine: Arc<Engine>,
}

impl BlockingHttp {
    pub(super) fn new(engine: Arc<Engine>) -> BlockingHttp {
        BlockingHttp { engine }
    }

    /// Makes a `GET`; see [`BlockingHttp::send`].
    ///
    /// # Errors
    /// As [`BlockingHttp::send`].
    pub fn get(&self, url: &Url, headers: HeaderMap) -> Result<BlockingResponse, HttpError> {
        let mut request = HttpRequest::get(url.clone());
        request.headers = headers;
        self.send(request)
    }

    /// Makes a `POST`; see [`BlockingHttp::send`].
    ///
    /// # Errors
    /// As [`BlockingHttp::send`].
    pub fn post(
        &self,
        url: &Url,
        headers: HeaderMap,
        body: Bytes,
    ) -> Result<BlockingResponse, HttpError> {
        self.send(HttpRequest {
            method: Method::POST,
            url: url.clone(),
            headers,
            body,
        })
    }

    /// Makes a request and returns once its head is there. Redirects and retries are those of
    /// [`HttpClient::request`](super::HttpClient::request), up to the head.
    ///
    /// # Errors
    /// [`HttpError`]; a 429 or 5xx that lasts is [`HttpError::Status`].
    pub fn send(&self, request: HttpRequest) -> Result<BlockingResponse, HttpError> {
        let (head_sender, head) = channel();
        let (sender, pieces) = channel();
        let room = Arc::new(Semaphore::new(QUEUE_LENGTH));
        let queue = room.clone();
        self.engine.stream(request, move |opened| async move {
            let mut stream = match opened {
                Ok(stream) => stream,
                Err(error) => {
                    // The reader is gone if this fails, and so is the need to tell.
                    let _ = head_sender.send(Err(error));
                    return;
                }
            };
            let _ = head_sender.send(Ok(Head::of(&stream)));
            while let Ok(permit) = queue.acquire().await {
                permit.forget();
                let piece = stream.next().await.transpose();
                let is_last = !matches!(piece, Some(Ok(_)));
                if sender.send(piece).is_err() || is_last {
                    return;
                }
            }
        })?;
        let head = head.recv().map_err(|_| HttpError::stopped())??;
        Ok(BlockingResponse {
            status: head.status,
            url: head.url,
            headers: head.headers,
            current: Bytes::new(),
            ended: false,
            pieces,
            room,
            _engine: self.engine.clone(),
        })
    }
}

struct Head {
    status: u16,
    url: Url,
    headers: HeaderMap,
}

impl Head {
    fn of(stream: &Stream) -> Head {
        Head {
            status: stream.response.status().as_u16(),
            url: stream.url().clone(),
            headers: stream.response.headers().clone(),
        }
    }
}

/// An answer whose body is read while it arrives. A read that fails carries an [`HttpError`].
pub struct BlockingResponse {
    /// The status, never a redirect.
    pub status: u16,
    /// Where the answer came from, after redirects.
    pub url: Url,
    /// The answer's headers.
    pub headers: HeaderMap,
    current: Bytes,
    ended: bool,
    pieces: Receiver<Option<Result<Bytes, HttpError>>>,
    room: Arc<Semaphore>,
    // Keeps the thread alive for as long as the body is read.
    _engine: Arc<Engine>,
}

impl Read for BlockingResponse {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.current.is_empty() && !self.ended {
            let piece = self
                .pieces
                .recv()
                .map_err(|_| io::Error::other(HttpError::stopped()))?;
            self.room.add_permits(1);
            match piece {
                Some(Ok(bytes)) => self.current = bytes,
                Some(Err(error)) => {
                    self.ended = true;
                    return Err(io::Error::other(error));
                }
                None => self.ended = true,
            }
        }
        let count = self.current.len().min(buffer.len());
        buffer[..count].copy_from_slice(&self.current[..count]);
        self.current.advance(count);
        Ok(count)
    }
}

impl Drop for BlockingResponse {
    fn drop(&mut self) {
        self.room.close();
    }
}
