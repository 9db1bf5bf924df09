import { randomUUID } from 'node:crypto'
import { open, readFile, rename, rm } from 'node:fs/promises'
import { HandleError } from './errors'
import type { Handle, HandleStore } from './handle'

/**
 * Keeps the handle of one run in a file: written whole or not at all, and on disk before the run goes on. Delete the file to ask
 * anew. Its folder has to be there.
 */
export function handleFile(file: string): HandleStore {
  return { load: () => load(file), save: (handle) => save(file, handle) }
}

async function load(file: string): Promise<unknown> {
  const text = await readFile(file, 'utf8').catch((error: unknown) => {
    if (error instanceof Error && Reflect.get(error, 'code') === 'ENOENT') return null
    throw error
  })
  if (text === null) return null
  try {
    return JSON.parse(text)
  } catch {
    throw new HandleError(`${file} is not JSON`, 'handle_unreadable')
  }
}

async function save(file: string, handle: Handle): Promise<void> {
  const draft = `${file}.${randomUUID()}.tmp`
  try {
    const opened = await open(draft, 'wx', 0o600)
    try {
      await opened.writeFile(`${JSON.stringify(handle)}\n`)
      await opened.sync()
    } finally {
      await opened.close()
    }
    await rename(draft, file)
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}
