import { afterEach, describe, expect, test } from 'vitest'
import { publishPolicy } from '#lib/commands/publish-policy'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { submitRequest } from '#lib/commands/request/submit-request'
import { unlinkSlack } from '#lib/commands/slack/person/unlink-slack'
import { castVote } from '#lib/commands/vote/cast-vote'
import { startVoteChallenge } from '#lib/commands/vote/start-vote-challenge'
import type { Contract } from '#lib/core/contract/contract'
import type { Digest } from '#lib/core/contract/digest'
import { digestWords } from '#lib/core/contract/words'
import { defaultPack } from '#lib/policies/packs/default'
import { SLACK_VIEWS } from '#lib/wire/slack/buttons'
import { testDatabase } from '../database'
import { givePasskey } from '../passkeys'
import { expire, reject } from '../settle'
import {
  CHANNEL,
  forge,
  linkTo,
  postCard,
  press,
  pressValue,
  send,
  slackWorld,
} from '../slack-clicks'
import { elementOf, fieldsIn, textsOf } from '../slack-elements'
import {
  approve,
  attachPlan,
  join,
  must,
  person,
  shownDigest,
  submit,
  type WorldPerson,
} from '../world'

const { url } = await testDatabase()
const w = await slackWorld(url)
const { db } = w.runtime
const mara = await linkTo(w, w.mara, 'U0MARA')
const tomas = await linkTo(w, w.tomas, 'U0TOMAS')
const aiko = await linkTo(w, w.aiko, 'U0AIKO')
await givePasskey(w, w.mara)
const ines = await linkTo(w, w.ines, 'U0INES')
const owner = await linkTo(w, w.owner, 'U0JONAS')

/** Needs one approval and nothing else. */
const EMAIL: Contract = {
  goal: 'Tell the customers of Osterby about the new terms',
  tools: ['email.send'],
  arguments: { 'email.send': { list: 'customers', template: 'terms-2026' } },
}
const PAYOUT: Contract = {
  goal: 'Pay invoice 2026-0317 to Kestrel Freight GmbH',
  tools: ['payments.payout.create'],
  arguments: { 'payments.payout.create': { amount: '48200.00', currency: 'EUR' } },
}

afterEach(() => w.double.heal())

const votesOn = (requestId: string) => db.vote.findMany({ where: { requestId } })
const stateOf = async (requestId: string) =>
  (await db.request.findUniqueOrThrow({ where: { id: requestId } })).state
const settle = async (requestId: string) =>
  must(await reevaluate(w.runtime, { requestId, cause: 'test' }))
const refusals = async (requestId: string) =>
  (
    await db.event.findMany({ where: { stream: `request:${requestId}`, type: 'vote.refused' } })
  ).map(({ body }) => (body as { code: string }).code)
const typed = async (voter: WorldPerson, note = '') => ({ code: await voter.code(), note })

describe('an approval in Slack', () => {
  test('is one vote, bound to the words of the card, once its code was accepted and not before', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const asked = await press(w, mara, card, 'approve')
    const digest = await shownDigest(w.runtime, requestId)
    const words = digestWords(digest as Digest).join(' ')
    const shownOnCard = textsOf(w.double.message(CHANNEL, card.ts)?.blocks).join('\n')
    expect(shownOnCard).toContain(words)
    expect(asked.text).toContain(words)
    expect(asked.text).toContain('Deploy release 2026.03.14 to production')
    expect(asked.text).toContain('Rollback plan')
    expect(fieldsIn(asked.view)).toEqual(['code', 'note'])
    expect(asked.text).toMatch(/http:\/\/localhost:3000\/sign\/req_\w+#[\w-]{43}/)
    expect(await votesOn(requestId)).toEqual([])

    const done = await send(w, mara, { viewId: asked.viewId, fields: await typed(w.mara, 'read') })
    expect(done.answer).toMatchObject({ response_action: 'update' })
    expect(textsOf(done.answer)).toContain('Nothing is counted yet. This says so as soon as it is.')
    expect(done.title).toBe('Signed')
    expect(done.text).toContain(
      'Your approval is on file. Held because no rollback plan is on file',
    )
    expect(await votesOn(requestId)).toMatchObject([
      { personId: w.mara.id, choice: 'approve', channel: 'slack', method: 'totp', note: 'read' },
    ])
    expect((await votesOn(requestId))[0]?.reviewDigest).toBe(digest)
  })

  test('is confirmed in one press when a plan came after it, and then the request is released', async () => {
    const requestId = await submit(w)
    const first = await press(w, mara, await postCard(w, requestId), 'approve')
    await send(w, mara, { viewId: first.viewId, fields: await typed(w.mara) })
    await attachPlan(w, requestId, w.aiko)
    await settle(requestId)
    expect(await stateOf(requestId)).toBe('open')
    const again = await press(w, mara, await postCard(w, requestId), 'approve')
    expect(again.title).toMatch(/^Confirm/)
    expect(again.text).toContain('Drain eu-west and hold the queue')
    const done = await send(w, mara, { viewId: again.viewId, fields: await typed(w.mara) })
    expect(done.title).toBe('Signed')
    expect(done.text).toBe(
      'Your approval is on file. Nothing is missing: it is being released, and the card says when.',
    )
    await settle(requestId)
    expect(await stateOf(requestId)).toBe('released')
  })

  test('that counts is not asked for again: who gave it is told when, and what else it needs', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const first = await press(w, mara, card, 'approve')
    await send(w, mara, { viewId: first.viewId, fields: await typed(w.mara) })
    const again = await press(w, mara, card, 'approve')
    expect(again.text).toMatch(/^You approved this at \d\d:\d\d UTC\. It needs a rollback plan\.$/)
    expect(fieldsIn(again.view)).toEqual([])
    expect(fieldsIn((await press(w, tomas, card, 'approve')).view)).toEqual(['code', 'note'])
  })

  test('on file does not keep anybody from rejecting from the card', async () => {
    const requestId = await submit(w)
    must(await approve(w, requestId, w.mara))
    await settle(requestId)
    const card = await postCard(w, requestId)
    expect(elementOf(card.content['blocks'], 'approve')).toBeNull()
    const asked = await press(w, tomas, card, 'reject')
    const fields = { reason: 'not_now', note: '' }
    const done = await send(w, tomas, { viewId: asked.viewId, fields })
    expect(done.title).toBe('Rejected')
    expect(await stateOf(requestId)).toBe('rejected')
  })

  test('by twenty clicks is one vote, and uses up one code', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const fields = await typed(w.mara)
    const asked = await press(w, mara, card, 'approve')
    const twenty = Array.from({ length: 20 }, () => send(w, mara, { viewId: asked.viewId, fields }))
    const answers = await Promise.all(twenty)
    expect(answers.map(({ title }) => title)).toEqual(Array(20).fill('Signed'))
    expect(await votesOn(requestId)).toHaveLength(1)
    expect(await refusals(requestId)).toEqual([])
  })

  test('is told as counted to whoever presses again after it released the request', async () => {
    const requestId = await submit(w, EMAIL)
    const asked = await press(w, mara, await postCard(w, requestId), 'approve')
    const fields = await typed(w.mara)
    await send(w, mara, { viewId: asked.viewId, fields })
    await settle(requestId)
    const again = await send(w, mara, { viewId: asked.viewId, fields, over: asked.view })
    expect(again.title).toBe('Signed')
    expect(again.text).toContain('Released because Mara Lindqvist signed with a code')
    expect(await votesOn(requestId)).toHaveLength(1)
  })

  test('of two at once releases once, and the later is told who was first', async () => {
    const requestId = await submit(w, EMAIL)
    const card = await postCard(w, requestId)
    const [byMara, byTomas] = [
      await press(w, mara, card, 'approve'),
      await press(w, tomas, card, 'approve'),
    ]
    const both = await Promise.all([
      send(w, mara, { viewId: byMara.viewId, fields: await typed(w.mara) }),
      send(w, tomas, { viewId: byTomas.viewId, fields: await typed(w.tomas) }),
    ])
    await Promise.all([settle(requestId), settle(requestId)])
    expect(await stateOf(requestId)).toBe('released')
    const released = { stream: `request:${requestId}`, type: 'request.released' }
    expect(await db.event.count({ where: released })).toBe(1)
    const later = both.filter(({ text }) => /(Mara Lindqvist|Tomás Rey) signed first/.test(text))
    expect(later).toHaveLength(1)
    expect(later[0]?.text).toMatch(/at \d\d:\d\d:\d\d, and/)
  })

  test('that comes after the release is told who settled it, when, and that it was not counted', async () => {
    const requestId = await submit(w, EMAIL)
    const card = await postCard(w, requestId)
    const late = await press(w, tomas, card, 'approve')
    must(await approve(w, requestId, w.mara))
    await settle(requestId)
    const told = await send(w, tomas, { viewId: late.viewId, fields: await typed(w.tomas) })
    expect(told.text).toContain('Mara Lindqvist signed first')
    expect(told.text).toMatch(/at \d\d:\d\d:\d\d/)
    expect(told.text).toContain('was not counted')
    expect(await votesOn(requestId)).toHaveLength(1)
    expect(await refusals(requestId)).toEqual(['already_decided'])
    const pressed = await press(w, tomas, card, 'approve')
    expect(pressed.text).toContain('Mara Lindqvist signed first')
  })
})

const WRONG_CODE =
  'That code was wrong, too old or used before. Nothing was counted. Type the next one.'

describe('a code in Slack', () => {
  test('of another shape is refused in the form at once, and no attempt is counted', async () => {
    const requestId = await submit(w)
    const asked = await press(w, mara, await postCard(w, requestId), 'approve')
    const told = await send(w, mara, { viewId: asked.viewId, fields: { code: '12345' } })
    expect(told.answer).toEqual({
      response_action: 'errors',
      errors: { code: 'A code has exactly six digits.' },
    })
    expect(told.view).toEqual(asked.view)
    expect(await votesOn(requestId)).toEqual([])
    expect(await refusals(requestId)).toEqual([])
  })

  test('that is wrong or was used before counts nothing; the note is kept, the code is not', async () => {
    const requestId = await submit(w)
    const { viewId } = await press(w, mara, await postCard(w, requestId), 'approve')
    const right = await w.mara.code()
    const wrong = right === '135790' ? '135791' : '135790'
    const told = await send(w, mara, { viewId, fields: { code: wrong, note: 'typed once' } })
    expect(told.text).toContain(WRONG_CODE)
    expect(JSON.stringify(told.view)).toContain('typed once')
    expect(JSON.stringify(w.double.calls).includes(wrong)).toBe(false)
    expect(await votesOn(requestId)).toEqual([])

    must(
      await castVote(w.runtime, {
        requestId: await submit(w, EMAIL),
        personId: w.mara.id,
        choice: 'approve',
        channel: 'web',
        reviewDigest: await shownDigest(w.runtime, (await latest()).id),
        mfa: { kind: 'totp', code: right },
        note: null,
        reason: null,
      }),
    )
    const reused = await send(w, mara, { viewId, fields: { code: right, note: '' } })
    expect(reused.text).toContain(WRONG_CODE)
    expect(await votesOn(requestId)).toEqual([])
    expect(await refusals(requestId)).toEqual(['mfa_failed', 'mfa_failed'])
  })

  test.each([
    { name: 'Vera Holm', hasPasskey: false, says: /They work again at \d\d:\d\d:\d\d UTC\.$/ },
    {
      name: 'Petra Sand',
      hasPasskey: true,
      says: /They work again at \d\d:\d\d:\d\d UTC\. A passkey still works\.[\s\S]*Sign with a passkey/,
    },
  ])(
    'is locked after too many wrong ones, says until when, and leaves only the passkey where there is one: $hasPasskey',
    async ({ name, hasPasskey, says }) => {
      const vera = await person(w.runtime, name, ['approver'])
      if (hasPasskey) await givePasskey(w, vera)
      await joinReleaseManagers(vera)
      const user = await linkTo(w, vera, hasPasskey ? 'U0PETRA' : 'U0VERA')
      const requestId = await submit(w)
      const { viewId } = await press(w, user, await postCard(w, requestId), 'approve')
      const right = await vera.code()
      const wrong = right === '135790' ? '135791' : '135790'
      for (let at = 0; at < 5; at++) await send(w, user, { viewId, fields: { code: wrong } })
      const locked = await send(w, user, { viewId, fields: { code: right } })
      expect(locked.text).toContain('Codes are locked')
      expect(locked.text).toMatch(says)
      expect(fieldsIn(locked.view)).toEqual([])
      expect(await votesOn(requestId)).toEqual([])
    },
  )

  test('is not asked of somebody without a factor: they are told where to enrol one', async () => {
    const nils = await person(w.runtime, 'Nils Berg', ['approver'])
    await joinReleaseManagers(nils)
    await db.totp.delete({ where: { personId: nils.id } })
    const user = await linkTo(w, nils, 'U0NILS')
    const requestId = await submit(w)
    const told = await press(w, user, await postCard(w, requestId), 'approve')
    expect(told.text).toContain('You have no second factor that counts here')
    expect(told.text).toContain('http://localhost:3000/account')
    expect(fieldsIn(told.view)).toEqual([])
  })
})

describe('a rejection in Slack', () => {
  test('takes a reason and a note, needs no second factor and ends the request', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const asked = await press(w, tomas, card, 'reject')
    expect(fieldsIn(asked.view)).toEqual(['reason', 'note'])
    const fields = { reason: 'too_risky', note: 'No backup was checked' }
    const done = await send(w, tomas, { viewId: asked.viewId, fields })
    expect(done.title).toBe('Rejected')
    expect(done.text).toContain('Nothing will run')
    expect(await stateOf(requestId)).toBe('rejected')
    expect(await votesOn(requestId)).toMatchObject([
      { choice: 'reject', channel: 'slack', reason: 'too_risky', note: 'No backup was checked' },
    ])
    const late = await press(w, mara, card, 'approve')
    expect(late.text).toMatch(/Tomás Rey rejected it first\nIt was rejected at \d\d:\d\d:\d\d/)
  })

  test('without a reason is refused in the form', async () => {
    const requestId = await submit(w)
    const { viewId } = await press(w, tomas, await postCard(w, requestId), 'reject')
    const told = await send(w, tomas, { viewId, fields: { note: 'because' } })
    expect(told.answer).toMatchObject({
      response_action: 'errors',
      errors: { reason: 'Choose a reason.' },
    })
    expect(await stateOf(requestId)).toBe('open')
  })
})

describe('whoever may not vote is told why and who may', () => {
  test('somebody of another group', async () => {
    const requestId = await submit(w)
    const told = await press(w, ines, await postCard(w, requestId), 'approve')
    expect(told.text).toContain('Your groups do not approve this.')
    expect(told.text).toMatch(/(Mara Lindqvist|Tomás Rey|Aiko Mori).* can vote\./)
  })

  test('the owner of the caller, by a click and by a forged form', async () => {
    const requestId = await submit(w)
    const told = await press(w, owner, await postCard(w, requestId), 'approve')
    expect(told.text).toContain('You own ci-release, which asked for it.')
    const meta = {
      request: requestId,
      review: await shownDigest(w.runtime, requestId),
      message: null,
    }
    const fields = await typed(w.owner)
    const forged = await forge(w, owner, { callbackId: SLACK_VIEWS.approve, meta, fields })
    expect(forged.text).toContain('You own ci-release, which asked for it.')
    expect(await votesOn(requestId)).toEqual([])
    expect(await refusals(requestId)).toEqual(['own_request'])
  })
})

describe('who somebody is in Slack', () => {
  test('unknown: a link for their eyes alone, and nothing is counted', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const before = w.double.calls.length
    const told = await press(w, 'U0STRANGE', card, 'approve')
    expect(told.text).toContain('Countersign does not know who you are in Slack yet')
    expect(told.text).toMatch(/http:\/\/localhost:3000\/slack\/link#[\w-]{43}/)
    const aside = w.double.calls
      .slice(before)
      .filter(({ method }) => method === 'chat.postEphemeral')
    expect(aside).toMatchObject([{ args: { channel: CHANNEL, user: 'U0STRANGE' } }])
    const meta = {
      request: requestId,
      review: await shownDigest(w.runtime, requestId),
      message: null,
    }
    const fields = await typed(w.mara)
    const forged = await forge(w, 'U0STRANGE', { callbackId: SLACK_VIEWS.approve, meta, fields })
    expect(forged.text).toContain('Countersign does not know who you are in Slack yet')
    expect(await votesOn(requestId)).toEqual([])
  })

  test('deactivated since the form was opened: nothing is counted', async () => {
    const gone = await person(w.runtime, 'Gustav Lund', ['approver'])
    await joinReleaseManagers(gone)
    const user = await linkTo(w, gone, 'U0GUSTAV')
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const { viewId } = await press(w, user, card, 'approve')
    await db.person.update({ where: { id: gone.id }, data: { active: false } })
    const told = await send(w, user, { viewId, fields: await typed(gone) })
    expect(told.text).toContain('Your account is not active')
    expect((await press(w, user, card, 'reject')).text).toContain('Your account is not active')
    expect(await votesOn(requestId)).toEqual([])
  })

  test('unlinked since the form was opened: nothing is counted, and the way back is shown', async () => {
    const lena = await person(w.runtime, 'Lena Moe', ['approver'])
    await joinReleaseManagers(lena)
    const user = await linkTo(w, lena, 'U0LENA')
    const requestId = await submit(w)
    const { viewId } = await press(w, user, await postCard(w, requestId), 'approve')
    must(await unlinkSlack(w.runtime, { personId: lena.id, byPersonId: lena.id }))
    const told = await send(w, user, { viewId, fields: await typed(lena) })
    expect(told.text).toContain('Your Slack account is no longer linked')
    expect(told.text).toMatch(/\/slack\/link#[\w-]{43}/)
    expect(await votesOn(requestId)).toEqual([])
  })

  test.each([
    ['by a link that was ended', async () => endedLink()],
    ["by another person's link", async () => (await linkOf(w.tomas)).id],
    ['by no link', async () => null],
  ])('the command itself refuses a vote from Slack %s', async (_how, linkId) => {
    const requestId = await submit(w)
    const vote = await castVote(w.runtime, {
      requestId,
      personId: w.mara.id,
      choice: 'approve',
      channel: 'slack',
      slackLinkId: await linkId(),
      reviewDigest: await shownDigest(w.runtime, requestId),
      mfa: { kind: 'totp', code: await w.mara.code() },
      note: null,
      reason: null,
    })
    expect(vote).toMatchObject({ ok: false, refusal: { code: 'slack_not_linked' } })
    expect(await votesOn(requestId)).toEqual([])
  })
})

describe('a form that says something else than what was shown', () => {
  test('another review: nothing is counted, and the request is shown as it is now', async () => {
    const requestId = await submit(w)
    const { viewId } = await press(w, mara, await postCard(w, requestId), 'approve')
    await attachPlan(w, requestId, w.aiko)
    const told = await send(w, mara, { viewId, fields: await typed(w.mara, 'my note') })
    expect(told.text).toMatch(
      /The request changed while you read it\. Aiko Mori attached a rollback plan at [\d:]+\. Your vote was not counted\./,
    )
    expect(told.text).toContain('Drain eu-west and hold the queue')
    const now = (await shownDigest(w.runtime, requestId)) as Digest
    expect(told.text).toContain(digestWords(now).join(' '))
    expect(JSON.stringify(told.view)).toContain('my note')
    expect(await votesOn(requestId)).toEqual([])
    const done = await send(w, mara, { viewId, fields: await typed(w.mara) })
    expect(done.title).toBe('Signed')
    expect((await votesOn(requestId))[0]?.reviewDigest).toBe(now)
  })

  test.each([
    ['the digest of another request', async () => shownDigest(w.runtime, await submit(w, EMAIL))],
    ['a digest of nothing', async () => `sha-256:${'0'.repeat(64)}`],
  ])('%s is refused', async (_what, review) => {
    const requestId = await submit(w)
    const meta = { request: requestId, review: await review(), message: null }
    const fields = await typed(w.mara)
    const told = await forge(w, mara, { callbackId: SLACK_VIEWS.approve, meta, fields })
    expect(told.text).toContain('Your vote was not counted')
    expect(await votesOn(requestId)).toEqual([])
    expect(await refusals(requestId)).toEqual(['review_changed'])
  })

  test.each([
    ['no digest', (requestId: string) => ({ request: requestId, review: null, message: null })],
    ['no request', () => ({ review: `sha-256:${'0'.repeat(64)}`, message: null })],
    [
      'members that no form has',
      (request: string) => ({ request, review: null, message: null, personId: 'x' }),
    ],
  ])('%s is refused', async (_what, metaOf) => {
    const requestId = await submit(w)
    const meta = metaOf(requestId)
    const fields = await typed(w.mara)
    const told = await forge(w, mara, { callbackId: SLACK_VIEWS.approve, meta, fields })
    expect(told.text).toContain('This window is too old')
    expect(await votesOn(requestId)).toEqual([])
  })

  test('an older card: the words are others, and it says so', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    await attachPlan(w, requestId, w.aiko)
    const asked = await press(w, mara, card, 'approve')
    expect(asked.text).toContain('It changed after the card was shown')
    const now = (await shownDigest(w.runtime, requestId)) as Digest
    expect(asked.text).toContain(digestWords(now).join(' '))
  })

  test('a request that does not exist', async () => {
    const request = w.runtime.newId('req')
    const told = await pressValue(w, mara, 'approve', { request, review: null, message: null })
    expect(told.text).toContain('There is no such request')
  })
})

describe('a card of a request that ended', () => {
  test('expired says that nothing ran and names nobody', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const { viewId } = await press(w, mara, card, 'approve')
    await expire(w, requestId)
    for (const told of [
      await send(w, mara, { viewId, fields: await typed(w.mara) }),
      await press(w, mara, card, 'approve'),
    ]) {
      expect(told.text).toContain('Expired, nothing ran')
      expect(told.text).toContain('That is not a no.')
      expect(told.text).not.toMatch(/Mara|Tomás|Aiko|Jonas/)
    }
    expect(await votesOn(requestId)).toEqual([])
  })

  test('past its deadline is expired before any worker looked at it', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const deadlineAt = new Date(Date.now() - 1_000)
    await db.request.update({ where: { id: requestId }, data: { deadlineAt } })
    expect((await press(w, mara, card, 'approve')).text).toContain('Expired, nothing ran')
    expect((await press(w, mara, card, 'reject')).text).toContain('Expired, nothing ran')
  })

  test('superseded leads to what took its place', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const { viewId } = await press(w, mara, card, 'approve')
    const { keyId } = w.agent
    const newer = must(
      await submitRequest(w.runtime, {
        contract: { ...w.contract, goal: 'Deploy release 2026.03.15 to production' },
        callerId: w.callerId,
        keyId,
        runKey: null,
        supersedes: requestId,
      }),
    )
    for (const told of [
      await send(w, mara, { viewId, fields: await typed(w.mara) }),
      await press(w, mara, card, 'approve'),
    ]) {
      expect(told.text).toContain('A newer request took its place')
      expect(told.text).toContain(`http://localhost:3000/tickets/${newer.requestId}`)
    }
    expect(await votesOn(requestId)).toEqual([])
    expect(await votesOn(newer.requestId)).toEqual([])
  })

  test('rejected takes no second rejection', async () => {
    const requestId = await submit(w)
    const { viewId } = await press(w, mara, await postCard(w, requestId), 'reject')
    await reject(w, requestId, 'no')
    const told = await send(w, mara, { viewId, fields: { reason: 'not_now', note: '' } })
    expect(told.text).toContain('Tomás Rey rejected it first')
    expect(await votesOn(requestId)).toHaveLength(1)
  })
})

describe('a phishing-resistant approval is never given inside Slack', () => {
  test('the modal has no field for a code, only the way to the signing page', async () => {
    await givePasskey(w, w.ines)
    const requestId = await submit(w, PAYOUT)
    const asked = await press(w, ines, await postCard(w, requestId), 'approve')
    expect(fieldsIn(asked.view)).toEqual([])
    expect(asked.view['submit']).toBeUndefined()
    expect(asked.text).toMatch(/http:\/\/localhost:3000\/sign\/req_\w+#[\w-]{43}/)
  })

  test('a forged form with a right code counts nothing', async () => {
    const requestId = await submit(w, PAYOUT)
    const meta = {
      request: requestId,
      review: await shownDigest(w.runtime, requestId),
      message: null,
    }
    const fields = await typed(w.ines)
    await forge(w, ines, { callbackId: SLACK_VIEWS.approve, meta, fields })
    expect(await votesOn(requestId)).toEqual([])
    expect(await refusals(requestId)).toEqual(['channel_not_allowed'])
  })

  test('the command takes neither a code nor a passkey from Slack', async () => {
    const { passkey } = await givePasskey(w, w.tomas)
    const requestId = await submit(w, PAYOUT)
    const reviewDigest = await shownDigest(w.runtime, requestId)
    const slackLinkId = (await linkOf(w.tomas)).id
    const challenge = { personId: w.tomas.id, requestId, reviewDigest, choice: 'approve' as const }
    const { options } = must(await startVoteChallenge(w.runtime, challenge))
    const vote = { ...challenge, channel: 'slack' as const, slackLinkId, note: null, reason: null }
    const byCode = { kind: 'totp' as const, code: await w.tomas.code() }
    const byPasskey = { kind: 'passkey' as const, assertion: passkey.sign(options) }
    for (const mfa of [byCode, byPasskey, null]) {
      expect(await castVote(w.runtime, { ...vote, mfa })).toMatchObject({ ok: false })
    }
    expect(await votesOn(requestId)).toEqual([])
  })
})

describe('a phishing-resistant approval that a policy would take from Slack', () => {
  test('is not given by a forged form with a right code either', async () => {
    const pack = defaultPack({ zone: 'Europe/Berlin', businessHours: 'always' })
    const loose = 'via: [web, slack], mfa: phishing_resistant, slack_totp: true'
    const source = pack.replaceAll('via: [web], mfa: phishing_resistant', loose)
    expect(source).not.toBe(pack)
    must(await publishPolicy(w.runtime, { source, personId: null }))
    const requestId = await submit(w, PAYOUT)
    const asked = await press(w, ines, await postCard(w, requestId), 'approve')
    expect(fieldsIn(asked.view)).toEqual([])
    const review = await shownDigest(w.runtime, requestId)
    const meta = { request: requestId, review, message: null }
    const fields = await typed(w.ines)
    const told = await forge(w, ines, { callbackId: SLACK_VIEWS.approve, meta, fields })
    expect(told.text).toContain('A passkey is required')
    expect(await votesOn(requestId)).toEqual([])
    expect(await refusals(requestId)).toEqual(['mfa_not_phishing_resistant'])
    must(await publishPolicy(w.runtime, { source: pack, personId: null }))
  })
})

describe('a contract that Slack cannot show whole is not signed there', () => {
  const LONG: Contract = { ...EMAIL, goal: 'x'.repeat(3_001) }

  test('its card leads to the console, and its modal has no field for a code', async () => {
    const requestId = await submit(w, LONG)
    const card = await postCard(w, requestId)
    const blocks = w.double.message(CHANNEL, card.ts)?.blocks
    expect(elementOf(blocks, 'approve')).toBeNull()
    const value = { request: requestId, review: null, message: card.messageId }
    const told = await pressValue(w, mara, 'approve', value)
    expect(fieldsIn(told.view)).toEqual([])
    expect(told.text).toContain('http://localhost:3000/')
  })

  test('a forged form with the right digest and a right code counts nothing', async () => {
    const requestId = await submit(w, LONG)
    const meta = {
      request: requestId,
      review: await shownDigest(w.runtime, requestId),
      message: null,
    }
    const fields = await typed(w.mara)
    const told = await forge(w, mara, { callbackId: SLACK_VIEWS.approve, meta, fields })
    expect(told.text).toContain('Slack cannot show this one whole')
    expect(await votesOn(requestId)).toEqual([])
  })
})

describe('the clicked message', () => {
  test('loses its buttons at once, and is written anew by whoever comes next', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const { viewId } = await press(w, aiko, card, 'approve')
    expect(elementOf(w.double.message(CHANNEL, card.ts)?.blocks, 'approve')).not.toBeNull()
    await send(w, aiko, { viewId, fields: await typed(w.aiko) })
    const message = w.double.message(CHANNEL, card.ts)
    expect(elementOf(message?.blocks, 'approve')).toBeNull()
    expect(textsOf(message?.blocks).join('\n')).toContain('Aiko Mori is answering')
    const row = await db.slackMessage.findUniqueOrThrow({ where: { id: card.messageId } })
    expect(row).toMatchObject({ shown: null, leaseUntil: null, state: 'sent' })
    expect(row.dueAt?.getTime()).toBeLessThan(Date.now() + 5_000)
  })

  test('holds no vote up while Slack hangs', async () => {
    const requestId = await submit(w)
    const card = await postCard(w, requestId)
    const { viewId } = await press(w, aiko, card, 'approve')
    w.double.trouble({ kind: 'hang' }, { method: 'chat.update' })
    const sending = send(w, aiko, { viewId, fields: await typed(w.aiko) })
    await expect.poll(() => votesOn(requestId), { timeout: 5_000 }).toHaveLength(1)
    w.double.heal()
    expect((await sending).title).toBe('Signed')
  })

  test('of another request is left alone', async () => {
    const requestId = await submit(w)
    const other = await postCard(w, await submit(w, EMAIL))
    const review = await shownDigest(w.runtime, requestId)
    const meta = { request: requestId, review, message: other.messageId }
    const fields = await typed(w.aiko)
    await forge(w, aiko, { callbackId: SLACK_VIEWS.approve, meta, fields })
    expect(await votesOn(requestId)).toHaveLength(1)
    expect(w.double.message(CHANNEL, other.ts)?.version).toBe(1)
  })
})

test('whoever presses while Slack opens no window is told to press again', async () => {
  const requestId = await submit(w)
  const card = await postCard(w, requestId)
  w.double.trouble({ kind: 'error', code: 'expired_trigger_id' }, { method: 'views.open' })
  const before = w.double.calls.length
  await press(w, mara, card, 'approve')
  const aside = w.double.calls.slice(before).filter(({ method }) => method === 'chat.postEphemeral')
  expect(textsOf(aside[0]?.args['blocks']).join(' ')).toContain('Press the button again.')
})

async function latest() {
  return await db.request.findFirstOrThrow({ orderBy: { submittedAt: 'desc' } })
}

async function joinReleaseManagers({ id }: WorldPerson) {
  await join(w.runtime, 'release_managers', id)
}

async function linkOf({ id }: WorldPerson) {
  return await db.slackLink.findFirstOrThrow({ where: { personId: id, endedAt: null } })
}

async function endedLink(): Promise<string> {
  const id = w.runtime.newId('slk')
  const user = { teamId: w.double.teamId, userId: 'U0OLD', userName: 'old' }
  const at = new Date()
  await db.slackLink.create({
    data: { id, personId: w.mara.id, ...user, linkedAt: at, endedAt: at },
  })
  return id
}
