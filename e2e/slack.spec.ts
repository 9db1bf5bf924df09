import { type Browser, expect } from '@playwright/test'
import type { ShownMessage } from '../scripts/slack/journal'
import { expectAccessible } from './accessible'
import { registerCaller } from './callers'
import { authenticator, type Product, proveLink, ready, signIn, test } from './fixtures'
import {
  AIKO,
  addressesOf,
  buttonsOf,
  DANIEL,
  FINANCE,
  INES,
  JONAS,
  MARA,
  openSlack,
  type Slack,
  TOMAS,
  textOf,
} from './slack'

const RELEASE_MANAGER = { groups: ['release_managers'] }

const PLAN = {
  'rollback_plan.steps': 'Drain eu-west\nPoint the router back',
  'rollback_plan.owner': 'Aiko Mori',
  'rollback_plan.estimated_minutes': '12',
  'rollback_plan.previous_version': '2026.03.07',
  'rollback_plan.tested': 'yes',
}

const PAYOUT = {
  goal: 'Pay invoice 2026-0917',
  tools: ['payments.payout.create'],
  arguments: {
    'payments.payout.create': {
      amount: '48200.00',
      currency: 'EUR',
      iban: 'DE89 3704 0044 0532 0130 00',
    },
  },
  constraints: [],
  side_effects: ['value_transfer'],
  context: {},
}

/** A caller whose owner and approvers are in Slack, and a request that is held and has its card. */
async function heldInSlack(product: Product) {
  const slack = openSlack(product)
  const caller = await registerCaller(product)
  const mara = await product.person('Mara Lindqvist', RELEASE_MANAGER)
  const aiko = await product.person('Aiko Mori', RELEASE_MANAGER)
  await slack.become(MARA, mara.id)
  await slack.become(AIKO, aiko.id)
  await slack.become(JONAS, caller.ownerId)
  const requestId = (await caller.ask()).request_id
  const card = await slack.card(requestId)
  return { slack, caller, mara, aiko, requestId, card }
}

/** The words that are signed, as the ticket shows them to this person now. */
async function wordsAt(
  browser: Browser,
  product: Product,
  who: { id: string; name: string },
  requestId: string,
) {
  const page = await (await browser.newContext()).newPage()
  await signIn(page, product, who)
  await page.goto(`/sign/${requestId}`)
  const shown = page.locator('.seal .words li')
  await expect(shown).toHaveCount(6)
  const words = await shown.allTextContents()
  await page.context().close()
  return words.join(' ')
}

/** @param message a card, or what one person was sent */
async function approveByCode(
  slack: Slack,
  product: Product,
  personId: string,
  message: ShownMessage,
) {
  await slack.press(MARA, message, 'approve')
  await slack.modal(MARA, '(Approve|Confirm) with a code')
  await slack.submit(MARA, { code: await product.code(personId), note: '' })
  await slack.modal(MARA, 'Signed|Released|released')
}

function says(words: string): (shown: ShownMessage) => boolean {
  return ({ blocks }) => textOf(blocks).includes(words)
}

test.describe('in Slack', () => {
  test('a code in the modal approves exactly the words that the card and the console show', async ({
    product,
    browser,
  }) => {
    const { slack, caller, mara, requestId, card } = await heldInSlack(product)
    expect(textOf(card.blocks)).toContain('Deploy release 2026.03.14 to production')
    expect(textOf(card.blocks)).toContain(caller.name)
    const words = await wordsAt(browser, product, mara, requestId)
    expect(textOf(card.blocks)).toContain(words)
    await slack.press(MARA, card, 'approve')
    expect(await slack.modal(MARA, 'Approve with a code')).toContain(words)
    const wrong = await slack.submit(MARA, { code: '12345x', note: '' })
    expect(wrong.modal?.errors).toEqual({ code: 'A code has exactly six digits.' })
    await slack.submit(MARA, { code: await product.code(mara.id), note: 'Looks right' })
    expect(await slack.modal(MARA, 'Signed')).toContain('Your approval is on file.')
    await slack.card(requestId, says(`${mara.name} approved with a code`))
    const votes = await product.runtime.db.vote.findMany({ where: { requestId } })
    expect(votes).toMatchObject([
      {
        personId: mara.id,
        choice: 'approve',
        method: 'totp',
        channel: 'slack',
        note: 'Looks right',
      },
    ])
  })

  test('a plan that comes after the vote is confirmed, a worker releases, and every copy says so', async ({
    product,
  }) => {
    const { slack, caller, mara, requestId, card } = await heldInSlack(product)
    const released = caller.runtime.waitFor(requestId, { timeoutMs: 50_000 })
    await approveByCode(slack, product, mara.id, card)
    const signed = await slack.card(requestId, says('Signed, still held'))
    await slack.press(AIKO, signed, 'add_evidence')
    await slack.modal(AIKO, 'Steps, one a line')
    await slack.submit(AIKO, PLAN)
    await slack.modal(AIKO, 'Rollback plan attached')
    // The card asks again, and whoever signed before is told so alone.
    await slack.card(requestId, says('Confirmation needed'))
    const asked = await slack.direct(MARA, requestId, says('It changed after your vote'))
    expect((await caller.agent.get(requestId)).state).toBe('open')
    await approveByCode(slack, product, mara.id, asked)
    expect((await released).state).toBe('released')
    const final = await slack.card(requestId, says('Released'))
    expect(buttonsOf(final)).not.toContain('approve')
    expect(buttonsOf(final)).not.toContain('reject')
    for (const user of [MARA, AIKO, JONAS]) {
      const copy = await slack.direct(user, requestId, says('Released'))
      expect(buttonsOf(copy)).not.toContain('approve')
    }
    const thread = await slack.until(MARA, ({ messages }) => {
      const told = messages.filter(({ threadTs }) => threadTs === final.ts).map(({ text }) => text)
      return told.length >= 4 && told
    })
    const story = [mara.name, 'Aiko Mori attached a rollback plan', mara.name, 'Released']
    expect(thread).toEqual(story.map((words) => expect.stringContaining(words)))
  })

  test('a passkey on the page behind the card approves, on a phone where nobody is signed in', async ({
    page,
    product,
  }) => {
    const { slack, mara, requestId, card } = await heldInSlack(product)
    await slack.press(MARA, card, 'approve')
    await slack.modal(MARA, 'sign with a passkey')
    const { modal } = await slack.see(MARA)
    const address = addressesOf(modal?.view).find((one) => one.includes(`/sign/${requestId}#`))
    await page.setViewportSize({ width: 360, height: 740 })
    await (await authenticator(page, product)).hold(mara.passkey)
    await page.goto(String(address))
    await expect(
      page.getByRole('heading', { name: `${mara.name} signs these words` }),
    ).toBeVisible()
    await ready(page)
    await expectAccessible(page)
    await page.getByRole('button', { name: 'Approve with passkey' }).click()
    await expect(page.getByRole('heading', { name: 'Signed, still held' })).toBeVisible()
    await slack.card(requestId, says(`${mara.name} approved with a passkey`))
    const [vote] = await product.runtime.db.vote.findMany({ where: { requestId } })
    expect(vote).toMatchObject({ personId: mara.id, method: 'passkey', channel: 'web' })
  })

  test('what asks for a passkey offers no code in Slack, and leads to the page that takes one', async ({
    page,
    product,
  }) => {
    const slack = openSlack(product)
    const caller = await registerCaller(product)
    const ines = await product.person('Ines Carvalho', { groups: ['finance_approvers'] })
    await slack.become(INES, ines.id)
    const requestId = (await caller.ask(PAYOUT)).request_id
    const card = await slack.card(requestId)
    expect(card.channel).toBe(FINANCE)
    await slack.press(INES, card, 'approve')
    const shown = await slack.modal(INES, 'Sign with a passkey')
    expect(shown).toContain('DE89 3704 0044 0532 0130 00')
    const { modal } = await slack.see(INES)
    const blocks = modal?.view['blocks'] as { type: string }[]
    expect(blocks.filter(({ type }) => type === 'input')).toEqual([])
    const address = addressesOf(blocks).find((one) => one.includes(`/sign/${requestId}#`))
    await (await authenticator(page, product)).hold(ines.passkey)
    await page.goto(String(address))
    await page.getByRole('button', { name: 'Approve with passkey' }).click()
    await expect(page.getByRole('heading', { name: 'Signed, still held' })).toBeVisible()
    await slack.card(requestId, says(`${ines.name} approved with a passkey`))
    // It takes two.
    expect((await caller.agent.get(requestId)).state).toBe('open')
  })

  test('a reject needs a reason and no factor, reaches the agent, and ends every copy', async ({
    product,
  }) => {
    const { slack, caller, requestId, card } = await heldInSlack(product)
    await slack.press(MARA, card, 'reject')
    await slack.modal(MARA, 'Reason')
    const empty = await slack.submit(MARA, { note: 'Not tonight' })
    expect(empty.modal?.errors).toHaveProperty('reason')
    await slack.submit(MARA, { reason: 'too_risky', note: 'Not tonight' })
    const final = await slack.card(requestId, says('Rejected'))
    expect(textOf(final.blocks)).toContain('Mara Lindqvist')
    expect(buttonsOf(final)).not.toContain('approve')
    await slack.direct(JONAS, requestId, says('Rejected'))
    const answer = await caller.agent.get(requestId)
    expect(answer.state).toBe('rejected')
    expect(JSON.stringify(answer)).toContain('too_risky')
    expect(await product.runtime.db.vote.findMany({ where: { requestId } })).toMatchObject([
      { choice: 'reject', channel: 'slack', method: 'none' },
    ])
    // The button of a card that somebody still has open does nothing any more.
    await slack.press(AIKO, card, 'approve').catch(() => undefined)
    expect((await caller.agent.get(requestId)).state).toBe('rejected')
  })

  test('nobody votes on their own request, and is told who can', async ({ product }) => {
    const { slack, requestId, card } = await heldInSlack(product)
    await slack.press(JONAS, card, 'approve')
    expect(await slack.modal(JONAS, 'Not counted')).toContain('which asked for it')
    await slack.press(JONAS, card, 'reject')
    await slack.modal(JONAS, 'Not counted')
    expect(await product.runtime.db.vote.count({ where: { requestId } })).toBe(0)
  })

  test('a Slack user whom nobody knows votes nothing, links themselves in the console, and then does', async ({
    page,
    product,
  }) => {
    const { slack, requestId, card } = await heldInSlack(product)
    const daniel = await product.person('Daniel Okafor', RELEASE_MANAGER)
    await slack.become(DANIEL, null)
    await slack.press(DANIEL, card, 'reject')
    expect(await slack.modal(DANIEL, 'Not counted')).toMatch(
      /Link your account (again )?in the console/,
    )
    await slack.act(DANIEL, { act: 'close' })
    const { messages } = await slack.see(DANIEL)
    const aside = messages.findLast(({ onlyFor }) => onlyFor === DANIEL)
    const address = addressesOf(aside?.blocks).find((one) => one.includes('/slack/link#'))
    expect(address).toBeDefined()
    // Nobody else hears of it.
    expect(JSON.stringify((await slack.see(MARA)).messages)).not.toContain('/slack/link#')
    expect(await product.runtime.db.vote.count({ where: { requestId } })).toBe(0)

    await signIn(page, product, daniel)
    await page.goto(String(address))
    await ready(page)
    await expect(page.getByText('daniel').first()).toBeVisible()
    await proveLink(page, product, daniel)
    await expect(page.getByText('Linked.')).toBeVisible()

    await slack.press(DANIEL, card, 'reject')
    await slack.modal(DANIEL, 'Reason')
    await slack.submit(DANIEL, { reason: 'not_now', note: '' })
    await slack.card(requestId, says('Rejected'))
    const [vote] = await product.runtime.db.vote.findMany({ where: { requestId } })
    expect(vote).toMatchObject({ personId: daniel.id, choice: 'reject' })
  })

  test('/countersign tells what waits for whoever types it, and ends their link', async ({
    product,
  }) => {
    const { slack } = await heldInSlack(product)
    const tomas = await product.person('Tomás Rey', RELEASE_MANAGER)
    await slack.become(TOMAS, tomas.id)
    const say = (text: string) =>
      slack.act(TOMAS, { act: 'say', channel: 'C0RELEASE1', text: `/countersign ${text}` })
    const mine = (says: string) =>
      slack.until(TOMAS, ({ messages }) =>
        messages.find(
          ({ onlyFor, blocks, text }) =>
            onlyFor === TOMAS && `${text}${JSON.stringify(blocks)}`.includes(says),
        ),
      )
    await say('inbox')
    await mine('need you')
    await say('unlink')
    await mine('Unlinked')
    expect(
      await product.runtime.db.slackLink.count({ where: { personId: tomas.id, endedAt: null } }),
    ).toBe(0)
  })
})
