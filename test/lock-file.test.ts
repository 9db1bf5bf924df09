import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

interface LockFile {
  packages: Record<string, { resolved?: string; optionalDependencies?: Record<string, string> }>
}

const lock = JSON.parse(await readFile('package-lock.json', 'utf8')) as LockFile

test('the lock file says nothing about where packages were downloaded', () => {
  const told = Object.entries(lock.packages).filter(([, entry]) => entry.resolved !== undefined)
  expect(told.map(([path]) => path)).toEqual([])
})

test('the lock file names the packages of every platform, without which npm ci refuses it', () => {
  const missing = Object.entries(lock.packages).flatMap(([path, entry]) =>
    Object.keys(entry.optionalDependencies ?? {}).filter((name) => !isLocked(path, name)),
  )
  expect(missing).toEqual([])
})

/** Looks where node does: in the package's own node_modules, then in each one above. */
function isLocked(path: string, name: string): boolean {
  const own = path === '' ? `node_modules/${name}` : `${path}/node_modules/${name}`
  if (own in lock.packages) return true
  if (path === '') return false
  const above = path.slice(0, path.lastIndexOf('node_modules/')).replace(/\/$/, '')
  return isLocked(above, name)
}
