//! Both clouds on loopback: wire protocols, token endpoint, authoritative DNS, toy sites, faults.
