//! Folders signed with keys of both kinds.

use std::fs;
use std::path::{Path, PathBuf};

use ssh_key::HashAlg;

use super::*;

fn keys() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/specs/_keys")
}

fn allowed(key: &str) -> Signers {
    let public = fs::read_to_string(keys().join(format!("{key}.pub"))).unwrap();
    Signers::parse(&format!("{key} {public}"), Path::new("signers")).unwrap()
}

fn provider() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("index.ts"), "export default {};").unwrap();
    folder
}

fn read(name: &str, passphrase: Option<&str>) -> Result<SecretKey, SignatureError> {
    SecretKey::read(&keys().join(name), || passphrase.map(str::to_owned))
}

fn sign(folder: &Path, key: &SecretKey) {
    let hash = content_hash(folder).unwrap();
    let text = sign_detached(&hash, key, Path::new("key")).unwrap();
    fs::write(folder.join(SIGNATURE_FILE), text).unwrap();
}

fn status(folder: &Path, signers: &Signers) -> Option<Status> {
    let found = verify_detached(folder, signers).unwrap();
    found.map(|found| found.status)
}

#[test]
fn ssh_keys_of_all_kinds_sign_a_folder() {
    for name in ["alice", "carol-rsa", "dave-ecdsa"] {
        let folder = provider();
        assert_eq!(status(folder.path(), &allowed(name)), None);
        let before = content_hash(folder.path()).unwrap();
        sign(folder.path(), &read(name, None).unwrap());
        assert_eq!(content_hash(folder.path()).unwrap(), before);
        assert_eq!(
            status(folder.path(), &allowed(name)),
            Some(Status::Verified)
        );
        assert_eq!(
            status(folder.path(), &allowed("bob")),
            Some(Status::UnknownSigner)
        );
        fs::write(folder.path().join("more.ts"), "").unwrap();
        assert_eq!(status(folder.path(), &allowed(name)), Some(Status::Bad));
    }
}

#[test]
fn sealed_keys_need_their_passphrase() {
    let none = read("sealed", None).err().unwrap();
    assert!(matches!(none, SignatureError::Passphrase { .. }), "{none}");
    let wrong = read("sealed", Some("wrong")).err().unwrap();
    assert!(wrong.to_string().contains("passphrase is wrong"), "{wrong}");
    let folder = provider();
    sign(
        folder.path(),
        &read("sealed", Some("correct horse")).unwrap(),
    );
    assert_eq!(
        status(folder.path(), &allowed("sealed")),
        Some(Status::Verified)
    );
}

#[test]
fn minisign_keys_sign_too() {
    let pair = minisign::KeyPair::generate_encrypted_keypair(Some("word".into())).unwrap();
    let home = tempfile::tempdir().unwrap();
    let (secret, public) = (home.path().join("key"), home.path().join("key.pub"));
    fs::write(&secret, pair.sk.to_box(None).unwrap().into_string()).unwrap();
    fs::write(&public, pair.pk.to_box().unwrap().into_string()).unwrap();

    let sealed = SecretKey::read(&secret, || None).err().unwrap();
    assert!(matches!(sealed, SignatureError::Passphrase { .. }));
    let wrong = SecretKey::read(&secret, || Some("no".into()))
        .err()
        .unwrap();
    assert!(matches!(wrong, SignatureError::Key { .. }), "{wrong}");
    let key = SecretKey::read(&secret, || Some("word".into())).unwrap();

    let folder = provider();
    sign(folder.path(), &key);
    let signers = Signers::read(&public).unwrap();
    let found = verify_detached(folder.path(), &signers).unwrap().unwrap();
    assert_eq!(found.status, Status::Verified, "{found}");
    assert_eq!(found.signer.unwrap().key, key.name());
    assert_eq!(
        status(folder.path(), &Signers::default()),
        Some(Status::UnknownSigner)
    );
    fs::write(folder.path().join("index.ts"), "changed").unwrap();
    assert_eq!(status(folder.path(), &signers), Some(Status::Bad));
}

#[test]
fn signatures_for_other_purposes_do_not_count() {
    let folder = provider();
    let SecretKey::Ssh(key) = read("alice", None).unwrap() else {
        panic!("an SSH key")
    };
    let message = message(&content_hash(folder.path()).unwrap());
    let other = key
        .sign("git", HashAlg::Sha512, message.as_bytes())
        .unwrap();
    let text = other.to_pem(LineEnding::LF).unwrap();
    fs::write(folder.path().join(SIGNATURE_FILE), text).unwrap();
    let found = verify_detached(folder.path(), &allowed("alice"))
        .unwrap()
        .unwrap();
    assert_eq!(found.status, Status::Bad);
    assert_eq!(
        found.reason.as_deref(),
        Some("it was made for `git`, not for `prizm`")
    );
}

#[test]
fn files_that_are_no_signatures_are_bad() {
    let folder = provider();
    let long = "x".repeat(70_000);
    for text in [
        "",
        "signed: me",
        "-----BEGIN SSH SIGNATURE-----\n",
        "untrusted comment: x\n",
        &long,
    ] {
        fs::write(folder.path().join(SIGNATURE_FILE), text).unwrap();
        assert_eq!(status(folder.path(), &allowed("alice")), Some(Status::Bad));
    }
}

#[test]
fn keys_that_cannot_sign_are_explained() {
    let public = read("alice.pub", None).err().unwrap();
    assert!(public.to_string().contains("public half"), "{public}");
    assert!(public.hints()[0].ends_with("_keys/alice"));
    let none = read("README.md", None).err().unwrap();
    assert!(none.to_string().contains("neither"), "{none}");
}

#[test]
fn a_working_copy_is_what_git_will_commit() {
    crate::sources::git::staged_hash(Path::new("/nowhere"), "").unwrap_err();
    let folder = provider();
    let plain = content_hash(folder.path()).unwrap();
    let repository = git2::Repository::init(folder.path()).unwrap();
    fs::write(folder.path().join(".gitignore"), "ignored\n").unwrap();
    fs::write(folder.path().join("ignored"), "not committed").unwrap();
    let mut index = repository.index().unwrap();
    index.add_path(Path::new("index.ts")).unwrap();
    index.write().unwrap();
    // Neither `.git` nor what is not staged counts.
    assert_eq!(content_hash(folder.path()).unwrap(), plain);
    fs::write(folder.path().join("index.ts"), "changed").unwrap();
    let error = content_hash(folder.path()).unwrap_err();
    assert!(
        error.to_string().ends_with("not staged: index.ts"),
        "{error}"
    );
    assert_eq!(error.hints(), ["git add --all"]);
}
