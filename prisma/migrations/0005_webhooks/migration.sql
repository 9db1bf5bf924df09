-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "id" TEXT NOT NULL,
    "caller_id" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "description" TEXT NOT NULL DEFAULT '',
    "event_types" TEXT[],
    "state" TEXT NOT NULL DEFAULT 'enabled',
    "state_reason" TEXT,
    "state_at" TIMESTAMPTZ(3) NOT NULL,
    "sealed_secret" TEXT NOT NULL,
    "sealed_old_secret" TEXT,
    "old_secret_ends_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "created_by" TEXT,
    "last_success_at" TIMESTAMPTZ(3),
    "failing_since" TIMESTAMPTZ(3),
    "told_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" BIGSERIAL NOT NULL,
    "endpoint_id" TEXT NOT NULL,
    "event_id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "request_id" TEXT,
    "ordinal" INTEGER,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "state" TEXT NOT NULL DEFAULT 'due',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "attempts_ever" INTEGER NOT NULL DEFAULT 0,
    "due_at" TIMESTAMPTZ(3) NOT NULL,
    "queued_at" TIMESTAMPTZ(3),
    "lease_until" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_attempts" (
    "delivery_id" BIGINT NOT NULL,
    "ordinal" INTEGER NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,
    "cause" TEXT NOT NULL,
    "url" TEXT NOT NULL,
    "request_headers" JSONB NOT NULL,
    "request_body" TEXT NOT NULL,
    "status" INTEGER,
    "response_headers" JSONB,
    "response_body" TEXT,
    "error" TEXT,
    "latency_ms" INTEGER NOT NULL,

    CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("delivery_id","ordinal")
);

-- CreateIndex
CREATE INDEX "webhook_endpoints_caller_id_idx" ON "webhook_endpoints"("caller_id");

-- CreateIndex
CREATE UNIQUE INDEX "webhook_deliveries_endpoint_id_event_id_key" ON "webhook_deliveries"("endpoint_id", "event_id");

-- AddForeignKey
ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_caller_id_fkey" FOREIGN KEY ("caller_id") REFERENCES "callers"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoints"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_attempts" ADD CONSTRAINT "webhook_attempts_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "webhook_deliveries"("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "webhook_endpoints" ADD CONSTRAINT "webhook_endpoints_state" CHECK ("state" IN ('enabled', 'disabled', 'removed'));
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_state" CHECK ("state" IN ('due', 'delivered', 'dead'));
-- What is to be sent next, endpoint by endpoint, and how much of it is under way.
CREATE INDEX "webhook_deliveries_due" ON "webhook_deliveries" ("endpoint_id", "due_at", "id") WHERE "state" = 'due';
CREATE INDEX "webhook_deliveries_under_way" ON "webhook_deliveries" ("endpoint_id") WHERE "state" = 'due' AND "queued_at" IS NOT NULL;
-- The log of an endpoint, newest first, whole or by what became of it; and what is old enough to forget.
CREATE INDEX "webhook_deliveries_newest" ON "webhook_deliveries" ("endpoint_id", "id" DESC);
CREATE INDEX "webhook_deliveries_by_state" ON "webhook_deliveries" ("endpoint_id", "state", "id" DESC);
CREATE INDEX "webhook_deliveries_ended" ON "webhook_deliveries" ("ended_at") WHERE "state" <> 'due';

-- Votes and evidence from Slack are events too: the Socket Mode process queues what they set off, and reads no address and no secret.
DO $$
BEGIN
  IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'countersign_slack') THEN
    GRANT SELECT (id, caller_id, state, event_types) ON webhook_endpoints TO countersign_slack;
    GRANT INSERT ON webhook_deliveries TO countersign_slack;
    GRANT USAGE, SELECT ON SEQUENCE webhook_deliveries_id_seq TO countersign_slack;
  END IF;
END;
$$;
