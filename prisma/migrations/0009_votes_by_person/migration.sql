-- The votes somebody gave lately, without reading all they ever gave.
CREATE INDEX "votes_person_id_at_idx" ON "votes" ("person_id", "at" DESC);
