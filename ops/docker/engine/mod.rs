//! The Docker Engine: found, connected, asked.
