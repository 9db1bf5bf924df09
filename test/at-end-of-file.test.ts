import { readdir, readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'

const HOOK_AT_TOP_LEVEL = /^(before|after)(All|Each)\(/m

test('no helper has a hook at its top level, which would run for the first file that loads it and for no other', async () => {
  const helpers = (await readdir('test')).filter((name) => /(?<!\.test)\.ts$/.test(name))
  expect(helpers).toContain('at-end-of-file.ts')
  for (const name of helpers) {
    expect(HOOK_AT_TOP_LEVEL.test(await readFile(`test/${name}`, 'utf8')), name).toBe(false)
  }
})
