//! Runnable programs, one for each provider and each way of embedding.
