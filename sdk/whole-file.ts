import { randomUUID } from 'node:crypto'
import { link, open, rename, rm } from 'node:fs/promises'
import path from 'node:path'

/**
 * Makes a file that is whole from its first moment, for its owner alone, and on disk with its name when this returns. Of two
 * processes that try at once one makes it.
 * @returns whether it was this one; false leaves what is there as it is
 */
export async function createWhole(file: string, text: string): Promise<boolean> {
  return await throughDraft(file, text, async (draft) => {
    const isMade = await link(draft, file).then(
      () => true,
      (error: unknown) => {
        if (error instanceof Error && Reflect.get(error, 'code') === 'EEXIST') return false
        throw error
      },
    )
    await rm(draft)
    return isMade
  })
}

/** The same over what was there before: a reader sees the old text or the new one. */
export async function replaceWhole(file: string, text: string): Promise<void> {
  await throughDraft(file, text, (draft) => rename(draft, file))
}

/** The draft has a name that no other process has, also of another machine or container that shares the folder. */
async function throughDraft<T>(
  file: string,
  text: string,
  place: (draft: string) => Promise<T>,
): Promise<T> {
  const draft = `${file}.${randomUUID()}.tmp`
  try {
    const opened = await open(draft, 'wx', 0o600)
    try {
      await opened.writeFile(text)
      await opened.sync()
    } finally {
      await opened.close()
    }
    const placed = await place(draft)
    await syncFolder(path.dirname(file))
    return placed
  } catch (error) {
    await rm(draft, { force: true })
    throw error
  }
}

/** A name is durable once its folder is. */
async function syncFolder(folder: string): Promise<void> {
  // Windows opens no folders, and writes names through.
  if (process.platform === 'win32') return
  const opened = await open(folder, 'r')
  try {
    await opened.sync()
  } finally {
    await opened.close()
  }
}
