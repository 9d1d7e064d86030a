//! The CGI half of the git server: one request through `git http-backend`.
//!
//! In: a request. Out: what the program answers on stdout, taken apart as RFC 3875 says.

use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;

use bytes::Bytes;

use crate::server::{Asked, Reply};

/// Runs one request for `path_info`, which starts with the repository's folder below `root`.
///
/// # Errors
/// The program could not be run, or its answer is not CGI.
pub fn run(root: &Path, path_info: &str, request: &Asked) -> io::Result<Reply> {
    let mut child = command(root, path_info, request)?.spawn()?;
    let mut stdin = child.stdin.take().expect("stdin is piped");
    let body = request.body.clone();
    let writer = std::thread::spawn(move || stdin.write_all(&body));
    let output = child.wait_with_output()?;
    // git may answer without reading everything; then the pipe breaks and nothing is lost.
    let _ = writer.join();
    parse(output.stdout).ok_or_else(|| {
        let complaint = String::from_utf8_lossy(&output.stderr).into_owned();
        io::Error::other(format!("git http-backend: {complaint}"))
    })
}

fn command(root: &Path, path_info: &str, request: &Asked) -> io::Result<Command> {
    let mut command = Command::new(program()?);
    command
        .env_clear()
        .env("PATH", std::env::var_os("PATH").unwrap_or_default())
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_PROJECT_ROOT", root)
        .env("GIT_HTTP_EXPORT_ALL", "1")
        .env("GATEWAY_INTERFACE", "CGI/1.1")
        .env("SERVER_PROTOCOL", "HTTP/1.1")
        .env("REMOTE_ADDR", "127.0.0.1")
        .env("REQUEST_METHOD", &request.method)
        .env("PATH_INFO", path_info)
        .env("QUERY_STRING", &request.query)
        .env("CONTENT_LENGTH", request.body.len().to_string())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    for (variable, header) in [
        ("CONTENT_TYPE", "content-type"),
        ("HTTP_CONTENT_ENCODING", "content-encoding"),
        ("GIT_PROTOCOL", "git-protocol"),
    ] {
        if let Some(value) = request.header(header) {
            command.env(variable, value);
        }
    }
    Ok(command)
}

fn program() -> io::Result<&'static PathBuf> {
    static PROGRAM: OnceLock<PathBuf> = OnceLock::new();
    if let Some(found) = PROGRAM.get() {
        return Ok(found);
    }
    let output = Command::new("git").arg("--exec-path").output()?;
    let folder = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    Ok(PROGRAM.get_or_init(|| Path::new(&folder).join("git-http-backend")))
}

fn parse(mut output: Vec<u8>) -> Option<Reply> {
    let (end, gap) = find(&output, b"\r\n\r\n")
        .map(|at| (at, 4))
        .or_else(|| find(&output, b"\n\n").map(|at| (at, 2)))?;
    let body = output.split_off(end + gap);
    let mut reply = Reply::status(200);
    for line in String::from_utf8_lossy(&output[..end]).lines() {
        let (name, value) = line.split_once(':')?;
        let value = value.trim();
        if name.eq_ignore_ascii_case("status") {
            reply.status = value.split(' ').next()?.parse().ok()?;
        } else {
            reply = reply.with(name, value);
        }
    }
    reply.body = Bytes::from(body);
    Some(reply)
}

fn find(bytes: &[u8], part: &[u8]) -> Option<usize> {
    bytes.windows(part.len()).position(|window| window == part)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn status_headers_and_body_are_told_apart() {
        let reply = parse(b"Status: 404 Not Found\r\nX-A: b\r\n\r\nbody\r\n\r\n".to_vec())
            .expect("well formed");
        assert_eq!(reply.status, 404);
        assert_eq!(reply.headers, [("X-A".to_owned(), "b".to_owned())]);
        assert_eq!(&reply.body[..], b"body\r\n\r\n");
    }

    #[test]
    fn a_missing_status_means_200() {
        let reply = parse(b"Content-Type: text/plain\n\nx".to_vec()).expect("well formed");
        assert_eq!((reply.status, &reply.body[..]), (200, &b"x"[..]));
    }
}
