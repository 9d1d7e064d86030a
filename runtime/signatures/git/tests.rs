//! Objects that git itself signed; `tests/specs/_keys/git/make.sh` says how.

use std::path::{Path, PathBuf};

use super::*;

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs/_keys")
}

fn object(kind: &str, file: &str, name: &str) -> GitObject {
    let bytes = std::fs::read(folder().join(file)).unwrap();
    of_bytes(kind, bytes, name)
}

fn of_bytes(kind: &str, bytes: Vec<u8>, name: &str) -> GitObject {
    let mut hasher = Sha1::new();
    hasher.update(format!("{kind} {}\0", bytes.len()));
    hasher.update(&bytes);
    GitObject {
        id: crate::cache::hex(&hasher.finalize()),
        name: name.to_owned(),
        bytes,
    }
}

fn of(key: &str) -> GitObjects {
    GitObjects {
        commit: object("commit", &format!("git/{key}.commit"), ""),
        tag: Some(object("tag", &format!("git/{key}.tag"), key)),
    }
}

fn signers(key: &str, options: &str) -> Signers {
    let public = std::fs::read_to_string(folder().join(format!("{key}.pub"))).unwrap();
    let line = format!("{key}@example.com {options} {public}");
    Signers::parse(&line, Path::new("signers")).unwrap()
}

fn statuses(objects: &GitObjects, signers: &Signers) -> (Status, Status) {
    let report = verify_git(objects, signers);
    (
        report.tag.map_or(Status::Unsigned, |found| found.status),
        report.commit.unwrap().status,
    )
}

#[test]
fn commits_and_tags_of_all_kinds_of_keys() {
    for key in ["alice", "carol-rsa", "dave-ecdsa"] {
        let report = verify_git(&of(key), &signers(key, ""));
        assert!(report.is_verified(), "{key}: {report}");
        let signer = report.tag.unwrap().signer.unwrap();
        assert_eq!(signer.principal, Some(format!("{key}@example.com")));
        assert!(signer.key.starts_with("ssh:SHA256:"));
    }
}

#[test]
fn the_tests_of_git_itself_agree() {
    use std::process::Command;
    let folder = tempfile::tempdir().unwrap();
    let git = |arguments: &[&str]| {
        let done = Command::new("git")
            .args(arguments)
            .current_dir(folder.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap();
        (
            done.status.success(),
            String::from_utf8_lossy(&done.stdout).trim().to_owned(),
        )
    };
    assert!(git(&["init", "-q", "."]).0);
    let key = std::fs::read_to_string(super::tests::folder().join("alice.pub")).unwrap();
    std::fs::write(
        folder.path().join("allowed"),
        format!("alice@example.com {key}"),
    )
    .unwrap();
    let file = super::tests::folder().join("git/alice.commit");
    let (_, id) = git(&[
        "hash-object",
        "-t",
        "commit",
        "--literally",
        "-w",
        file.to_str().unwrap(),
    ]);
    assert_eq!(id, of("alice").commit.id);
    assert!(
        git(&[
            "-c",
            "gpg.ssh.allowedSignersFile=allowed",
            "verify-commit",
            &id
        ])
        .0
    );
}

#[test]
fn unsigned_unknown_and_expired_are_told_apart() {
    let unsigned = GitObjects {
        commit: object("commit", "git/unsigned.commit", ""),
        tag: None,
    };
    let alice = signers("alice", "");
    assert_eq!(statuses(&unsigned, &alice).1, Status::Unsigned);
    let unknown = (Status::UnknownSigner, Status::UnknownSigner);
    assert_eq!(statuses(&of("alice"), &signers("bob", "")), unknown);
    assert_eq!(statuses(&of("alice"), &Signers::default()), unknown);
    // Made on 2024-01-01.
    let expired = (Status::Expired, Status::Expired);
    for options in ["valid-before=\"20231231Z\"", "valid-after=\"20240102Z\""] {
        assert_eq!(statuses(&of("alice"), &signers("alice", options)), expired);
    }
    let other = signers("alice", "namespaces=\"file\"");
    assert_eq!(statuses(&of("alice"), &other), unknown);
}

#[test]
fn a_changed_object_is_bad() {
    let alice = signers("alice", "");
    let mut objects = of("alice");
    let at = objects.commit.bytes.len() - 3;
    objects.commit.bytes[at] ^= 1;
    // Its id no longer fits; with one that does, the signature does not.
    assert_eq!(statuses(&objects, &alice).1, Status::Bad);
    objects.commit = of_bytes("commit", objects.commit.bytes, "");
    assert_eq!(statuses(&objects, &alice), (Status::Bad, Status::Bad));
}

#[test]
fn a_tag_in_the_place_of_another_is_bad() {
    let alice = signers("alice", "");
    let mut objects = of("alice");
    objects.tag.as_mut().unwrap().name = "v2.0.0".into();
    let report = verify_git(&objects, &alice);
    let reason = report.tag.clone().unwrap().reason.unwrap();
    assert_eq!(reason, "it is the tag `alice`, put in its place");
    assert_eq!(report.status(), Status::Bad);

    objects = of("alice");
    objects.commit = of("carol-rsa").commit;
    assert_eq!(statuses(&objects, &alice).0, Status::Bad);
}

#[test]
fn a_second_signature_is_refused() {
    let commit = of("alice").commit;
    let text = String::from_utf8(commit.bytes).unwrap();
    let doubled = text.replacen("\n\n", "\ngpgsig x\n\n", 1);
    let doubled = of_bytes("commit", doubled.into_bytes(), "");
    let finding = super::commit(&doubled, &signers("alice", ""));
    assert_eq!(finding.status, Status::Bad, "{finding}");
}

#[test]
fn objects_signed_with_gnupg() {
    let keys = std::fs::read_to_string(folder().join("openpgp/rsa.asc")).unwrap();
    let signers = Signers::parse(&keys, Path::new("keys")).unwrap();
    let objects = GitObjects {
        commit: object("commit", "openpgp/commit.object", ""),
        tag: Some(object("tag", "openpgp/tag.object", "v1")),
    };
    let report = verify_git(&objects, &signers);
    assert!(report.is_verified(), "{report}");
    assert_eq!(report.commit.unwrap().status, Status::Verified);
    assert_eq!(report.tag.unwrap().status, Status::Verified);
}
