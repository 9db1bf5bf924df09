import { readFile } from 'node:fs/promises'
import { expect, test } from 'vitest'
import { readRouting } from '#lib/wire/slack/routing'
import { fences } from '../test/fenced'

const PAGE = 'docs/slack.md'

test('the routing of the page is one that the product takes, with every member that there is', () => {
  const [block] = fences(PAGE).filter(({ info }) => info === 'yaml routing')
  const read = readRouting(block?.text ?? '')
  if (!read.ok) throw new Error(JSON.stringify(read.refusal))
  const { routes, ...rest } = read.value.routing
  expect(routes).toHaveLength(3)
  expect(Object.values(rest)).not.toContain(null)
})

test('the page names the scopes that the manifest asks for, and no other', async () => {
  const page = await readFile(PAGE, 'utf8')
  const manifest = JSON.parse(await readFile('slack/manifest.json', 'utf8')) as {
    oauth_config: { scopes: { bot: string[] } }
  }
  const sentence = /The app asks for (.*)\. It asks for no scope/.exec(page)?.[1] ?? ''
  const named = [...sentence.matchAll(/`([^`]+)`/g)].map(([, scope]) => scope)
  expect(named.sort()).toEqual(manifest.oauth_config.scopes.bot.sort())
})
