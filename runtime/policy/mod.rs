//! Source policy: what may be loaded.
