//! Asking the user: what is asked, and the trait behind which the terminal stands.
//!
//! In: what a provider asks for beyond its grant. Out: [`Answer`]. Side effects: those of the [`Ask`] that is given.

use super::words;
use super::{Owner, PermissionSet};

/// One question, complete: nothing that is asked for stands anywhere else.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Question {
    pub owner: Owner,
    /// What exactly was resolved: `github:owner/repo@<commit>`.
    pub identity: String,
    /// Exactly what is asked for and not granted yet.
    pub asked: PermissionSet,
    /// Whether something was granted before, so that this is the difference.
    pub is_update: bool,
    /// Whether an answer can be kept for later runs.
    pub can_remember: bool,
    /// The home folder, to tell which paths hold it.
    pub home: Option<String>,
}

impl Question {
    /// The command that grants all of it, quoted for a shell.
    pub fn command(&self) -> String {
        words::grant_command(&self.owner.to_string(), &self.asked)
    }
}

/// What the user says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Answer {
    /// For this process.
    Once,
    /// From now on, in this major version.
    Always,
    No,
    /// There is no terminal, or it must not be used.
    CannotAsk,
}

/// Puts questions to the user. May block the thread.
pub trait Ask: Send + Sync {
    fn ask(&self, question: &Question) -> Answer;
}

/// For where nobody can be asked.
#[derive(Debug, Clone, Copy)]
pub struct NeverAsk;

impl Ask for NeverAsk {
    fn ask(&self, _question: &Question) -> Answer {
        Answer::CannotAsk
    }
}
