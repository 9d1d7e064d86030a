//! Where grants are kept: `prizm.lock` of the project, and the user's own policy file.
//!
//! In: a provider. Out: what both places grant it. Side effects: reads the policy file once; granting and revoking write
//! one of the two at once, and merge with what other programs wrote meanwhile.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use super::error::PermissionError;
use super::{
    Answer, Ask, Caps, Decision, Grant, Granted, Owner, PermissionSet, Question, Requested, decide,
    granted, policy_file,
};
use crate::lockfile::grants::GrantsByOwner;
use crate::lockfile::{LockMode, Lockfile};

/// Where a grant is written to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Place {
    /// `prizm.lock`: for everyone who works on the project.
    Project,
    /// The user's policy file: for all projects of this user.
    User,
}

/// Which part of a grant is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// What the provider asked for.
    Accepted,
    /// What it gets whatever it declares.
    Added,
}

/// The grants of a process.
#[derive(Debug)]
pub struct Grants {
    lockfile: Arc<Lockfile>,
    user_file: Option<PathBuf>,
    /// The policy file as last read.
    user: Mutex<Option<GrantsByOwner>>,
    /// Answers that hold for this process.
    once: Mutex<BTreeMap<Owner, PermissionSet>>,
}

impl Grants {
    /// `user_file`: the user's policy file, which need not exist.
    pub fn new(lockfile: Arc<Lockfile>, user_file: Option<PathBuf>) -> Grants {
        Grants {
            lockfile,
            user_file,
            user: Mutex::default(),
            once: Mutex::default(),
        }
    }

    /// What `owner` was granted, in all places together.
    ///
    /// # Errors
    /// [`PermissionError::Policy`], [`PermissionError::PolicyFile`].
    pub fn find(&self, owner: &Owner) -> Result<Grant, PermissionError> {
        let key = owner.to_string();
        let mut grant = self.lockfile.grant(&key).unwrap_or_default();
        if let Some(user) = self.user()?.get(&key) {
            grant = grant.union(user);
        }
        let once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(once) = once.get(owner) {
            grant.accepted = grant.accepted.union(once);
        }
        Ok(grant)
    }

    /// Every grant in `place`, by provider.
    ///
    /// # Errors
    /// As [`Grants::find`].
    pub fn all(&self, place: Place) -> Result<GrantsByOwner, PermissionError> {
        match place {
            Place::Project => Ok(self.lockfile.grants()),
            Place::User => self.user(),
        }
    }

    /// The file behind `place`.
    pub fn file(&self, place: Place) -> Option<&Path> {
        match place {
            Place::Project => self.lockfile.path(),
            Place::User => self.user_file.as_deref(),
        }
    }

    /// Where a grant goes if nobody says where: into the project's lock, if there is one that is written.
    pub fn usual_place(&self) -> Place {
        match (self.lockfile.path(), self.lockfile.mode()) {
            (None, _) | (_, LockMode::None) => Place::User,
            (Some(_), LockMode::Write | LockMode::Frozen) => Place::Project,
        }
    }

    /// Whether an answer can be kept.
    pub fn can_remember(&self) -> bool {
        match self.usual_place() {
            Place::Project => self.lockfile.mode() == LockMode::Write,
            Place::User => self.user_file.is_some(),
        }
    }

    /// Puts `question` to the user and keeps the answer.
    ///
    /// # Errors
    /// [`PermissionError::Refused`]; [`PermissionError::NotGranted`] where nobody can be asked; as [`Grants::grant`].
    pub fn settle(
        &self,
        mut question: Box<Question>,
        ask: &dyn Ask,
    ) -> Result<(), PermissionError> {
        question.can_remember = self.can_remember();
        match ask.ask(&question) {
            Answer::Once => self.grant_once(&question.owner, &question.asked),
            Answer::Always => {
                let place = self.usual_place();
                self.grant(place, &question.owner, Part::Accepted, &question.asked)?;
            }
            Answer::No => return Err(PermissionError::Refused { question }),
            Answer::CannotAsk => return Err(PermissionError::NotGranted { question }),
        }
        Ok(())
    }

    /// Decides on a provider, asks for what is missing, and gives what it may do.
    ///
    /// # Errors
    /// As [`Grants::settle`] and [`Grants::find`].
    pub fn admit(
        &self,
        owner: &Owner,
        identity: &str,
        requested: &Requested,
        caps: &[Caps],
        home: Option<&Path>,
        ask: &dyn Ask,
    ) -> Result<Granted, PermissionError> {
        let grant = self.find(owner)?;
        match decide(owner, identity, requested, &grant, caps, home) {
            Decision::Granted(granted) => Ok(granted),
            Decision::Ask(question) => {
                self.settle(question, ask)?;
                Ok(granted(owner, requested, &self.find(owner)?, caps))
            }
        }
    }

    /// Grants for as long as this process runs.
    pub fn grant_once(&self, owner: &Owner, set: &PermissionSet) {
        let mut once = self.once.lock().unwrap_or_else(PoisonError::into_inner);
        let before = once.entry(owner.clone()).or_default();
        *before = before.union(set);
    }

    /// Grants from now on, and writes the file.
    ///
    /// # Errors
    /// [`PermissionError::Lockfile`] of a frozen lock, or as [`Grants::find`].
    pub fn grant(
        &self,
        place: Place,
        owner: &Owner,
        part: Part,
        set: &PermissionSet,
    ) -> Result<(), PermissionError> {
        self.change(place, owner, |grant| {
            let part = match part {
                Part::Accepted => &mut grant.accepted,
                Part::Added => &mut grant.added,
            };
            *part = part.union(set);
        })
    }

    /// Takes away what `set` covers; everything where it is `None`. Gives what was granted before.
    ///
    /// # Errors
    /// As [`Grants::grant`].
    pub fn revoke(
        &self,
        place: Place,
        owner: &Owner,
        set: Option<&PermissionSet>,
    ) -> Result<Grant, PermissionError> {
        let before = self.all(place)?.remove(&owner.to_string());
        self.change(place, owner, |grant| {
            *grant = match set {
                Some(set) => grant.revoked(set),
                None => Grant::default(),
            };
        })?;
        Ok(before.unwrap_or_default())
    }

    fn change(
        &self,
        place: Place,
        owner: &Owner,
        change: impl FnOnce(&mut Grant),
    ) -> Result<(), PermissionError> {
        let key = owner.to_string();
        if place == Place::Project {
            let mut grant = self.lockfile.grant(&key).unwrap_or_default();
            change(&mut grant);
            self.lockfile.set_grant(&key, grant)?;
            self.lockfile.save()?;
            return Ok(());
        }
        let file = self.user_file.as_ref().ok_or(PermissionError::NoHome)?;
        let mut after = GrantsByOwner::new();
        policy_file::change(file, |grants| {
            change(grants.entry(key.clone()).or_default());
            grants.retain(|_, grant| !grant.is_empty());
            after = grants.clone();
        })?;
        *self.user.lock().unwrap_or_else(PoisonError::into_inner) = Some(after);
        Ok(())
    }

    fn user(&self) -> Result<GrantsByOwner, PermissionError> {
        let mut user = self.user.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(grants) = user.as_ref() {
            return Ok(grants.clone());
        }
        let grants = match &self.user_file {
            Some(file) => policy_file::read(file)?,
            None => GrantsByOwner::new(),
        };
        *user = Some(grants.clone());
        Ok(grants)
    }
}

#[cfg(test)]
mod tests {
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
}
