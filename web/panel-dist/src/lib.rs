//! The built panel: compiled, bound, compressed and embedded by the build script.
