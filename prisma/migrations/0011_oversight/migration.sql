-- The audit page walks the trail from its newest entry back, and begins at any time.
CREATE INDEX "events_newest" ON "events" ("at", "seq");
-- What the main loop writes at every request is found by walking the newest; each other type is rare, and has an index of its own
-- that costs the main loop nothing.
CREATE INDEX "events_rare_types" ON "events" ("type", "at", "seq") WHERE "type" NOT IN (
  'request.submitted', 'decision.made', 'ticket.opened', 'request.released', 'vote.cast', 'evidence.added', 'grant.created',
  'grant.collected', 'grant.redeemed', 'grant.reported');
-- Streams other than requests': a small part of the trail.
CREATE INDEX "events_other_kinds" ON "events" (split_part("stream", ':', 1), "at", "seq") WHERE split_part("stream", ':', 1) <> 'request';
-- What one person did, wherever.
CREATE INDEX "events_by_person" ON "events" (("actor" ->> 'id'), "at", "seq") WHERE "actor" ->> 'kind' = 'person';
-- Slack was not told, and nobody has said in the console that they know: a small part of what was announced.
CREATE INDEX "announcements_untold" ON "announcements" ("created_at") WHERE "sent_at" IS NULL AND "seen_at" IS NULL AND "why" IS NOT NULL;
-- Input that waits for its evaluation, and since when.
CREATE INDEX "outbox_pending_oldest" ON "outbox" ("created_at") WHERE "done_at" IS NULL;
