import { beforeEach, expect, test } from 'vitest'
import { linkSlack } from '#lib/commands/slack/person/link-slack'
import { startSlackLink } from '#lib/commands/slack/person/start-slack-link'
import { accepted, authWorld } from '../../../test/auth-world'
import { slackLinkAsked } from './link-asked'

const world = await authWorld()
const { runtime, clock } = world
let userId = ''

beforeEach(() => {
  clock.now += 3_600_000
  userId = `U${clock.now}`
})

async function asked(): Promise<string> {
  const user = { enterpriseId: '', teamId: 'T0OSTERBY', userId }
  const { url } = accepted(await startSlackLink(runtime, { user, userName: 'mara' }))
  return new URL(url).hash.slice(1)
}

const personId = await world.addPerson()
const seen = (secret: string) => slackLinkAsked(runtime, { secret, personId })

test('looking at whom an address links uses nothing up', async () => {
  const secret = await asked()
  const value = {
    userName: 'mara',
    userId,
    workspace: 'T0OSTERBY',
    user: { enterpriseId: '', teamId: 'T0OSTERBY', userId },
    ways: { passkey: false, code: false },
  }
  expect(await seen(secret)).toEqual({ ok: true, value })
  expect(await seen(secret)).toEqual({ ok: true, value })
})

test('an address that is unknown, was used or is over shows nobody, and is told alike', async () => {
  const used = await asked()
  accepted(await linkSlack(runtime, { secret: used, personId, proof: null }))
  userId = `${userId}B`
  const late = await asked()
  clock.now += 10 * 60_000
  const answers = [await seen(used), await seen(late), await seen('x'.repeat(43))]
  for (const answer of answers) {
    expect(answer).toMatchObject({ refusal: { code: 'unauthenticated' } })
    expect(answer).toEqual(answers[0])
  }
})
