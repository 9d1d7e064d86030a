//! The log of every dynamic load.
