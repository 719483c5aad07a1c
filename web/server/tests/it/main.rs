//! What the program promises, tried from outside.
mod config;
