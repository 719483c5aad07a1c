//! The Google client over the wire.
mod conflicts;
mod credentials;
mod errors;
mod lost_answers;
mod reads;
mod settling;
mod tap;
mod world;
mod writes;
mod zones;
