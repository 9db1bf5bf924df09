-- Insights count what ended in a span of days: with these two columns beside it, the index that the inbox reads answers that alone.
DROP INDEX "requests_closed_at";
CREATE INDEX "requests_closed_at" ON "requests" ("closed_at" DESC, "id" DESC) INCLUDE ("state", "opened_at") WHERE "state" <> 'open';
-- What people decided: rejected, or released with approvals. Nothing that was allowed at once, ended by time or by policy is in it.
CREATE INDEX "requests_decided_by_people" ON "requests" ("closed_at") INCLUDE ("opened_at", "risk", "policy_version")
  WHERE "opened_at" IS NOT NULL AND ("state" = 'rejected' OR ("state" = 'released' AND "close_reason" -> 'approvals' -> 0 IS NOT NULL));
