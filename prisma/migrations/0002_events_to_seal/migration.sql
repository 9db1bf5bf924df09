-- CreateTable
CREATE TABLE "unsealed_events" (
    "event_seq" BIGINT NOT NULL,

    CONSTRAINT "unsealed_events_pkey" PRIMARY KEY ("event_seq")
);

-- Written by hand from here on: what schema.prisma cannot say.

-- Events commit out of the order of their numbers. A list of what has no leaf yet finds one that commits late, whatever its
-- age, and costs the same however long the history is; the events themselves cannot carry a mark, as they never change.
CREATE FUNCTION note_unsealed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO unsealed_events (event_seq) SELECT seq FROM added;
  RETURN NULL;
END;
$$;

CREATE TRIGGER events_to_seal AFTER INSERT ON events
  REFERENCING NEW TABLE AS added FOR EACH STATEMENT EXECUTE FUNCTION note_unsealed();

INSERT INTO unsealed_events (event_seq)
SELECT e.seq FROM events e WHERE NOT EXISTS (SELECT FROM log_leaves l WHERE l.event_seq = e.seq);
