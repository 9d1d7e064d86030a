//! The command line: the only code that prints, prompts, colours or exits.

pub mod args;
pub mod audit;
pub mod cache;
pub mod error;
pub mod flags;
mod help;
pub mod output;
pub mod policy;
pub mod prompt;
pub mod provider;
pub mod run;
pub mod signals;
pub mod types;
pub mod watch;
