//! The log of what every reference stood for.
