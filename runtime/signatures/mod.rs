//! Who signed what is loaded: signatures of git commits and tags, of npm registries and build services, and detached
//! ones, judged and reported. What a report must say is the policy's decision.
//!
//! In: objects, packuments, folders; the keys that the user trusts ([`Signers`]). Out: [`SignatureReport`].
//! Side effects: none but those that a function names.
//!
//! | file | does |
//! |---|---|
//! | `report.rs` | what was found, as the lock keeps it |
//! | `trend.rs` | whether a report deserves less trust than the last one |
//! | `signers.rs`, `allowed.rs`, `github.rs`, `sources.rs` | the keys that may sign, and where they are found |
//! | `ssh.rs`, `openpgp/` | the two kinds of signatures that git makes |
//! | `git.rs` | commits and annotated tags |
//! | `npm.rs`, `provenance.rs` | a registry's signatures, and where a package was built |
//! | `detached.rs` | `prizm.sig` |
//! | `inspect.rs` | all that is known of one repository or package |
//!
//! That a signature is missing or bad is a finding. An error means that nothing could be found out, and whoever meets
//! it must not go on as if all were well.

mod allowed;
mod detached;
mod error;
mod git;
mod github;
mod inspect;
mod npm;
mod openpgp;
mod provenance;
mod report;
mod signers;
mod sources;
mod ssh;
mod trend;

pub use detached::{SIGNATURE_FILE, SecretKey, content_hash, sign_detached, verify_detached};
pub use error::SignatureError;
pub use git::{GitObject, GitObjects, verify_git};
pub use github::github_signers;
pub use inspect::{inspect_folder, inspect_git, inspect_npm};
pub use npm::{NpmRelease, RegistryKeys, verify_npm};
pub use openpgp::Certificate;
pub use provenance::{TrustRoot, verify_provenance};
pub use report::{Account, Finding, Provenance, SignatureReport, Signer, Status};
pub use signers::Signers;
pub use sources::{SignerSource, load_signers, usual_sources};
pub use trend::{Change, ChangeKind, trust_went_down};
