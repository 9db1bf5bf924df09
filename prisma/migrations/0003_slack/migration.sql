-- CreateTable
CREATE TABLE "slack_workspaces" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "enterprise_id" TEXT NOT NULL DEFAULT '',
    "team_id" TEXT NOT NULL,
    "team_name" TEXT NOT NULL,
    "app_id" TEXT NOT NULL,
    "bot_user_id" TEXT NOT NULL,
    "sealed_bot_token" TEXT NOT NULL,
    "sealed_refresh_token" TEXT,
    "token_expires_at" TIMESTAMPTZ(3),
    "refreshing_until" TIMESTAMPTZ(3),
    "scopes" TEXT[],
    "installed_at" TIMESTAMPTZ(3) NOT NULL,
    "installed_by" TEXT,
    "paused_until" TIMESTAMPTZ(3),
    "fault" TEXT,
    "fault_at" TIMESTAMPTZ(3),

    CONSTRAINT "slack_workspaces_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "slack_links" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "enterprise_id" TEXT NOT NULL DEFAULT '',
    "team_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "user_name" TEXT NOT NULL,
    "linked_at" TIMESTAMPTZ(3) NOT NULL,
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" TEXT,

    CONSTRAINT "slack_links_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "slack_link_codes" (
    "token_hash" TEXT NOT NULL,
    "enterprise_id" TEXT NOT NULL DEFAULT '',
    "team_id" TEXT NOT NULL,
    "user_id" TEXT NOT NULL,
    "user_name" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "slack_link_codes_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "sign_passes" (
    "token_hash" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "request_id" TEXT NOT NULL,
    "link_id" TEXT NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "cookie_hash" TEXT,

    CONSTRAINT "sign_passes_pkey" PRIMARY KEY ("token_hash")
);

-- CreateTable
CREATE TABLE "slack_routings" (
    "ordinal" INTEGER NOT NULL,
    "source" TEXT NOT NULL,
    "published_at" TIMESTAMPTZ(3) NOT NULL,
    "published_by" TEXT,

    CONSTRAINT "slack_routings_pkey" PRIMARY KEY ("ordinal")
);

-- CreateTable
CREATE TABLE "slack_messages" (
    "id" TEXT NOT NULL,
    "kind" TEXT NOT NULL,
    "channel_id" TEXT,
    "person_id" TEXT,
    "request_id" TEXT,
    "caller_id" TEXT NOT NULL,
    "occasion" TEXT,
    "share_key" TEXT,
    "ts" TEXT,
    "shown" TEXT,
    "told_ordinal" INTEGER NOT NULL DEFAULT 0,
    "state" TEXT NOT NULL,
    "why" TEXT,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "sent_at" TIMESTAMPTZ(3),
    "changed_at" TIMESTAMPTZ(3),
    "closed_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "version" INTEGER NOT NULL DEFAULT 0,

    CONSTRAINT "slack_messages_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "slack_deliveries" (
    "request_id" TEXT NOT NULL,
    "target" TEXT NOT NULL,
    "message_id" TEXT,
    "state" TEXT NOT NULL,
    "why" TEXT,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "slack_deliveries_pkey" PRIMARY KEY ("request_id","target")
);

-- CreateTable
CREATE TABLE "slack_watches" (
    "request_id" TEXT NOT NULL,
    "share_key" TEXT NOT NULL,
    "next_at" TIMESTAMPTZ(3),
    "reminders_sent" INTEGER NOT NULL DEFAULT 0,
    "escalations" INTEGER NOT NULL DEFAULT 0,
    "unreached_since" TIMESTAMPTZ(3),

    CONSTRAINT "slack_watches_pkey" PRIMARY KEY ("request_id")
);

-- CreateTable
CREATE TABLE "slack_seen" (
    "id" TEXT NOT NULL,
    "seen_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "slack_seen_pkey" PRIMARY KEY ("id")
);

-- CreateIndex
CREATE INDEX "slack_links_person_id_idx" ON "slack_links"("person_id");

-- CreateIndex
CREATE UNIQUE INDEX "sign_passes_cookie_hash_key" ON "sign_passes"("cookie_hash");

-- CreateIndex
CREATE INDEX "slack_messages_request_id_idx" ON "slack_messages"("request_id");

-- CreateIndex
CREATE INDEX "slack_deliveries_message_id_idx" ON "slack_deliveries"("message_id");

-- CreateIndex
CREATE INDEX "slack_seen_seen_at_idx" ON "slack_seen"("seen_at");

-- AddForeignKey
ALTER TABLE "slack_links" ADD CONSTRAINT "slack_links_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_passes" ADD CONSTRAINT "sign_passes_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_passes" ADD CONSTRAINT "sign_passes_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sign_passes" ADD CONSTRAINT "sign_passes_link_id_fkey" FOREIGN KEY ("link_id") REFERENCES "slack_links"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "slack_deliveries" ADD CONSTRAINT "slack_deliveries_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "slack_deliveries" ADD CONSTRAINT "slack_deliveries_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "slack_messages"("id") ON DELETE SET NULL ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "slack_watches" ADD CONSTRAINT "slack_watches_request_id_fkey" FOREIGN KEY ("request_id") REFERENCES "requests"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- CreateIndex
CREATE INDEX "slack_messages_channel_id_ts_idx" ON "slack_messages"("channel_id", "ts");

-- CreateIndex
CREATE INDEX "slack_messages_created_at_id_idx" ON "slack_messages"("created_at", "id");

-- CreateIndex
CREATE INDEX "slack_messages_caller_id_created_at_idx" ON "slack_messages"("caller_id", "created_at");

-- CreateIndex
CREATE INDEX "slack_watches_share_key_request_id_idx" ON "slack_watches"("share_key", "request_id");

-- Written by hand from here on: what schema.prisma cannot say.

ALTER TABLE slack_workspaces ADD CONSTRAINT slack_workspaces_one CHECK (id = 1);
ALTER TABLE slack_messages
  ADD CONSTRAINT slack_messages_kind CHECK (kind IN ('card', 'direct', 'requester', 'digest', 'alert')),
  ADD CONSTRAINT slack_messages_occasion CHECK (occasion IN ('asked', 'confirm', 'reminder', 'escalation', 'unreached', 'no_route')),
  ADD CONSTRAINT slack_messages_state CHECK (state IN ('queued', 'sent', 'failed', 'given_up'));
ALTER TABLE slack_deliveries
  ADD CONSTRAINT slack_deliveries_state CHECK (state IN ('queued', 'sent', 'failed'));

-- Exactly one: a Slack user is one human, and a human is one Slack user.
CREATE UNIQUE INDEX slack_links_one_user ON slack_links (enterprise_id, team_id, user_id) WHERE ended_at IS NULL;
CREATE UNIQUE INDEX slack_links_one_person ON slack_links (person_id) WHERE ended_at IS NULL;
-- One card at a time for equal asks in a channel, whoever makes it first.
CREATE UNIQUE INDEX slack_messages_one_card ON slack_messages (channel_id, share_key) WHERE kind = 'card' AND closed_at IS NULL;
CREATE INDEX slack_messages_due ON slack_messages (due_at) WHERE due_at IS NOT NULL AND closed_at IS NULL;
-- What people look for first on the page of deliveries.
CREATE INDEX slack_messages_unsent ON slack_messages (created_at, id) WHERE state <> 'sent';
CREATE INDEX slack_deliveries_untold ON slack_deliveries (at) WHERE message_id IS NULL;
CREATE INDEX slack_watches_due ON slack_watches (next_at) WHERE next_at IS NOT NULL;

CREATE TRIGGER slack_routings_append_only BEFORE UPDATE OR DELETE ON slack_routings
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- A link that was ended stays ended: whoever links again proves again who they are.
CREATE TRIGGER slack_links_stay_ended BEFORE UPDATE ON slack_links
  FOR EACH ROW WHEN (OLD.ended_at IS NOT NULL AND NEW.ended_at IS DISTINCT FROM OLD.ended_at)
  EXECUTE FUNCTION refuse_change();

-- The Slack process of Socket Mode logs in as a member of countersign_slack, which can do what the commands of that process
-- do. So whoever takes that process over can write votes and what follows from them: for as long as the worker takes them for
-- true, it is as dangerous as the web process. What stays out of its reach: signing keys, hashes of API keys, sign-in links and
-- sessions; people, groups, policies and routings; saying which human a Slack user is, which only the console does; and what
-- is on record, which is append-only. It reads sealed bot tokens and authenticator secrets, which open with COUNTERSIGN_SECRET,
-- and the SHA-256 of link codes and signing passes, which open nothing.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'countersign_slack') THEN
    CREATE ROLE countersign_slack NOLOGIN;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL; -- made by another installation at this moment
  WHEN insufficient_privilege THEN
    RAISE WARNING 'role countersign_slack was not created: this user may not create roles';
END;
$$;

DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'countersign_slack') THEN
    RETURN;
  END IF;
  GRANT USAGE ON SCHEMA public TO countersign_slack;
  GRANT SELECT ON installation, people, groups, group_members, callers, policy_versions, requests, decisions, votes, evidence,
    decision_answers, grants, events, log_leaves, checkpoints, outbox, passkeys, totp, challenges, slack_workspaces, slack_links,
    slack_link_codes, sign_passes, slack_routings, slack_messages, slack_deliveries, slack_watches, slack_seen TO countersign_slack;
  GRANT SELECT (id, caller_id, name, hint, scopes, created_by_id, created_at, expires_at, revoked_at) ON api_keys TO countersign_slack;
  GRANT INSERT ON decisions, events, unsealed_events, outbox, votes, evidence, decision_answers, requests, grants, challenges,
    slack_link_codes, sign_passes, slack_seen TO countersign_slack;
  GRANT UPDATE ON requests, votes, evidence, grants, outbox, totp, challenges, slack_workspaces, slack_messages, slack_deliveries
    TO countersign_slack;
  -- It ends links and makes none: neither by a new row nor by giving one to another human or Slack user.
  GRANT UPDATE (ended_at, ended_by) ON slack_links TO countersign_slack;
  -- What has ended is swept by whoever makes the next.
  GRANT DELETE ON slack_link_codes, sign_passes TO countersign_slack;
  GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO countersign_slack;
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'countersign_app') THEN
    REVOKE UPDATE, DELETE ON slack_routings FROM countersign_app;
  END IF;
END;
$$;
