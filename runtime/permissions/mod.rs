//! What a provider may do: what it declares, what the user granted, and what the runtime then enforces.
//!
//! In: manifests, grants of `prizm.lock` and of the user's policy, caps of policies. Out: a [`Decision`]; once
//! granted, the runtime's own permissions. Side effects: those of [`Grants`], which writes lock and policy file.
//!
//! ```text
//! manifest ─Requested→ set ┐
//! lock, user policy ─Grant→├─decide→ Granted ─to_options→ PermissionsOptions ─container→ the isolate's permissions
//! policies ─Caps→──────────┘      └→ Question ─Ask→ Answer
//! ```
//!
//! | file | does |
//! |---|---|
//! | `kind.rs`, `entry.rs`, `path_entry.rs` | names of permissions, and what stands in their lists |
//! | `scope.rs`, `set.rs` | comparing lists: what one has that another lacks |
//! | `requested.rs`, `grant.rs`, `grants.rs`, `policy_file.rs` | where sets come from, and where they are kept |
//! | `admit.rs`, `decide.rs`, `ask.rs`, `words.rs` | the decision, and the question in words |
//! | `granted.rs`, `sandbox.rs`, `private_net.rs`, `fence.rs` | what the runtime is told |
//! | `denied.rs`, `trace.rs`, `suggest.rs` | what happened at run time |

mod admit;
mod ask;
mod decide;
mod denied;
mod entry;
mod error;
mod fence;
mod grant;
mod granted;
mod grants;
mod kind;
mod owner;
mod path_entry;
mod policy_file;
mod private_net;
mod requested;
mod sandbox;
mod scope;
mod set;
pub mod suggest;
pub mod trace;
pub mod words;

pub use admit::{admit, places};
pub use ask::{Answer, Ask, NeverAsk, Question};
pub use decide::{Caps, Cut, Decision, decide, granted};
pub use denied::Denial;
pub use entry::{BadEntry, normalise};
pub use error::PermissionError;
pub use fence::container;
pub use grant::Grant;
pub use granted::{Granted, Places};
pub use grants::{Grants, Part, Place};
pub use kind::Kind;
pub use owner::Owner;
pub use requested::Requested;
pub use sandbox::Sandbox;
pub use scope::Scope;
pub use set::{BadBlock, PermissionSet};
