-- Both directions the same, so that a page of an endpoint's log begins where the page before ended: (endpoint_id, id) < (…, …).
DROP INDEX "webhook_deliveries_newest";
DROP INDEX "webhook_deliveries_by_state";
CREATE INDEX "webhook_deliveries_newest" ON "webhook_deliveries" ("endpoint_id", "id");
CREATE INDEX "webhook_deliveries_by_state" ON "webhook_deliveries" ("endpoint_id", "state", "id");
