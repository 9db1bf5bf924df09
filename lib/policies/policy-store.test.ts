import { describe, expect, it } from 'vitest'
import { compilePolicy } from './compile-policy'
import { defaultPack } from './packs/default'
import { policyStore } from './policy-store'

const SOURCE = defaultPack({ zone: 'UTC', businessHours: 'always' })

function versionOf(source: string, ordinal = 1): string {
  const compiled = compilePolicy(source, { name: 'main', ordinal })
  if (!compiled.ok) throw new Error('The source does not compile')
  return compiled.value.version
}

/** A store over a few sources, which counts how often each is loaded. */
function countingStore(sources: Map<string, string>) {
  const loads: string[] = []
  const store = policyStore((version) => {
    loads.push(version)
    return Promise.resolve(sources.get(version) ?? null)
  })
  return { store, loads }
}

describe('policyStore', () => {
  const version = versionOf(SOURCE)

  it('compiles a version once, also when it is asked for many times at once', async () => {
    const { store, loads } = countingStore(new Map([[version, SOURCE]]))
    const [first, second] = await Promise.all([
      store.get(version, undefined),
      store.get(version, undefined),
    ])
    expect(first?.version).toBe(version)
    expect(second).toBe(first)
    expect(await store.get(version, undefined)).toBe(first)
    expect(loads).toEqual([version])
  })

  it('has no policy for a source that is not what its version says', async () => {
    const changed = SOURCE.replace('count: 2', 'count: 1')
    const { store } = countingStore(new Map([[version, changed]]))
    expect(changed).not.toBe(SOURCE)
    expect(await store.get(version, undefined)).toBeNull()
  })

  it('has no policy for a version that is unknown, malformed or does not compile', async () => {
    const broken = 'main@1+00000000'
    const { store } = countingStore(
      new Map([
        [broken, 'rules: ['],
        ['main', SOURCE],
      ]),
    )
    for (const name of ['main@2+abcdef01', broken, 'main', '']) {
      expect(await store.get(name, undefined)).toBeNull()
    }
  })

  it('passes a fault on and tries again the next time', async () => {
    let isDown = true
    const store = policyStore(() =>
      isDown ? Promise.reject(new Error('The database is down')) : Promise.resolve(SOURCE),
    )
    await expect(store.get(version, undefined)).rejects.toThrow('The database is down')
    isDown = false
    expect((await store.get(version, undefined))?.version).toBe(version)
  })

  it('looks again for a version that was not there', async () => {
    const sources = new Map<string, string>()
    const { store } = countingStore(sources)
    expect(await store.get(version, undefined)).toBeNull()
    sources.set(version, SOURCE)
    expect((await store.get(version, undefined))?.version).toBe(version)
  })

  it('forgets the version that was used longest ago, and never holds more than its bound', async () => {
    const versions = Array.from({ length: 65 }, (_, index) => versionOf(SOURCE, index + 1))
    const { store, loads } = countingStore(new Map(versions.map((name) => [name, SOURCE])))
    const [first = '', second = ''] = versions
    for (const name of versions.slice(0, 64)) await store.get(name, undefined)
    await store.get(first, undefined)
    await store.get(versions[64] ?? '', undefined)
    expect(loads).toHaveLength(65)
    await store.get(first, undefined)
    expect(loads).toHaveLength(65)
    await store.get(second, undefined)
    expect(loads).toHaveLength(66)
  })
})
