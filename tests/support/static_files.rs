//! A folder over HTTP(S), for `https:` imports and other plain downloads.
//!
//! In: a folder. Out: its files with the media types that module loaders look at; `/echo` answers what it was sent.

use std::path::PathBuf;

use crate::server::{Asked, Reply, Site};

/// Serves the files of `root`.
pub struct StaticFiles {
    pub root: PathBuf,
}

impl Site for StaticFiles {
    fn answer(&self, request: &Asked) -> Reply {
        let relative = request.path.trim_start_matches('/');
        if relative == "echo" {
            return Reply::ok("application/octet-stream", request.body.clone());
        }
        if relative.split('/').any(|part| part == "..") {
            return Reply::status(400);
        }
        match std::fs::read(self.root.join(relative)) {
            Ok(body) => Reply::ok(media_type(relative), body),
            Err(_) => Reply::status(404),
        }
    }
}

fn media_type(path: &str) -> &'static str {
    match path.rsplit('.').next() {
        Some("ts" | "mts") => "application/typescript; charset=utf-8",
        Some("js" | "mjs") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("wasm") => "application/wasm",
        _ => "text/plain; charset=utf-8",
    }
}
