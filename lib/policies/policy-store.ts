import type { CompiledPolicy } from '#lib/core/policy/types'
import { compilePolicy } from './compile-policy'

export interface PolicyStore<Context> {
  /**
   * The compiled version, or null when it is not there, does not compile or is not what its name says.
   * Whoever evaluates passes what it got: without a policy nothing is allowed.
   */
  get(version: string, context: Context): Promise<CompiledPolicy | null>
}

/** Far more than are in use at a time: open tickets are pinned to the versions of their day. */
const MAX_HELD = 64
const VERSION = /^([a-z][a-z0-9_-]{0,63})@([1-9]\d{0,8})\+([0-9a-f]{8})$/

/**
 * Compiled policies by version. A version never changes, so what was compiled stays right; a failed load is not kept.
 * @param load the YAML source of a version, null when there is none; its faults pass through. `context` is the asker's, such
 * as the transaction it reads in
 */
export function policyStore<Context = undefined>(
  load: (version: string, context: Context) => Promise<string | null>,
): PolicyStore<Context> {
  const held = new Map<string, CompiledPolicy>()
  const loading = new Map<string, { context: Context; policy: Promise<CompiledPolicy | null> }>()

  async function loadAndCompile(version: string, context: Context): Promise<CompiledPolicy | null> {
    const policy = compileVersion(version, await load(version, context))
    if (policy !== null) keep(version, policy)
    return policy
  }

  /** Puts it last in the map's order, which is the order of use. */
  function keep(version: string, policy: CompiledPolicy): void {
    held.delete(version)
    held.set(version, policy)
    for (const oldest of held.keys()) {
      if (held.size <= MAX_HELD) break
      held.delete(oldest)
    }
  }

  function get(version: string, context: Context): Promise<CompiledPolicy | null> {
    const known = held.get(version)
    if (known !== undefined) {
      keep(version, known)
      return Promise.resolve(known)
    }
    // Nobody waits for what somebody else's context loads: that one may itself wait for a connection which this one holds.
    const underWay = loading.get(version)
    if (underWay !== undefined && underWay.context === context) return underWay.policy
    const policy = loadAndCompile(version, context).finally(() => loading.delete(version))
    loading.set(version, { context, policy })
    return policy
  }

  return { get }
}

/** The digest in the version is compared with the source's: a stored source that was changed is no policy. */
function compileVersion(version: string, source: string | null): CompiledPolicy | null {
  const [, name, ordinal] = VERSION.exec(version) ?? []
  if (source === null || name === undefined || ordinal === undefined) return null
  const compiled = compilePolicy(source, { name, ordinal: Number(ordinal) })
  return compiled.ok && compiled.value.version === version ? compiled.value : null
}
