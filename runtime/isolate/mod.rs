//! A provider in an isolate of its own.
