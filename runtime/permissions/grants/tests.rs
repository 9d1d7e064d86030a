//! Tests of where grants are kept, and of answers.

use serde_json::{Value, json};

use super::*;

fn set(value: Value) -> PermissionSet {
    PermissionSet::from_json(&value).unwrap()
}

fn grants(folder: &Path, mode: LockMode) -> Grants {
    let lock = Lockfile::open(Some(folder.join("prizm.lock")), mode).unwrap();
    Grants::new(Arc::new(lock), Some(folder.join("config/policy.json")))
}

fn owner() -> Owner {
    Owner::new("github:o/r", Some(1))
}

#[test]
fn both_places_count_and_majors_are_apart() {
    let folder = tempfile::tempdir().unwrap();
    let here = grants(folder.path(), LockMode::Write);
    let net = set(json!({ "net": ["a.com"] }));
    let run = set(json!({ "run": ["x"] }));
    here.grant(Place::Project, &owner(), Part::Accepted, &net)
        .unwrap();
    here.grant(Place::User, &owner(), Part::Added, &run)
        .unwrap();
    here.grant_once(&owner(), &set(json!({ "media": true })));
    let found = here.find(&owner()).unwrap();
    assert_eq!(
        found.all().to_json(),
        json!({ "net": ["a.com"], "run": ["x"], "media": true })
    );

    let again = grants(folder.path(), LockMode::Frozen);
    assert_eq!(again.find(&owner()).unwrap().all(), net.union(&run));
    let other = Owner::new("github:o/r", Some(2));
    assert!(again.find(&other).unwrap().is_empty());
    again.revoke(Place::User, &owner(), None).unwrap();
    assert_eq!(again.find(&owner()).unwrap().all(), net);
}

#[test]
fn a_frozen_lock_takes_no_grant() {
    let folder = tempfile::tempdir().unwrap();
    let frozen = grants(folder.path(), LockMode::Frozen);
    assert!(!frozen.can_remember());
    let net = set(json!({ "net": ["a.com"] }));
    let error = frozen
        .grant(Place::Project, &owner(), Part::Added, &net)
        .unwrap_err();
    assert!(error.to_string().contains("frozen"), "{error}");
    assert!(!folder.path().join("prizm.lock").exists());
}

#[test]
fn two_that_grant_at_once_both_count() {
    let folder = tempfile::tempdir().unwrap();
    let [one, other] = [(); 2].map(|()| grants(folder.path(), LockMode::Write));
    let (a, b) = (
        set(json!({ "net": ["a.com"] })),
        set(json!({ "net": ["b.com"] })),
    );
    one.grant(Place::Project, &owner(), Part::Accepted, &a)
        .unwrap();
    other
        .grant(Place::Project, &owner(), Part::Accepted, &b)
        .unwrap();
    let found = grants(folder.path(), LockMode::Frozen)
        .find(&owner())
        .unwrap();
    assert_eq!(found.accepted, a.union(&b));
}

#[test]
fn a_lock_edited_by_hand_names_the_place() {
    let folder = tempfile::tempdir().unwrap();
    let text = r#"{"version":"1","grants":{"github:o/r@v1":{"added":{"net":["http://x"]}}}}"#;
    std::fs::write(folder.path().join("prizm.lock"), text).unwrap();
    let lock = Lockfile::open(Some(folder.path().join("prizm.lock")), LockMode::Write);
    let error = lock.unwrap_err().to_string();
    assert!(
        error.contains("`grants.github:o/r@v1.added.net[0]`"),
        "{error}"
    );
    assert!(error.contains("did you mean `x`?"), "{error}");
}

struct Says(Answer);

impl Ask for Says {
    fn ask(&self, _question: &Question) -> Answer {
        self.0
    }
}

#[test]
fn answers_hold_as_long_as_they_say() {
    let folder = tempfile::tempdir().unwrap();
    let manifest = json!({ "permissions": { "net": ["a.com"], "run": ["it's"] } });
    let requested = Requested::from_manifest(&manifest, Path::new("/r")).unwrap();
    let admit = |grants: &Grants, answer| {
        let admitted = grants.admit(&owner(), "id", &requested, &[], None, &Says(answer));
        admitted.map(|granted| granted.set().clone())
    };
    let here = grants(folder.path(), LockMode::Write);
    let error = admit(&here, Answer::CannotAsk).unwrap_err();
    assert_eq!(
        error.hints(),
        [r"prizm policy grant github:o/r@v1 --net=a.com '--run=it'\''s'"]
    );
    assert!(matches!(
        admit(&here, Answer::No),
        Err(PermissionError::Refused { .. })
    ));
    assert_eq!(admit(&here, Answer::Once).unwrap(), *requested.set());
    // Asked once, not again in this process.
    assert_eq!(admit(&here, Answer::CannotAsk).unwrap(), *requested.set());
    assert!(!folder.path().join("prizm.lock").exists());

    let later = grants(folder.path(), LockMode::Write);
    assert!(admit(&later, Answer::CannotAsk).is_err());
    assert_eq!(admit(&later, Answer::Always).unwrap(), *requested.set());
    let frozen = grants(folder.path(), LockMode::Frozen);
    assert_eq!(admit(&frozen, Answer::CannotAsk).unwrap(), *requested.set());
}

#[test]
fn revoking_takes_what_is_covered() {
    let folder = tempfile::tempdir().unwrap();
    let here = grants(folder.path(), LockMode::Write);
    let all = set(json!({ "net": ["a.com", "b.com"], "run": ["x"] }));
    here.grant(Place::Project, &owner(), Part::Added, &all)
        .unwrap();
    here.revoke(
        Place::Project,
        &owner(),
        Some(&set(json!({ "net": ["b.com"] }))),
    )
    .unwrap();
    let left = here.find(&owner()).unwrap().all().to_json();
    assert_eq!(left, json!({ "net": ["a.com"], "run": ["x"] }));
}
