//! Signatures of git commits and annotated tags.
//!
//! In: the raw objects ([`GitObjects`]), the signers. Out: [`SignatureReport`] with `commit` and, where an annotated
//! tag was asked for, `tag`. Side effects: none.
//!
//! A signature covers the object, the object names the files by SHA-1: so each object is hashed here and held against
//! the id it goes by, a tag against the commit and the name it was asked for by. That the files in the cache are those
//! of the commit is `sources/git/objects.rs`'s part.

use jiff::Timestamp;
use sha1::{Digest, Sha1};

use super::report::{Finding, SignatureReport, Status};
use super::signers::Signers;
use super::{openpgp, ssh};

/// What git itself signs for.
const NAMESPACE: &str = "git";
const X509: &str = "-----BEGIN SIGNED MESSAGE-----";

/// A commit, and the annotated tag that led to it, as git keeps them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitObjects {
    /// The commit.
    pub commit: GitObject,
    /// The annotated tag; `None` for plain tags, branches and commits.
    pub tag: Option<GitObject>,
}

/// One object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GitObject {
    /// 40 digits.
    pub id: String,
    /// The tag's name as the remote advertised it, without `refs/tags/`; empty for a commit.
    pub name: String,
    /// Its content, without git's own header.
    pub bytes: Vec<u8>,
}

impl GitObjects {
    /// Whether anything in them looks like a signature, good or bad.
    pub fn claim_signature(&self) -> bool {
        let objects = [Some(&self.commit), self.tag.as_ref()];
        let mut objects = objects.into_iter().flatten();
        objects.any(|object| find(&object.bytes, b"-----BEGIN ").is_some())
            || find(&self.commit.bytes, b"\ngpgsig").is_some()
    }
}

/// The signature and what it is over.
struct Signed {
    payload: Vec<u8>,
    armored: Option<String>,
}

/// Judges the signatures of `objects`.
pub fn verify_git(objects: &GitObjects, signers: &Signers) -> SignatureReport {
    SignatureReport {
        commit: Some(commit(&objects.commit, signers)),
        tag: objects
            .tag
            .as_ref()
            .map(|object| tag(object, &objects.commit.id, signers)),
        ..SignatureReport::default()
    }
}

fn commit(object: &GitObject, signers: &Signers) -> Finding {
    if !is_itself(object, "commit") {
        return Finding::bad("the commit is not the one that its id names");
    }
    match split_commit(&object.bytes) {
        Ok(signed) => judge(&signed, "committer", signers),
        Err(reason) => Finding::bad(reason),
    }
}

fn tag(object: &GitObject, commit: &str, signers: &Signers) -> Finding {
    if !is_itself(object, "tag") {
        return Finding::bad("the tag is not the one that its id names");
    }
    let signed = split_tag(&object.bytes);
    let leads_to = header(&signed.payload, "object");
    if leads_to.as_deref() != Some(commit) {
        return Finding::bad("the tag leads to another commit");
    }
    // Else an old signed tag could be put in a newer one's place.
    let name = header(&signed.payload, "tag").unwrap_or_default();
    if name != object.name {
        let name = name.escape_debug();
        return Finding::bad(format!("it is the tag `{name}`, put in its place"));
    }
    judge(&signed, "tagger", signers)
}

/// `author` is whose line says when it was made. As in git, a key must have been valid then.
fn judge(signed: &Signed, author: &str, signers: &Signers) -> Finding {
    let Some(armored) = &signed.armored else {
        return Finding::unsigned();
    };
    let start = armored.trim_start();
    if start.starts_with(ssh::BEGIN) {
        match time(&signed.payload, author) {
            Some(time) => ssh::verify(armored, &signed.payload, NAMESPACE, time, signers),
            None => Finding::bad("it does not say when it was made"),
        }
    } else if start.starts_with(openpgp::BEGIN) {
        openpgp::verify(armored, &signed.payload, &signers.openpgp)
    } else if start.starts_with(X509) {
        Finding::failed(
            Status::Unsupported,
            None,
            "X.509 signatures are not supported",
        )
    } else {
        Finding::failed(
            Status::Unsupported,
            None,
            "it is neither an SSH nor an OpenPGP signature",
        )
    }
}

fn is_itself(object: &GitObject, kind: &str) -> bool {
    let mut hasher = Sha1::new();
    hasher.update(format!("{kind} {}\0", object.bytes.len()));
    hasher.update(&object.bytes);
    crate::cache::hex(&hasher.finalize()) == object.id
}

/// Takes the signature out of a commit's headers. What is left is what was signed.
fn split_commit(bytes: &[u8]) -> Result<Signed, String> {
    let end = find(bytes, b"\n\n").map_or(bytes.len(), |at| at + 1);
    let (headers, message) = bytes.split_at(end);
    let mut payload = Vec::with_capacity(bytes.len());
    let mut armored: Option<Vec<u8>> = None;
    let mut inside = Inside::Other;
    for line in headers.split_inclusive(|byte| *byte == b'\n') {
        if line.first() != Some(&b' ') {
            inside = Inside::of(line);
            if inside == Inside::Signature && armored.is_some() {
                return Err("the commit has several signatures".into());
            }
        }
        match inside {
            Inside::Other => payload.extend_from_slice(line),
            Inside::OtherSignature => {}
            Inside::Signature => {
                let text = line.strip_prefix(b"gpgsig ").unwrap_or(&line[1..]);
                armored.get_or_insert_default().extend_from_slice(text);
            }
        }
    }
    payload.extend_from_slice(message);
    Ok(Signed {
        payload,
        armored: armored.map(|text| String::from_utf8_lossy(&text).into_owned()),
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Signature,
    /// Over the same commit in a repository with SHA-256 ids; git leaves it out as well.
    OtherSignature,
    Other,
}

impl Inside {
    fn of(line: &[u8]) -> Inside {
        match line {
            _ if line.starts_with(b"gpgsig ") => Inside::Signature,
            _ if line.starts_with(b"gpgsig-sha256 ") => Inside::OtherSignature,
            _ => Inside::Other,
        }
    }
}

/// A tag's signature stands at the end of its message.
fn split_tag(bytes: &[u8]) -> Signed {
    let mut at = 0;
    let mut begin = None;
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        let kinds = [ssh::BEGIN, openpgp::BEGIN, X509];
        if kinds.iter().any(|kind| line.starts_with(kind.as_bytes())) {
            begin = Some(at);
        }
        at += line.len();
    }
    let (payload, signature) = bytes.split_at(begin.unwrap_or(bytes.len()));
    Signed {
        payload: payload.to_vec(),
        armored: begin.map(|_| String::from_utf8_lossy(signature).into_owned()),
    }
}

/// The rest of the first header line that begins with `name`.
fn header(payload: &[u8], name: &str) -> Option<String> {
    let end = find(payload, b"\n\n").unwrap_or(payload.len());
    let headers = String::from_utf8_lossy(&payload[..end]).into_owned();
    headers
        .lines()
        .find_map(|line| line.strip_prefix(name)?.strip_prefix(' '))
        .map(str::to_owned)
}

/// `committer Alice <alice@example.com> 1700000000 +0100`
fn time(payload: &[u8], author: &str) -> Option<Timestamp> {
    let line = header(payload, author)?;
    let (_, after) = line.rsplit_once('>')?;
    let seconds: i64 = after.split_whitespace().next()?.parse().ok()?;
    Timestamp::from_second(seconds).ok()
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes
        .windows(wanted.len())
        .position(|window| window == wanted)
}

#[cfg(test)]
mod tests;
