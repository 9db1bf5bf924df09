import { readFile } from 'node:fs/promises'
import { HandleError } from './errors'
import type { Handle, HandleStore } from './handle'
import { createWhole, replaceWhole } from './whole-file'

/**
 * Keeps the handle of one run in a file: written whole or not at all, and on disk before the run goes on. Two processes that
 * begin at once with the same file are one run. Delete the file to ask anew. Its folder has to be there.
 */
export function handleFile(file: string): HandleStore {
  return {
    load: () => load(file),
    create: (handle) => createWhole(file, textOf(handle)),
    save: (handle) => replaceWhole(file, textOf(handle)),
  }
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

function textOf(handle: Handle): string {
  return `${JSON.stringify(handle)}\n`
}
