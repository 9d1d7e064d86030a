//! The client against scripted servers on loopback.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::time::Duration;

use reqwest::header::{AUTHORIZATION, HeaderValue};

use super::*;

/// Answers each connection with the next script and sends the head of each request to the receiver.
fn serve(scripts: Vec<&'static str>) -> (Url, Receiver<String>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/a", listener.local_addr().unwrap());
    let (sender, heads) = channel();
    std::thread::spawn(move || {
        for script in scripts {
            let (mut connection, _) = listener.accept().unwrap();
            sender.send(read_head(&connection)).unwrap();
            connection.write_all(script.as_bytes()).unwrap();
        }
    });
    (Url::parse(&url).unwrap(), heads)
}

fn read_head(connection: &TcpStream) -> String {
    let mut reader = BufReader::new(connection);
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") && reader.read_line(&mut head).unwrap() > 0 {}
    head
}

fn client() -> HttpClient {
    HttpClient::new(HttpOptions {
        timeout: Duration::from_secs(5),
        ..HttpOptions::default()
    })
}

async fn get(url: &Url) -> Result<HttpResponse, HttpError> {
    client().get(url, HeaderMap::new(), None).await
}

#[tokio::test]
async fn a_body_comes_whole() {
    let (url, heads) = serve(vec!["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"]);
    let response = get(&url).await.unwrap();
    assert_eq!((response.status, &response.body[..]), (200, &b"hello"[..]));
    let head = heads.recv().unwrap();
    assert!(head.contains("user-agent: prizm/"), "{head}");
}

#[tokio::test]
async fn passing_failures_are_retried() {
    let (url, heads) = serve(vec![
        "HTTP/1.1 503 Service Unavailable\r\nretry-after: 0\r\ncontent-length: 0\r\n\r\n",
        "",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel",
        "HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello",
    ]);
    let response = get(&url).await.unwrap();
    assert_eq!(&response.body[..], b"hello");
    assert_eq!(heads.iter().take(4).count(), 4);
}

#[tokio::test]
async fn a_lasting_truncation_is_an_error() {
    let (url, _heads) = serve(vec!["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel"; 4]);
    let error = get(&url).await.unwrap_err();
    let HttpError::Truncated {
        expected, received, ..
    } = error
    else {
        panic!("{error:?}");
    };
    assert_eq!((expected, received), (Some(5), 3));
}

#[tokio::test]
async fn not_found_is_an_answer() {
    let (url, _heads) = serve(vec!["HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\n\r\n"]);
    let response = get(&url).await.unwrap();
    assert_eq!(response.status, 404);
    let error = response.error_for_status().unwrap_err();
    assert!(
        error.to_string().ends_with("answered 404 Not Found"),
        "{error}"
    );
}

#[tokio::test]
async fn redirects_keep_secrets_on_their_origin() {
    let (target, heads) = serve(vec!["HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"]);
    let script = format!("HTTP/1.1 302 Found\r\nlocation: {target}\r\ncontent-length: 0\r\n\r\n");
    let (url, first) = serve(vec![script.leak()]);
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer secret"));
    let response = client().get(&url, headers, None).await.unwrap();
    assert_eq!(response.url, target);
    assert!(first.recv().unwrap().contains("Bearer secret"));
    assert!(!heads.recv().unwrap().contains("secret"));
}

#[tokio::test]
async fn redirects_are_checked_and_end() {
    let (url, _heads) = serve(vec![
        "HTTP/1.1 301 Moved\r\nlocation: http://example.test/\r\ncontent-length: 0\r\n\r\n",
    ]);
    assert!(matches!(get(&url).await, Err(HttpError::Insecure { .. })));

    let (url, _heads) = serve(vec![
        "HTTP/1.1 301 Moved\r\nlocation: /a\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
        11
    ]);
    assert!(matches!(get(&url).await, Err(HttpError::Redirect { .. })));
}

#[tokio::test]
async fn nobody_listening_is_told_as_such() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://user:secret@{}/", listener.local_addr().unwrap());
    drop(listener);
    let error = get(&Url::parse(&url).unwrap()).await.unwrap_err();
    assert!(matches!(error, HttpError::Connect { .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("secret"), "{error:?}");
}

fn impatient() -> HttpClient {
    HttpClient::new(HttpOptions {
        timeout: Duration::from_millis(200),
        retries: 0,
        ..HttpOptions::default()
    })
}

fn waited_for(error: &HttpError) -> WaitedFor {
    match error {
        HttpError::Timeout { waited_for, .. } => *waited_for,
        _ => panic!("{error:?}"),
    }
}

#[tokio::test]
async fn silence_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let error = impatient().get(&url, HeaderMap::new(), None).await;
    let error = error.unwrap_err();
    assert_eq!(waited_for(&error), WaitedFor::Answer);
    assert_eq!(
        error.to_string(),
        format!("No answer from `{url}` for 0.2 s")
    );
    assert_eq!(
        error.hints(),
        ["try again later", "wait longer: `PRIZM_HTTP_TIMEOUT=1`"]
    );
}

#[tokio::test]
async fn a_silent_handshake_is_no_connection() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("https://{}/", listener.local_addr().unwrap())).unwrap();
    let error = impatient().get(&url, HeaderMap::new(), None).await;
    let error = error.unwrap_err();
    assert_eq!(waited_for(&error), WaitedFor::Connection, "{error}");
    assert_eq!(
        error.to_string(),
        format!("Could not connect to the host of `{url}` within 0.18 s")
    );
}

#[tokio::test]
async fn a_body_that_stands_still_times_out() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = Url::parse(&format!("http://{}/", listener.local_addr().unwrap())).unwrap();
    let (ended, wait) = channel::<()>();
    let server = std::thread::spawn(move || {
        let (mut connection, _) = listener.accept().unwrap();
        read_head(&connection);
        let script = b"HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel";
        connection.write_all(script).unwrap();
        let _ = wait.recv();
    });
    let error = impatient().get(&url, HeaderMap::new(), None).await;
    let error = error.unwrap_err();
    let rest = WaitedFor::Rest {
        received: 3,
        expected: Some(5),
    };
    assert_eq!(waited_for(&error), rest);
    assert_eq!(
        error.to_string(),
        format!("The download of `{url}` stopped: got 3 bytes of 5, then nothing for 0.2 s")
    );
    drop(ended);
    server.join().unwrap();
}

#[tokio::test]
async fn a_thread_that_drives_a_runtime_may_block() {
    let (url, _heads) = serve(vec!["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhello"]);
    let mut response = client().blocking().get(&url, HeaderMap::new()).unwrap();
    let mut body = String::new();
    response.read_to_string(&mut body).unwrap();
    assert_eq!((response.status, body.as_str()), (200, "hello"));
}

#[test]
fn a_streamed_truncation_is_a_read_error() {
    let (url, _heads) = serve(vec!["HTTP/1.1 200 OK\r\ncontent-length: 5\r\n\r\nhel"]);
    let mut response = client().blocking().get(&url, HeaderMap::new()).unwrap();
    let mut body = Vec::new();
    let error = response.read_to_end(&mut body).unwrap_err();
    let inner = error
        .get_ref()
        .and_then(|error| error.downcast_ref::<HttpError>());
    assert!(
        matches!(inner, Some(HttpError::Truncated { .. })),
        "{error:?}"
    );
    assert_eq!(body, b"hel");
}

#[test]
fn a_reader_may_stop_early() {
    let (url, _heads) = serve(vec!["HTTP/1.1 200 OK\r\ncontent-length: 500000\r\n\r\nhel"]);
    let client = client();
    let mut response = client.blocking().get(&url, HeaderMap::new()).unwrap();
    let mut piece = [0; 2];
    response.read_exact(&mut piece).unwrap();
    drop(response);
    drop(client);
}
