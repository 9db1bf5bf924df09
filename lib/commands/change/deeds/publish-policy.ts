import { z } from 'zod'
import { align } from '#lib/core/contract/align'
import { ok, refuse } from '#lib/core/result'
import { currentPolicyVersion } from '#lib/db/tighten'
import { checkPolicy, savePolicy } from '../../publish-policy'
import { deed, type Place } from '../deed'

/** A change of policy is approved as text: every line of it, and before them those that come and go. */
export const publishPolicyOf = deed<
  'policy.publish',
  { replaces: string; changes: string[]; lines: string[] }
>({
  args: z.strictObject({
    replaces: z.string(),
    changes: z.array(z.string()),
    lines: z.array(z.string()),
  }),
  isOwn: async ({ tx }, _form, personId) =>
    (await tx.person.count({ where: { id: personId, roles: { has: 'policy_editor' } } })) === 1,
  prepare: async (place, { source, replaces }) => {
    const before = await currentSource(place, replaces)
    if (before === null) {
      const detail = 'Another version was published meanwhile. Take your changes over to it.'
      return refuse('change_outdated', { detail })
    }
    if (before === source) return refuse('change_outdated', { detail: 'Nothing is changed in it.' })
    const checked = await checkPolicy(place.tx, source, place.policies.name)
    if (!checked.ok) return checked
    const [old, lines] = [before.split('\n'), source.split('\n')]
    return ok({
      args: { replaces, changes: changesOf(old, lines), lines },
      goal: `Policy: a new version in place of ${replaces}`,
      isLoosening: true,
    })
  },
  apply: async (place, { replaces, lines }, by) => {
    const { tx, now, policies } = place
    if ((await currentSource(place, replaces)) === null) return refuse('change_outdated')
    const source = lines.join('\n')
    const saved = await savePolicy(tx, { name: policies.name, source, by }, now)
    return saved.ok ? ok() : saved
  },
})

/** The source of this version, as long as it is the current one. */
async function currentSource({ tx, policies }: Place, version: string): Promise<string | null> {
  if ((await currentPolicyVersion(tx, policies.name)) !== version) return null
  const row = await tx.policyVersion.findUnique({ where: { version } })
  return row?.source ?? null
}

function changesOf(old: readonly string[], fresh: readonly string[]): string[] {
  return align(old, fresh).flatMap(([from, to]) => {
    const [was, is] = [from === null ? null : old[from], to === null ? null : fresh[to]]
    if (was === is) return []
    return [...(was == null ? [] : [`- ${was}`]), ...(is == null ? [] : [`+ ${is}`])]
  })
}
