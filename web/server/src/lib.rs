//! Schwenk's program: backend of the panel and command line.
