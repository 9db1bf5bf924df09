-- AlterTable
ALTER TABLE "grants" ADD COLUMN     "unreported_told_at" TIMESTAMPTZ(3);

-- Redeemed, and nobody was told yet that no outcome came.
CREATE INDEX "grants_unreported" ON "grants" ("redeemed_at") WHERE "state" = 'redeemed' AND "unreported_told_at" IS NULL;
