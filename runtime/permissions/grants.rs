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
mod tests;
