//! From compose files to one normalised model.
