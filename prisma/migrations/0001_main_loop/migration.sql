-- CreateTable
CREATE TABLE "installation" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "name" TEXT NOT NULL,
    "domain" TEXT NOT NULL,
    "generation" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "installation_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "people" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "email" TEXT NOT NULL,
    "roles" TEXT[],
    "active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "deactivated_at" TIMESTAMPTZ(3),

    CONSTRAINT "people_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "method" TEXT NOT NULL,
    "user_agent" TEXT,

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sign_in_links" (
    "token_hash" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "sign_in_links_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "passkeys" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "credential_id" TEXT NOT NULL,
    "public_key" BYTEA NOT NULL,
    "counter" BIGINT NOT NULL,
    "transports" TEXT[],
    "name" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "last_used_at" TIMESTAMPTZ(3),
    "confirmed_at" TIMESTAMPTZ(3),
    "confirmed_by" TEXT,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "passkeys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "totp" (
    "person_id" TEXT NOT NULL,
    "sealed_secret" TEXT NOT NULL,
    "last_step" BIGINT NOT NULL DEFAULT 0,
    "failed_count" INTEGER NOT NULL DEFAULT 0,
    "locked_until" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "verified_at" TIMESTAMPTZ(3),
    "confirmed_at" TIMESTAMPTZ(3),
    "confirmed_by" TEXT,

    CONSTRAINT "totp_pkey" PRIMARY KEY ("person_id")
);

-- CreateTable
CREATE TABLE "challenges" (
    "id" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "person_id" TEXT,
    "request_id" TEXT,
    "challenge" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "challenges_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "groups" (
    "name" TEXT NOT NULL,
    "label" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "groups_pkey" PRIMARY KEY ("name")
);

-- CreateTable
CREATE TABLE "group_members" (
    "group_name" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "added_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "added_by" TEXT,

    CONSTRAINT "group_members_pkey" PRIMARY KEY ("group_name","person_id")
);

-- CreateTable
CREATE TABLE "callers" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "owner_id" TEXT NOT NULL,
    "roles" TEXT[],
    "environments" TEXT[],
    "audience" TEXT NOT NULL,
    "active" BOOLEAN NOT NULL DEFAULT true,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "callers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" TEXT NOT NULL,
    "caller_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "secret_hash" TEXT NOT NULL,
    "hint" TEXT NOT NULL,
    "scopes" TEXT[],
    "created_by_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "expires_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "policy_versions" (
    "version" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "digest" TEXT NOT NULL,
    "source" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "published_by" TEXT,

    CONSTRAINT "policy_versions_pkey" PRIMARY KEY ("version")
);

-- CreateTable
CREATE TABLE "requests" (
    "id" TEXT NOT NULL,
    "caller_id" TEXT NOT NULL,
    "key_id" TEXT NOT NULL,
    "run_key" TEXT,
    "contract_digest" TEXT NOT NULL,
    "contract" JSONB NOT NULL,
    "hashed" TEXT NOT NULL,
    "goal" TEXT NOT NULL,
    "tools" TEXT[],
    "risk" TEXT NOT NULL,
    "environment" TEXT,
    "requesters" TEXT[],
    "policy_version" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "verdict" TEXT NOT NULL,
    "issues" JSONB NOT NULL,
    "requirements" JSONB NOT NULL,
    "outstanding" TEXT[],
    "waiting_groups" TEXT[],
    "decision_count" INTEGER NOT NULL DEFAULT 0,
    "input_seq" INTEGER NOT NULL DEFAULT 0,
    "evaluated_seq" INTEGER NOT NULL DEFAULT 0,
    "submitted_at" TIMESTAMPTZ(3) NOT NULL,
    "opened_at" TIMESTAMPTZ(3),
    "deadline_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "closed_by" TEXT,
    "close_reason" JSONB,
    "next_check_at" TIMESTAMPTZ(3),
    "supersedes" TEXT,
    "superseded_by" TEXT,

    CONSTRAINT "requests_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "decisions" (
    "request_id" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "verdict" TEXT NOT NULL,
    "issues" JSONB NOT NULL,
    "requirements" JSONB NOT NULL,
    "outstanding" TEXT[],
    "policy_version" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "decisions_pkey" PRIMARY KEY ("request_id","ordinal")
);

-- CreateTable
CREATE TABLE "votes" (
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "choice" TEXT NOT NULL,
    "reason" TEXT,
    "note" TEXT,
    "review_digest" TEXT NOT NULL,
    "reviewed" JSONB NOT NULL,
    "channel" TEXT NOT NULL,
    "method" TEXT NOT NULL,
    "receipt" JSONB NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" TEXT,

    CONSTRAINT "votes_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "evidence" (
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "body" JSONB,
    "sha256" TEXT NOT NULL,
    "author_kind" TEXT NOT NULL,
    "author_id" TEXT NOT NULL,
    "channel" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'provided',
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,
    "end_reason" TEXT,

    CONSTRAINT "evidence_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "decision_answers" (
    "id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "verdict" TEXT,
    "issues" JSONB NOT NULL,
    "error" TEXT,
    "input_seq" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "retry_at" TIMESTAMPTZ(3),
    "latency_ms" INTEGER NOT NULL,

    CONSTRAINT "decision_answers_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "grants" (
    "request_id" TEXT NOT NULL,
    "state" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "ends_at" TIMESTAMPTZ(3) NOT NULL,
    "generation" INTEGER NOT NULL,
    "jti" TEXT,
    "token_expires_at" TIMESTAMPTZ(3),
    "claims" JSONB,
    "collected_at" TIMESTAMPTZ(3),
    "redeemed_at" TIMESTAMPTZ(3),
    "redeem_nonce_hash" TEXT,
    "redeemed_by_key_id" TEXT,
    "reported_at" TIMESTAMPTZ(3),
    "outcome" TEXT,
    "outcome_detail" TEXT,
    "ended_at" TIMESTAMPTZ(3),
    "end_reason" JSONB,

    CONSTRAINT "grants_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "events" (
    "seq" BIGSERIAL NOT NULL,
    "stream" TEXT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "type" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "actor" JSONB NOT NULL,
    "body" JSONB NOT NULL,
    "prev" TEXT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "events_pkey" PRIMARY KEY ("seq")
);

-- CreateTable
CREATE TABLE "log_leaves" (
    "index" BIGINT NOT NULL,
    "event_seq" BIGINT NOT NULL,
    "hash" TEXT NOT NULL,

    CONSTRAINT "log_leaves_pkey" PRIMARY KEY ("index")
);

-- CreateTable
CREATE TABLE "checkpoints" (
    "size" BIGINT NOT NULL,
    "root" TEXT NOT NULL,
    "range" TEXT[],
    "note" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "checkpoints_pkey" PRIMARY KEY ("size")
);

-- CreateTable
CREATE TABLE "outbox" (
    "id" BIGSERIAL NOT NULL,
    "topic" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "cause" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "queued_at" TIMESTAMPTZ(3),
    "done_at" TIMESTAMPTZ(3),

    CONSTRAINT "outbox_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "signing_keys" (
    "kid" TEXT NOT NULL,
    "purpose" TEXT NOT NULL,
    "alg" TEXT NOT NULL,
    "public_jwk" JSONB NOT NULL,
    "sealed_private" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "active_at" TIMESTAMPTZ(3) NOT NULL,
    "retired_at" TIMESTAMPTZ(3),

    CONSTRAINT "signing_keys_pkey" PRIMARY KEY ("kid")
);

-- CreateIndex
CREATE UNIQUE INDEX "people_email_key" ON "people"("email");

-- CreateIndex
CREATE INDEX "sessions_person_id_idx" ON "sessions"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "passkeys_credential_id_key" ON "passkeys"("credential_id");

-- CreateIndex
CREATE INDEX "passkeys_person_id_idx" ON "passkeys"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "challenges_challenge_key" ON "challenges"("challenge");

-- CreateIndex
CREATE INDEX "group_members_person_id_idx" ON "group_members"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "callers_name_key" ON "callers"("name");

-- CreateIndex
CREATE UNIQUE INDEX "api_keys_secret_hash_key" ON "api_keys"("secret_hash");

-- CreateIndex
CREATE INDEX "api_keys_caller_id_idx" ON "api_keys"("caller_id");

-- CreateIndex
CREATE UNIQUE INDEX "policy_versions_name_ordinal_key" ON "policy_versions"("name", "ordinal");

-- CreateIndex
CREATE INDEX "requests_state_submitted_at_id_idx" ON "requests"("state", "submitted_at" DESC, "id");

-- CreateIndex
CREATE INDEX "requests_caller_id_submitted_at_id_idx" ON "requests"("caller_id", "submitted_at" DESC, "id");

-- CreateIndex
CREATE UNIQUE INDEX "requests_caller_id_run_key_key" ON "requests"("caller_id", "run_key");

-- CreateIndex
CREATE INDEX "votes_request_id_idx" ON "votes"("request_id");

-- CreateIndex
CREATE INDEX "evidence_request_id_idx" ON "evidence"("request_id");

-- CreateIndex
CREATE INDEX "decision_answers_request_id_name_at_idx" ON "decision_answers"("request_id", "name", "at" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "grants_jti_key" ON "grants"("jti");

-- CreateIndex
CREATE INDEX "grants_state_ends_at_idx" ON "grants"("state", "ends_at");

-- CreateIndex
CREATE UNIQUE INDEX "events_stream_ordinal_key" ON "events"("stream", "ordinal");

-- CreateIndex
CREATE UNIQUE INDEX "log_leaves_event_seq_key" ON "log_leaves"("event_seq");

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_in_links" ADD CONSTRAINT "sign_in_links_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "passkeys" ADD CONSTRAINT "passkeys_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "totp" ADD CONSTRAINT "totp_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_group_name_fkey" FOREIGN KEY ("group_name") REFERENCES "groups"("name") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "callers" ADD CONSTRAINT "callers_owner_id_fkey" FOREIGN KEY ("owner_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_caller_id_fkey" FOREIGN KEY ("caller_id") REFERENCES "callers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_created_by_id_fkey" FOREIGN KEY ("created_by_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "requests" ADD CONSTRAINT "requests_caller_id_fkey" FOREIGN KEY ("caller_id") REFERENCES "callers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decisions" ADD CONSTRAINT "decisions_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "votes" ADD CONSTRAINT "votes_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "votes" ADD CONSTRAINT "votes_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "evidence" ADD CONSTRAINT "evidence_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "decision_answers" ADD CONSTRAINT "decision_answers_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "grants" ADD CONSTRAINT "grants_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- Written by hand from here on: what schema.prisma cannot say.

-- One live vote per human and ticket.
CREATE UNIQUE INDEX votes_one_live ON votes (request_id, person_id) WHERE ended_at IS NULL;

-- What workers and lists look for is always a small part of a table that only grows.
CREATE INDEX outbox_pending ON outbox (id) WHERE done_at IS NULL;
CREATE INDEX outbox_pending_request ON outbox (request_id) WHERE done_at IS NULL;
CREATE INDEX requests_next_check ON requests (next_check_at) WHERE state = 'open';
CREATE INDEX requests_deadline ON requests (deadline_at) WHERE state = 'open';
CREATE INDEX requests_unevaluated ON requests (id) WHERE state = 'open' AND evaluated_seq < input_seq;
CREATE INDEX requests_waiting_groups ON requests USING gin (waiting_groups) WHERE state = 'open';
CREATE INDEX grants_live ON grants (ends_at) WHERE state IN ('ready', 'collected');

-- The closed sets.
ALTER TABLE installation ADD CONSTRAINT installation_is_one CHECK (id = 1);
ALTER TABLE requests
  ADD CONSTRAINT requests_state CHECK (
    state IN ('open', 'released', 'rejected', 'denied', 'expired', 'cancelled', 'superseded')
  ),
  ADD CONSTRAINT requests_verdict CHECK (verdict IN ('ALLOW', 'DEFER', 'DENY')),
  ADD CONSTRAINT requests_evaluated_behind_input CHECK (evaluated_seq <= input_seq);
ALTER TABLE decisions
  ADD CONSTRAINT decisions_verdict CHECK (verdict IN ('ALLOW', 'DEFER', 'DENY'));
ALTER TABLE grants
  ADD CONSTRAINT grants_state CHECK (
    state IN ('ready', 'collected', 'redeemed', 'reported', 'lapsed', 'revoked', 'burnt')
  ),
  ADD CONSTRAINT grants_outcome CHECK (outcome IN ('succeeded', 'failed', 'rolled_back', 'unknown'));
ALTER TABLE votes
  ADD CONSTRAINT votes_choice CHECK (choice IN ('approve', 'reject')),
  ADD CONSTRAINT votes_method CHECK (method IN ('none', 'totp', 'passkey')),
  ADD CONSTRAINT votes_channel CHECK (channel IN ('web', 'slack')),
  ADD CONSTRAINT votes_end CHECK (
    (ended_at IS NULL) = (end_reason IS NULL) AND end_reason IN ('withdrawn', 'replaced')
  );
ALTER TABLE evidence
  ADD CONSTRAINT evidence_state CHECK (state IN ('provided', 'rejected', 'withdrawn')),
  ADD CONSTRAINT evidence_author_kind CHECK (author_kind IN ('person', 'caller'));

-- The audit trail only grows, whoever asks. The row triggers name the table and the deed; TRUNCATE is a statement.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'audit entries are append-only: % on % is refused', TG_OP, TG_TABLE_NAME
    USING ERRCODE = 'insufficient_privilege';
END;
$$;

CREATE TRIGGER events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER decisions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON decisions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER log_leaves_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_leaves
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER checkpoints_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoints
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER policy_versions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON policy_versions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What was submitted, signed and handed in stays as it was: only where things stand may change. Evidence bodies can be erased.
CREATE TRIGGER requests_frozen BEFORE UPDATE OF
    id, caller_id, key_id, run_key, contract_digest, contract, hashed, goal, tools, requesters, policy_version, submitted_at,
    supersedes
  ON requests FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER votes_frozen BEFORE UPDATE OF
    id, request_id, person_id, choice, reason, review_digest, reviewed, channel, method, receipt, at
  ON votes FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER evidence_frozen BEFORE UPDATE OF
    id, request_id, type, sha256, author_kind, author_id, channel, at
  ON evidence FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- The role the application may run as: it can add to the audit trail and to the policy's history, never change them.
-- A user who may not create roles gets none, and keeps the triggers above.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'countersign_app') THEN
    CREATE ROLE countersign_app NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL; -- made by another installation at this moment
  WHEN insufficient_privilege THEN
    RAISE WARNING 'role countersign_app was not created: this user may not create roles';
END;
$$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'countersign_app') THEN
    RETURN;
  END IF;
  GRANT USAGE ON SCHEMA public TO countersign_app;
  -- The queue keeps its tables in a schema of its own, which it makes.
  EXECUTE format('GRANT CREATE ON DATABASE %I TO countersign_app', current_database());
  GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO countersign_app;
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO countersign_app;
  REVOKE UPDATE, DELETE ON events, decisions, log_leaves, checkpoints, policy_versions FROM countersign_app;
  ALTER DEFAULT PRIVILEGES IN SCHEMA public
    GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO countersign_app;
  ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO countersign_app;
  IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
    REVOKE INSERT, UPDATE, DELETE ON _prisma_migrations FROM countersign_app;
  END IF;
END;
$$;
