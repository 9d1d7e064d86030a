//! A forward proxy on loopback, so that tests can be about hosts by their real names: `github.com` over `HTTPS_PROXY`.
//!
//! In: which names lead to which loopback port. Out: a CONNECT proxy that knows those names alone, and its log.
//! One thread; it ends when the [`Proxy`] is dropped.

use std::collections::HashMap;
use std::io;
use std::sync::{Arc, Mutex};
use std::thread::JoinHandle;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;

struct Shared {
    /// `github.com:443` → a port on 127.0.0.1.
    routes: HashMap<String, u16>,
    log: Mutex<Vec<String>>,
}

/// A running proxy.
pub struct Proxy {
    shared: Arc<Shared>,
    port: u16,
    stop: watch::Sender<bool>,
    thread: Option<JoinHandle<()>>,
}

impl Proxy {
    /// Starts a proxy to `routes`.
    ///
    /// # Errors
    /// No loopback port could be bound.
    pub fn start(routes: HashMap<String, u16>) -> io::Result<Proxy> {
        let listener = std::net::TcpListener::bind(("127.0.0.1", 0))?;
        listener.set_nonblocking(true)?;
        let port = listener.local_addr()?.port();
        let shared = Arc::new(Shared {
            routes,
            log: Mutex::default(),
        });
        let (stop, stopped) = watch::channel(false);
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()?;
        let serving = shared.clone();
        let thread = std::thread::Builder::new()
            .name("proxy".into())
            .spawn(move || {
                runtime.block_on(serve(serving, listener, stopped));
                runtime.shutdown_timeout(Duration::from_secs(1));
            })?;
        Ok(Proxy {
            shared,
            port,
            stop,
            thread: Some(thread),
        })
    }

    /// `http://127.0.0.1:PORT`
    pub fn address(&self) -> String {
        format!("http://127.0.0.1:{}", self.port)
    }

    /// Every request so far: `proxy CONNECT github.com:443`.
    pub fn log(&self) -> Vec<String> {
        self.shared.log.lock().expect("no logger panics").clone()
    }

    /// Forgets the log.
    pub fn clear_log(&self) {
        self.shared.log.lock().expect("no logger panics").clear();
    }
}

impl Drop for Proxy {
    fn drop(&mut self) {
        // An error means that the thread is gone already.
        let _ = self.stop.send(true);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

async fn serve(
    shared: Arc<Shared>,
    listener: std::net::TcpListener,
    mut stop: watch::Receiver<bool>,
) {
    let listener = TcpListener::from_std(listener).expect("the listener does not block");
    loop {
        tokio::select! {
            Ok((stream, _)) = listener.accept() => {
                let shared = shared.clone();
                // A client or server that hangs up ends its tunnel and nothing else.
                tokio::spawn(async move { tunnel(&shared, stream).await.ok() });
            }
            _ = stop.changed() => return,
        }
    }
}

async fn tunnel(shared: &Shared, client: TcpStream) -> io::Result<()> {
    let mut client = BufReader::new(client);
    let mut request = String::new();
    client.read_line(&mut request).await?;
    let mut header = String::new();
    while client.read_line(&mut header).await? > 2 {
        header.clear();
    }
    let line = format!("proxy {}", request.trim_end().trim_end_matches(" HTTP/1.1"));
    shared.log.lock().expect("no logger panics").push(line);

    let name = request.split(' ').nth(1).unwrap_or_default();
    let port = match shared.routes.get(name) {
        Some(port) if request.starts_with("CONNECT ") => *port,
        _ => return client.write_all(b"HTTP/1.1 502 Bad Gateway\r\n\r\n").await,
    };
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    client.write_all(b"HTTP/1.1 200 Connected\r\n\r\n").await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await?;
    Ok(())
}
