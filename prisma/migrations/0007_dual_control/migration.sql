-- AlterTable
ALTER TABLE "installation" ADD COLUMN     "dual_control_at" TIMESTAMPTZ(3);

-- Whoever has the role is in the group: policy, inbox and Slack then read one table.
CREATE FUNCTION "countersign_keep_admins"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF 'admin' = ANY (NEW.roles) THEN
    INSERT INTO group_members (group_name, person_id) VALUES ('admins', NEW.id)
    ON CONFLICT (group_name, person_id) DO UPDATE SET expires_at = NULL;
  ELSE
    DELETE FROM group_members WHERE group_name = 'admins' AND person_id = NEW.id;
  END IF;
  RETURN NULL;
END $$;
INSERT INTO "groups" ("name", "label") VALUES ('admins', 'Admins') ON CONFLICT ("name") DO UPDATE SET "label" = 'Admins';
DELETE FROM "group_members" WHERE "group_name" = 'admins';
INSERT INTO "group_members" ("group_name", "person_id") SELECT 'admins', "id" FROM "people" WHERE 'admin' = ANY ("roles");
CREATE TRIGGER "people_keep_admins" AFTER INSERT OR UPDATE OF "roles" ON "people"
  FOR EACH ROW EXECUTE FUNCTION "countersign_keep_admins"();
