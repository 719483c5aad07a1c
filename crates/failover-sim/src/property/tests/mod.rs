//! Traces by hand: for each promise one that breaks it and one close to it that is right.
