//! Who signed what is loaded.
