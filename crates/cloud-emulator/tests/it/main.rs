//! The emulator as its users meet it: over real sockets.

mod google;
