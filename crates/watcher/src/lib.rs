//! Drives the decision: probes, providers, journal, verification. Embeddable, without an HTTP server.
