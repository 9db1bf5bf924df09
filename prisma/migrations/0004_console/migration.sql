-- AlterTable
ALTER TABLE "passkeys" ADD COLUMN     "synced" BOOLEAN;

-- AlterTable
ALTER TABLE "totp" ADD COLUMN     "lock_count" INTEGER NOT NULL DEFAULT 0;

-- CreateTable
CREATE TABLE "recovery_codes" (
    "code_hash" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),

    CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("code_hash")
);

-- CreateTable
CREATE TABLE "announcements" (
    "id" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "event_seq" BIGINT NOT NULL,
    "audience" TEXT NOT NULL,
    "text" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "seen_at" TIMESTAMPTZ(3),
    "sent_at" TIMESTAMPTZ(3),
    "due_at" TIMESTAMPTZ(3),
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "why" TEXT,
    "lease_until" TIMESTAMPTZ(3),

    CONSTRAINT "announcements_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "rate_limits" (
    "key" TEXT NOT NULL,
    "points" INTEGER NOT NULL,
    "expire" TIMESTAMPTZ(3),

    CONSTRAINT "rate_limits_pkey" PRIMARY KEY ("key")
);

-- CreateTable
CREATE TABLE "files" (
    "sha256" TEXT NOT NULL,
    "bytes" BYTEA,
    "size_bytes" INTEGER NOT NULL,
    "media_type" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "erased_at" TIMESTAMPTZ(3),

    CONSTRAINT "files_pkey" PRIMARY KEY ("sha256")
);

-- CreateIndex
CREATE INDEX "recovery_codes_person_id_idx" ON "recovery_codes"("person_id");

-- CreateIndex
CREATE INDEX "votes_person_id_request_id_idx" ON "votes"("person_id", "request_id");

-- AddForeignKey
ALTER TABLE "recovery_codes" ADD CONSTRAINT "recovery_codes_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "announcements" ADD CONSTRAINT "announcements_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

ALTER TABLE "announcements" ADD CONSTRAINT "announcements_audience" CHECK ("audience" IN ('person', 'alerts'));
-- What somebody has not seen yet: asked for by every page.
CREATE INDEX "announcements_unseen" ON "announcements" ("person_id", "created_at") WHERE "seen_at" IS NULL AND "audience" = 'person';
-- What is still to be sent to Slack.
CREATE INDEX "announcements_due" ON "announcements" ("due_at") WHERE "due_at" IS NOT NULL;
-- What ended lately, and the newest of what ended: partial, because open requests have indexes of their own.
CREATE INDEX "requests_closed_at" ON "requests" ("closed_at" DESC, "id" DESC) WHERE "state" <> 'open';
CREATE INDEX "requests_closed_newest" ON "requests" ("submitted_at" DESC, "id" DESC) WHERE "state" <> 'open';
-- The newest of one risk, or of one environment: a list narrowed to what is rare would otherwise walk the whole history.
CREATE INDEX "requests_closed_risk" ON "requests" ("risk", "submitted_at" DESC, "id" DESC) WHERE "state" <> 'open';
CREATE INDEX "requests_closed_environment" ON "requests" ("environment", "submitted_at" DESC, "id" DESC) WHERE "state" <> 'open';
-- How many of a caller's requests are held, at each submit.
CREATE INDEX "requests_open_of_caller" ON "requests" ("caller_id") WHERE "state" = 'open';

-- The bytes under a hash are what was hashed: they can be erased, never exchanged.
CREATE FUNCTION refuse_other_bytes() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF NEW.sha256 IS DISTINCT FROM OLD.sha256 OR (NEW.bytes IS NOT NULL AND NEW.bytes IS DISTINCT FROM OLD.bytes) THEN
    RAISE EXCEPTION 'the bytes of a file are content-addressed: they can be erased, not changed';
  END IF;
  RETURN NEW;
END;
$$;
ALTER TABLE "files"
  ADD CONSTRAINT "files_are_their_hash" CHECK ("bytes" IS NULL OR "sha256" = encode(sha256("bytes"), 'hex')),
  ADD CONSTRAINT "files_size" CHECK ("size_bytes" BETWEEN 1 AND 10485760 AND ("bytes" IS NULL OR octet_length("bytes") = "size_bytes")),
  -- Not compressed: a part of it is read without the rest.
  ALTER COLUMN "bytes" SET STORAGE EXTERNAL;
-- Which items name a file: asked before it is swept or erased.
CREATE INDEX "evidence_of_file" ON "evidence" (("body"->>'sha256')) WHERE "type" = 'attachment';
CREATE TRIGGER files_keep_their_bytes BEFORE UPDATE ON "files" FOR EACH ROW EXECUTE FUNCTION refuse_other_bytes();

-- What the Socket Mode process does to an account (wrong codes that lock, a link that ends) is announced in the same
-- transaction. It tells and reads nothing: the worker sends.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'countersign_slack') THEN
    GRANT INSERT ON announcements TO countersign_slack;
  END IF;
END;
$$;
