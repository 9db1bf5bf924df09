import type { Runtime } from '#lib/runtime'
import type { DualControlView } from '#lib/wire/views/people'

const READ = `
SELECT dual_control_at AS since, (SELECT count(*)::int FROM people p
  WHERE p.active AND 'admin' = ANY (p.roles) AND (
    EXISTS (SELECT 1 FROM passkeys k WHERE k.person_id = p.id AND k.confirmed_at IS NOT NULL AND k.revoked_at IS NULL)
    OR EXISTS (SELECT 1 FROM totp t WHERE t.person_id = p.id AND t.confirmed_at IS NOT NULL AND t.verified_at IS NOT NULL))
  ) AS admins
FROM installation WHERE id = 1`

/** Whether changes of who may do what take a second admin, for the pages on which admins make them. */
export async function dualControlView({ db }: Pick<Runtime, 'db'>): Promise<DualControlView> {
  const [row] = await db.$queryRawUnsafe<{ since: Date | null; admins: number }[]>(READ)
  return { since: row?.since?.toISOString() ?? null, adminsWithFactor: row?.admins ?? 0 }
}
