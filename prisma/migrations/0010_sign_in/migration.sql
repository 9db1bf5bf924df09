-- CreateTable
CREATE TABLE "oidc_identities" (
    "issuer" TEXT NOT NULL,
    "subject" TEXT NOT NULL,
    "person_id" TEXT NOT NULL,
    "linked_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "oidc_identities_pkey" PRIMARY KEY ("issuer","subject")
);

-- CreateIndex
CREATE UNIQUE INDEX "oidc_identities_person_id_issuer_key" ON "oidc_identities"("person_id", "issuer");

-- AddForeignKey
ALTER TABLE "oidc_identities" ADD CONSTRAINT "oidc_identities_person_id_fkey" FOREIGN KEY ("person_id") REFERENCES "people"("id") ON DELETE RESTRICT ON UPDATE CASCADE;

-- AlterTable
ALTER TABLE "group_members" ADD COLUMN     "source" TEXT NOT NULL DEFAULT 'direct';
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_source" CHECK ("source" IN ('direct', 'oidc'));
-- What an issuer gives runs out by itself, and being an admin is nothing that it gives.
ALTER TABLE "group_members" ADD CONSTRAINT "group_members_of_issuers_end" CHECK ("source" = 'direct' OR ("expires_at" IS NOT NULL AND "group_name" <> 'admins'));

-- The links that a first start printed and nobody used yet.
CREATE INDEX "sign_in_links_first_admin" ON "sign_in_links" ("purpose") WHERE "used_at" IS NULL AND "purpose" = 'first_admin';
