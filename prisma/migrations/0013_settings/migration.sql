-- AlterTable
ALTER TABLE "installation" ADD COLUMN     "evidence_days" INTEGER;

ALTER TABLE "installation" ADD CONSTRAINT "installation_evidence_days" CHECK ("evidence_days" >= 30);
-- What evidence still says, oldest first: what the sweeper of evidence walks.
CREATE INDEX "evidence_kept" ON "evidence" ("at", "id") INCLUDE ("request_id") WHERE "body" IS NOT NULL;
