//! A look at a repository before it runs.
