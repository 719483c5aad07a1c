-- A journal as the version before facts wrote it: the demo, seven seconds.
PRAGMA application_id = 1400335979;
PRAGMA user_version = 1;
CREATE TABLE audit (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    service TEXT NOT NULL,
    who TEXT NOT NULL,
    command TEXT NOT NULL,
    outcome TEXT NOT NULL
) STRICT;
CREATE TABLE events (
    seq INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    service TEXT NOT NULL,
    severity TEXT NOT NULL,
    text TEXT NOT NULL,
    event TEXT NOT NULL
) STRICT;
INSERT INTO "events" VALUES(1,1795410794034,'app','info','This policy is in force: london and falkenstein watched from 1 vantage, 1 must agree, published at google and hetzner.','{"kind":"policy_adopted","policy":{"service":"app","sites":[{"name":"london","cold":false},{"name":"falkenstein","cold":false}],"vantages":["here"],"checks":[{"name":"http","interval":{"secs":0,"nanos":500000000},"fast_interval":{"secs":0,"nanos":200000000},"timeout":{"secs":0,"nanos":800000000}},{"name":"health","interval":{"secs":0,"nanos":500000000},"fast_interval":{"secs":0,"nanos":200000000},"timeout":{"secs":0,"nanos":800000000}}],"providers":[{"name":"google","guarded":true},{"name":"hetzner","guarded":false}],"fall":{"in_a_row":3},"rise":2,"grey":10,"require":"all","quorum":1,"freshness":{"secs":3,"nanos":900000000},"candidate_up_for":{"secs":1,"nanos":0},"hold_down":{"secs":10,"nanos":0},"moves_max":30,"moves_window":{"secs":3600,"nanos":0},"latch":"until_rearmed","failback":"manual","answer":"active","on_all_down":"hold","complete_at":2,"drift":"alert","fence":"never","lag_max":null,"attempt_timeout":{"secs":30,"nanos":0},"retry_min":{"secs":1,"nanos":0},"retry_max":{"secs":60,"nanos":0},"split_after":{"secs":60,"nanos":0},"pause_max":{"secs":604800,"nanos":0},"tick_gap_max":{"secs":10,"nanos":0}}}');
INSERT INTO "events" VALUES(2,1795410794042,'app','info','The providers answer with london; that is taken over as it is.','{"kind":"adopted","sites":1}');
INSERT INTO "events" VALUES(3,1795410794604,'app','info','london is up (it was unknown) from 1 of 1 vantage.','{"kind":"verdict_changed","site":0,"from":"unknown","to":"up","evidence":{"votes":[{"vantage":0,"site":0,"verdict":"up","since":1795410794604,"reported":1795410794601,"failed":[]}],"candidate_up_since":null,"lag_ms":null}}');
INSERT INTO "events" VALUES(4,1795410794623,'app','info','falkenstein is up (it was unknown) from 1 of 1 vantage.','{"kind":"verdict_changed","site":1,"from":"unknown","to":"up","evidence":{"votes":[{"vantage":0,"site":1,"verdict":"up","since":1795410794623,"reported":1795410794621,"failed":[]}],"candidate_up_since":null,"lag_ms":null}}');
CREATE TABLE runs (
    id INTEGER PRIMARY KEY,
    at INTEGER NOT NULL,
    version TEXT NOT NULL,
    vantage TEXT NOT NULL
) STRICT;
INSERT INTO "runs" VALUES(1,1795410793980,'0.1.0','here');
CREATE TABLE state (
    service TEXT PRIMARY KEY,
    at INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    state TEXT NOT NULL
) STRICT;
INSERT INTO "state" VALUES('app',1795410794623,4,'{"policy":{"service":"app","sites":[{"name":"london","cold":false},{"name":"falkenstein","cold":false}],"vantages":["here"],"checks":[{"name":"http","interval":{"secs":0,"nanos":500000000},"fast_interval":{"secs":0,"nanos":200000000},"timeout":{"secs":0,"nanos":800000000}},{"name":"health","interval":{"secs":0,"nanos":500000000},"fast_interval":{"secs":0,"nanos":200000000},"timeout":{"secs":0,"nanos":800000000}}],"providers":[{"name":"google","guarded":true},{"name":"hetzner","guarded":false}],"fall":{"in_a_row":3},"rise":2,"grey":10,"require":"all","quorum":1,"freshness":{"secs":3,"nanos":900000000},"candidate_up_for":{"secs":1,"nanos":0},"hold_down":{"secs":10,"nanos":0},"moves_max":30,"moves_window":{"secs":3600,"nanos":0},"latch":"until_rearmed","failback":"manual","answer":"active","on_all_down":"hold","complete_at":2,"drift":"alert","fence":"never","lag_max":null,"attempt_timeout":{"secs":30,"nanos":0},"retry_min":{"secs":1,"nanos":0},"retry_max":{"secs":60,"nanos":0},"split_after":{"secs":60,"nanos":0},"pause_max":{"secs":604800,"nanos":0},"tick_gap_max":{"secs":10,"nanos":0}},"desired":1,"generation":0,"since":1795410794042,"mode":{"mode":"armed","who":"schwenk","since":1795410794034},"latched":null,"sites":[{"told":"up","maintenance":null,"fence":"None"},{"told":"up","maintenance":null,"fence":"None"}],"providers":[{"accepted":0,"verified":0,"attempt":null,"latest":0,"unsure":false,"split":false,"drift":null},{"accepted":0,"verified":0,"attempt":null,"latest":0,"unsure":false,"split":false,"drift":null}],"open_move":null,"last_move":null,"last_attempt":0,"by_human":false,"automatic":[],"repairs":[],"all_down":false,"unacknowledged":false,"epoch":0,"at":1795410794623}');
CREATE INDEX events_by_service ON events (service, seq);
CREATE TRIGGER events_stay BEFORE UPDATE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
CREATE TRIGGER events_remain BEFORE DELETE ON events
    BEGIN SELECT RAISE(ABORT, 'events are append-only'); END;
INSERT INTO audit VALUES(1,1795410794700,'app','ann','{"do":"arm"}','refused: it is so already');
