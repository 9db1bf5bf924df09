import type { CompiledPolicy } from '#lib/core/policy/types'

/** What one member of each group is called, by every policy that applies; the pinned one has the last word. */
export function groupLabels(policies: readonly CompiledPolicy[]): Record<string, string> {
  return Object.fromEntries(
    [...policies]
      .reverse()
      .flatMap(({ groups }) => Object.entries(groups).map(([name, { label }]) => [name, label])),
  )
}
