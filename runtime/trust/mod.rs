//! Whether what was asked for may be loaded, and what it may then do: the one place where source policy, signatures,
//! scan, permissions and the audit log are joined.
//!
//! In: a [`subject::Subject`]. Out: an admission, or the reason for none. Side effects: those of the parts.

pub mod subject;
