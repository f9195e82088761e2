BEGIN TRANSACTION;
CREATE TABLE audit (
	entry_no INTEGER NOT NULL,
	at VARCHAR(32) NOT NULL,
	user_name VARCHAR(64) NOT NULL,
	action VARCHAR(32) NOT NULL,
	target VARCHAR(128) NOT NULL,
	detail TEXT NOT NULL,
	mac VARCHAR(64) NOT NULL,
	PRIMARY KEY (entry_no)
);
INSERT INTO "audit" VALUES(1,'2026-01-12T08:00:00.000+00:00','command line','user_changed','chief','{"change": "added", "role": "administrator"}','63f5420a1f98f1f3e8142b28af8ddb97d496140c96615de8cdc268af5d9e9919');
INSERT INTO "audit" VALUES(2,'2026-01-12T08:00:00.000+00:00','command line','user_changed','office','{"change": "added", "role": "office"}','a2b072c80516dcadbeb626f220eb1a66dd455284ebdd2d3fb73b9b5905486410');
INSERT INTO "audit" VALUES(3,'2026-01-12T08:00:00.000+00:00','command line','user_changed','yangliu','{"change": "added", "role": "cadre"}','df6ee2e5355e28dab8219d7a30592b89ab3bffbff49d64374fcc536c06ee9e16');
INSERT INTO "audit" VALUES(4,'2026-01-12T08:00:00.000+00:00','command line','user_changed','health','{"change": "added", "role": "department"}','3b0b475441d66a7a7a50c90b8b22bcc9573b31a1da70583df4d8016a0595f066');
INSERT INTO "audit" VALUES(5,'2026-01-12T08:00:00.000+00:00','command line','user_changed','lead','{"change": "added", "role": "leader"}','030fe26aff1bd84b6220e08a0ffda263c8c5c3d4fbc92a843f572d46a2e4bb92');
INSERT INTO "audit" VALUES(6,'2026-01-12T08:00:00.000+00:00','command line','user_changed','health','{"change": "disabled"}','0b34795267003f4dd73a8a4aee35da3aff699c276677fe82768ef424295aacff');
INSERT INTO "audit" VALUES(7,'2026-01-12T08:00:00.000+00:00','office','signed_in','','{"role": "office"}','39d93a110f80c8dc753dc4293e079dd6d57b217a4f675af5e45d8418e4ee988b');
INSERT INTO "audit" VALUES(8,'2026-01-12T08:00:00.000+00:00','yangliu','sign_in_failed','','{"failures": 1, "reason": "password"}','f8579eb059e557d6053858ef01c6bd662b965176f674ca6cc9ddf21051d81099');
INSERT INTO "audit" VALUES(9,'2026-01-12T08:00:00.000+00:00','office','exported','季度.xlsx','{"bytes": 12345}','29e4e93335611f6c543f05d3333bd63fbd106ff890c3b3b4f30761100b30edd0');
CREATE TABLE audit_head (
	one INTEGER NOT NULL,
	entry_no INTEGER NOT NULL,
	mac VARCHAR(64) NOT NULL,
	PRIMARY KEY (one)
);
INSERT INTO "audit_head" VALUES(1,9,'29e4e93335611f6c543f05d3333bd63fbd106ff890c3b3b4f30761100b30edd0');
CREATE TABLE schema_version (
	version INTEGER NOT NULL,
	PRIMARY KEY (version)
);
INSERT INTO "schema_version" VALUES(1);
CREATE TABLE sessions (
	session_id VARCHAR(64) NOT NULL,
	user_id INTEGER NOT NULL,
	created_at DATETIME NOT NULL,
	seen_at DATETIME NOT NULL,
	expires_at DATETIME NOT NULL,
	revoked_at DATETIME,
	PRIMARY KEY (session_id),
	FOREIGN KEY(user_id) REFERENCES users (user_id)
);
INSERT INTO "sessions" VALUES('716e2dff36c0cd26f14eb8f5273903873ab7bdc7c90c38bd6181e3054836191b',2,'2026-01-12 08:00:00.000000','2026-01-12 08:00:00.000000','2026-01-12 20:00:00.000000',NULL);
CREATE TABLE user_areas (
	user_id INTEGER NOT NULL,
	area_code VARCHAR(32) NOT NULL,
	PRIMARY KEY (user_id, area_code),
	FOREIGN KEY(user_id) REFERENCES users (user_id)
);
INSERT INTO "user_areas" VALUES(2,'*');
INSERT INTO "user_areas" VALUES(3,'340621109200');
INSERT INTO "user_areas" VALUES(5,'*');
CREATE TABLE user_departments (
	user_id INTEGER NOT NULL,
	department_code VARCHAR(64) NOT NULL,
	PRIMARY KEY (user_id, department_code),
	FOREIGN KEY(user_id) REFERENCES users (user_id)
);
INSERT INTO "user_departments" VALUES(4,'health');
CREATE TABLE users (
	user_id INTEGER NOT NULL,
	name VARCHAR(64) NOT NULL,
	role VARCHAR(32) NOT NULL,
	password_hash VARCHAR(256) NOT NULL,
	households BOOLEAN NOT NULL,
	is_disabled BOOLEAN NOT NULL,
	is_demo BOOLEAN NOT NULL,
	language VARCHAR(8),
	failures INTEGER NOT NULL,
	retry_at DATETIME,
	created_at DATETIME NOT NULL,
	PRIMARY KEY (user_id),
	UNIQUE (name)
);
INSERT INTO "users" VALUES(1,'chief','administrator','$argon2id$v=19$m=8,t=1,p=1$vLvqIoJJNhfF/ZEv5y6ylw$bwKmQsalxXA5WAMHf5F+6e6eyZD3qfWBPvQB6H2t8Pw',0,0,0,NULL,0,NULL,'2026-01-12 08:00:00.000000');
INSERT INTO "users" VALUES(2,'office','office','$argon2id$v=19$m=8,t=1,p=1$STBswxXlnc029oQY2dDgig$8DH6ZGPMGO178BMTxR1L9sFkbKFRyGbEJFWUvjeDwr4',0,0,0,'en',0,NULL,'2026-01-12 08:00:00.000000');
INSERT INTO "users" VALUES(3,'yangliu','cadre','$argon2id$v=19$m=8,t=1,p=1$LpH8RtstxXD9iiX27sJ6hw$f3+tHEqG4nIF6vMuW1MAyOSTmeE8IBU91wWlfCis1vc',0,0,0,NULL,1,'2026-01-12 08:00:00.000000','2026-01-12 08:00:00.000000');
INSERT INTO "users" VALUES(4,'health','department','$argon2id$v=19$m=8,t=1,p=1$6K6HC8uFGHvXEhyO/QM7eQ$+yD6Bk6hfLqVgyEoSI2L9DWM/yw7ddIRT1a2AzTc3Uc',0,1,0,NULL,0,NULL,'2026-01-12 08:00:00.000000');
INSERT INTO "users" VALUES(5,'lead','leader','$argon2id$v=19$m=8,t=1,p=1$ZxW9FT57cZV7lZyDasQsfg$kauf4tdEwWKalYzyjT/luqvqdZaJL3Oeqc8fUj5i81s',1,0,0,NULL,0,NULL,'2026-01-12 08:00:00.000000');
CREATE INDEX ix_audit_action ON audit (action);
CREATE TRIGGER audit_no_update before update on audit begin select raise(abort, 'the audit trail is append-only'); end;
CREATE TRIGGER audit_no_delete before delete on audit begin select raise(abort, 'the audit trail is append-only'); end;
CREATE INDEX ix_sessions_user_id ON sessions (user_id);
COMMIT;
