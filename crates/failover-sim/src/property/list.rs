//! The promises by number, name and sentence, each with the incident or the peer it comes from.

/// What kind of promise it is, and with it how it is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// Something bad never happens: checked at every step.
    Safety,
    /// Something good happens in time: checked against a bound, and at rest.
    Liveness,
    /// Something can happen at all, so that the other promises are not empty.
    Reachable,
    /// A wrong configuration is refused.
    Configuration,
    /// The same facts give the same outputs.
    Purity,
}

impl Kind {
    /// Its name in lists.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Safety => "safety",
            Self::Liveness => "liveness",
            Self::Reachable => "reachable",
            Self::Configuration => "configuration",
            Self::Purity => "purity",
        }
    }
}

struct Facts {
    property: Property,
    name: &'static str,
    sentence: &'static str,
    source: &'static str,
    kind: Kind,
}

macro_rules! promises {
    ($($property:ident $kind:ident $name:literal $sentence:literal $source:literal;)*) => {
        /// One of the thirty promises; the third has two halves.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Property {
            $(#[doc = $sentence] $property,)*
        }

        impl Property {
            /// All of them, in order.
            pub const ALL: &'static [Self] = &[$(Self::$property),*];

            /// Its number, such as `S3a`.
            pub fn id(self) -> &'static str {
                match self {
                    $(Self::$property => stringify!($property),)*
                }
            }
        }

        static FACTS: &[Facts] = &[$(Facts {
            property: Property::$property,
            name: $name,
            sentence: $sentence,
            source: $source,
            kind: Kind::$kind,
        }),*];
    };
}

promises! {
    S1 Safety "never-empty"
        "What is desired and what is stored is never empty: one site's targets, or those of every \
         site that is up where the policy says so."
        "AWS DynamoDB DNS, October 2025: an empty record that nothing repaired";
    S2 Safety "only-configured"
        "Every write is drawn from the configured sites, for the service's own name and type; \
         nothing else in the zone is touched."
        "octoDNS TooMuchChange and RootNsChange; external-dns ownership";
    S3a Safety "never-regresses"
        "A provider that checks the precondition of a write never goes back to an older move."
        "AWS's late enactor; Kleppmann's fencing tokens; Jepsen on etcd 3.4.3";
    S3b Liveness "regression-is-repaired"
        "A provider without that check may go back when an old write lands late; while it can be \
         reached, a watcher leads and nobody has paused it, it is repaired within the stated time."
        "Hetzner set_records, which has no precondition";
    S4 Safety "giving-up-spares-the-newer"
        "Giving a move up never touches a newer one: only the open move is given up, and nothing of \
         it is sent afterwards."
        "AWS DynamoDB DNS, October 2025: the clean-up deleted the active plan";
    S5 Safety "proven-candidate"
        "An automatic move goes only to a site that a quorum has called up without a break for as \
         long as the policy asks."
        "Azure's CheckingEndpoint serves unproven targets; gdnsd up_thresh; HAProxy rise";
    S6 Safety "quorum-says-down"
        "An automatic failover leaves a site only while a quorum freshly says that it is down."
        "Orchestrator UnreachableMaster; MaxScale verify_master_failure; repmgr's consensus";
    S7 Safety "configured-quorum"
        "The quorum counts configured vantages, never the ones that happen to be alive: losing \
         vantages can only make it act less."
        "MaxScale majority_of_running; yangs1202's decision.go; Sentinel";
    S8 Safety "isolation"
        "A vantage that is cut off counts as unknown, and a watcher that was asleep looks again for \
         a while before it moves anything."
        "Redis Sentinel's TILT; Patroni's watchdog";
    S9 Safety "all-down-holds"
        "While no other site is known to be up, nothing changes, except to publish every site where \
         the policy says so."
        "The all-down rules of Azure, Route 53, PowerGSLB and gdnsd; Envoy's panic threshold";
    S10 Safety "latched"
        "After an automatic failover there is no other one until somebody re-arms or the stated time \
         has passed, also across a crash."
        "The thesis; Orchestrator's acknowledgement; MHA; keepalived nopreempt";
    S11 Safety "bounded"
        "Automatic moves keep their distance and their budget per window, across crashes and changes \
         of leader."
        "Orchestrator RecoveryPeriodBlockSeconds; GitHub, October 2018";
    S12 Safety "counted-verdict"
        "A verdict flips only after as many outcomes as the policy counts, so that nothing that \
         alternates faster moves anything."
        "forkop issue 64; PowerDNS issue 7469; gdnsd mon.c";
    S13 Safety "fenced-leader"
        "Only the leader of the highest epoch records, and it sends only while its lease lasts; two \
         moves of one number are the same move."
        "etcd transactions; Jepsen: a lock alone is unsafe";
    S14 Safety "durable-first"
        "Nothing is sent before the journal says why, and a watcher that starts again goes on where \
         the journal ends."
        "Write-ahead logging; yangs1202 writes DNS first";
    S15 Safety "unknown-is-not-failed"
        "Late, doubled and unknown receipts are harmless: they raise no number, and one provider has \
         one write under way at a time."
        "At-least-once APIs: 429 and 5xx retries, timeouts with unknown outcome";
    S16 Liveness "providers-converge"
        "Once faults stop, every provider that can be reached stores what is desired, or the drift \
         is reported where the policy only alerts."
        "k8gb; Sentinel: always impose the last configuration";
    S17 Safety "no-provider-waits"
        "One provider's failure never holds up the other, and one that stays behind is reported."
        "The thesis's two primary providers";
    S18 Safety "gated-way-back"
        "The way back is taken by a human, or by a policy that asks for a stable site, a database \
         that keeps up and a budget."
        "GitHub, October 2018; Patroni issue 2587; Camunda's dual-region guide";
    S19 Safety "data-safe"
        "No automatic move goes to a site whose database lags too far; a lag that nobody knows is \
         too large."
        "Orchestrator's lag flags; Patroni maximum_lag_on_failover";
    S20 Safety "paused-means-paused"
        "While disarmed the machine starts nothing by itself, and a pause that a human sets always \
         has an end."
        "AWS ARC zonal shift; Orchestrator's maintenance; Patroni's pause";
    S21 Purity "same-when-dry"
        "A dry run makes the same decisions and the same writes as the real one, and sends none."
        "No peer has it";
    S22 Safety "some-site-proven"
        "After every automatic move at least one published site is up by quorum, except where all \
         are published because none is."
        "AWS ARC's assertion rules; Cloudflare's health threshold; Envoy max_ejection";
    S23 Liveness "failover-happens"
        "With the active site dead for good, another one up and a quorum of honest vantages, the move \
         is recorded within the stated time."
        "MaxScale's formula";
    S24 Safety "liars-move-nothing"
        "As long as fewer vantages than a quorum lie or are cut off, no automatic failover leaves a \
         site that serves."
        "k8gb's premature failover; uptime-kuma issue 3845";
    S25 Purity "pure"
        "The same machine, moment and fact give the same outputs and the same machine, here, in a \
         replay and in a browser; time that stands still or runs back does nothing."
        "Deterministic simulation, as in tokio-rs/turmoil";
    S26 Safety "explained"
        "Every automatic move stores the votes that it was decided on, and they justify it when \
         checked again."
        "Orchestrator's audit; PowerDNS issue 15998";
    S27 Liveness "watched-watcher"
        "A watcher that lives takes a step within the stated time; when it does not, somebody \
         outside notices."
        "The thesis's peer check; gatus issue 176; healthchecks";
    S28 Safety "force-is-obeyed"
        "Force is obeyed at once by a watcher that leads and can write its journal, whatever the \
         votes; it is never repeated by itself."
        "Orchestrator force-master-failover; AWS ARC's rule override";
    S29 Configuration "wrong-policies-refused"
        "A policy that could not keep these promises is refused, with the remedy: a quorum above the \
         vantages, reports older than a probe takes, pauses without end."
        "Hetzner's lowest TTL; lego's validation; gdnsd, where text and code differ";
    S30 Reachable "not-vacuous"
        "A switch, a refused switch, a latch, a re-arm, a repair and an all-down hold can each \
         happen."
        "stateright's sometimes properties";
}

impl Property {
    /// Its short name, such as `never-regresses`.
    pub fn name(self) -> &'static str {
        self.facts().name
    }

    /// What is promised, in one sentence.
    pub fn sentence(self) -> &'static str {
        self.facts().sentence
    }

    /// The incident, or the peer, that it comes from.
    pub fn source(self) -> &'static str {
        self.facts().source
    }

    /// What kind of promise it is.
    pub fn kind(self) -> Kind {
        self.facts().kind
    }

    /// The property of this number; `None` if there is none.
    pub fn of_id(id: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|property| property.id() == id)
    }

    fn facts(self) -> &'static Facts {
        let facts = &FACTS[self as usize];
        debug_assert!(facts.property == self, "the list is in order");
        facts
    }
}
