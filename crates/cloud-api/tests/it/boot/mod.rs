//! Boot scripts, held against the programs that will read them.
mod acme;
mod broken;
mod front;
mod loopback;
mod pair;
mod programs;
mod refused;
mod sample;
mod scripts;
mod secrets;
mod valid;
mod validators;
