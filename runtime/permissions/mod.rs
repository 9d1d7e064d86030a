//! What a provider asks for, and what it was granted.
