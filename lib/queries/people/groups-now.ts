import type { PeopleByGroup } from '#lib/core/ticket/tally'
import type { Sql } from '#lib/db/client'

const READ = `
SELECT m.group_name AS name, array_agg(m.person_id ORDER BY m.person_id) AS people
FROM group_members m JOIN people p ON p.id = m.person_id AND p.active
WHERE m.expires_at IS NULL OR m.expires_at > clock_timestamp()
GROUP BY m.group_name`

/** Who is in which group and counts there: active people whose membership has not ended. */
export async function groupsNow(sql: Sql): Promise<PeopleByGroup> {
  const rows = await sql.$queryRawUnsafe<{ name: string; people: string[] }[]>(READ)
  return Object.fromEntries(rows.map(({ name, people }) => [name, people]))
}
