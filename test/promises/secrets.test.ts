import { createPrivateKey, randomBytes } from 'node:crypto'
import { beforeAll, describe, expect, it } from 'vitest'
import { codeOfStep, totpStep } from '#lib/auth/totp-code'
import { confirmTotp } from '#lib/commands/factor/confirm-totp'
import { enrolTotp } from '#lib/commands/factor/enrol-totp'
import { reevaluate } from '#lib/commands/request/reevaluate'
import { sealLog } from '#lib/commands/seal-log'
import { createSignInLink } from '#lib/commands/session/create-sign-in-link'
import { signIn } from '#lib/commands/session/sign-in'
import { castVote } from '#lib/commands/vote/cast-vote'
import { createLog } from '#lib/log'
import { createQueues } from '#lib/queue/create-queues'
import { pumpOutbox } from '#lib/queue/outbox'
import { createRuntime } from '#lib/runtime'
import { apiOf } from '../api'
import { testDatabase } from '../database'
import { startPgProxy } from '../pg-proxy'
import { attachPlan, join, must, person, shownDigest, submit, type World, world } from '../world'
import { settled } from './steps'

const { url } = await testDatabase()
const lines: string[] = []
const log = createLog({ logLevel: 'trace' }, { write: (line) => void lines.push(line) })
const plain = await world(url)
const w: World = { ...plain, runtime: { ...plain.runtime, log } }
const { db } = w.runtime
const { ask } = apiOf(w.runtime)
const AGENT = { key: w.agent.key }
const RUNNER = { key: w.runtimeKey.key }

/** Everything that must never be written down, by name. Filled as the loop makes them. */
const secrets: Record<string, string> = {
  'agent key': w.agent.key,
  'runtime key': w.runtimeKey.key,
  'installation secret': w.runtime.config.secret,
  'redeem nonce': `nonce ${randomBytes(12).toString('hex')}`,
}

/** A whole life of secrets: enrolment, signing in, a vote by code, a token, a redemption, and faults on the way. */
beforeAll(async () => {
  const voter = await signedInVoter()
  const requestId = await submit(w)
  await attachPlan(w, requestId, w.aiko)
  const vote = {
    requestId,
    personId: voter.id,
    choice: 'approve',
    channel: 'web',
    reviewDigest: await shownDigest(w.runtime, requestId),
    note: null,
    reason: null,
  } as const
  const wrong = await castVote(w.runtime, { ...vote, mfa: { kind: 'totp', code: '000000' } })
  expect(wrong.ok).toBe(false)
  secrets['code'] = voter.code()
  must(await castVote(w.runtime, { ...vote, mfa: { kind: 'totp', code: voter.code() } }))
  await queued()
  expect((await settled(w, requestId)).state).toBe('released')
  const { body } = await ask('POST', `/v1/requests/${requestId}/token`, RUNNER)
  secrets['allow token'] = String(body['token'])
  secrets['signature of the token'] = String(body['token']).split('.')[2] ?? ''
  await redeemed()
  await faults()
  await sealLog(w.runtime)
})

async function signedInVoter() {
  const { id } = await person(w.runtime, 'Vera Secret', ['approver'])
  await join(w.runtime, 'release_managers', id)
  await db.totp.delete({ where: { personId: id } })
  const link = must(
    await createSignInLink(w.runtime, { personId: id, purpose: 'sign_in', by: { kind: 'system' } }),
  )
  secrets['sign-in link'] = link.secret
  must(await signIn(w.runtime, { method: 'link', secret: link.secret, userAgent: 'test' }))
  expect(
    (await signIn(w.runtime, { method: 'link', secret: link.secret, userAgent: 'test' })).ok,
  ).toBe(false)
  const offered = must(await enrolTotp(w.runtime, { personId: id, proof: null }))
  secrets['TOTP secret'] = offered.secret
  secrets['TOTP link'] = offered.uri
  const bytes = base32(offered.secret)
  secrets['TOTP secret in hex'] = Buffer.from(bytes).toString('hex')
  secrets['TOTP secret in base64'] = Buffer.from(bytes).toString('base64')
  const code = () => codeOfStep(bytes, totpStep(Date.now()))
  const enrolment = { personId: id, enrolmentId: offered.enrolmentId, code: code() }
  must(await confirmTotp(w.runtime, enrolment))
  // As after a second person confirmed it, a while ago.
  const longAgo = new Date(Date.now() - 86_400_000)
  await db.totp.update({
    where: { personId: id },
    data: { confirmedAt: longAgo, verifiedAt: longAgo, createdAt: longAgo, lastStep: 0 },
  })
  return { id, code }
}

/** Wake-ups in the queue's own tables. */
async function queued(): Promise<void> {
  const queues = await createQueues(w.runtime.config, log)
  expect((await pumpOutbox(db, queues, Date.now())).enqueued).toBeGreaterThan(0)
  await queues.close()
}

async function redeemed(): Promise<void> {
  const body = {
    token: secrets['allow token'],
    nonce: secrets['redeem nonce'],
    environment: 'production',
  }
  const first = await ask('POST', '/v1/tokens/redeem', { ...RUNNER, body })
  expect(first.body).toMatchObject({ ok: true })
  const again = await ask('POST', '/v1/tokens/redeem', {
    ...RUNNER,
    body: { ...body, nonce: `${body.nonce} 2` },
  })
  expect(again.status).toBe(409)
}

/** The same calls while things break, which is when logs become talkative. */
async function faults(): Promise<void> {
  const proxy = await startPgProxy(url)
  const broken = await createRuntime({ ...w.runtime.config, databaseUrl: proxy.url })
  const api = apiOf({ ...broken, log }, url)
  await proxy.cut()
  const body = {
    token: secrets['allow token'],
    nonce: secrets['redeem nonce'],
    environment: 'production',
  }
  for (const key of [AGENT, RUNNER]) {
    expect((await api.ask('POST', '/v1/tokens/redeem', { ...key, body })).status).toBe(503)
    expect((await api.ask('POST', '/v1/requests', { ...key, body: w.contract })).status).toBe(503)
  }
  await expect(
    reevaluate({ ...broken, log }, { requestId: 'req_x', cause: 'test' }),
  ).rejects.toThrow()
  await broken.close()
  await proxy.close()
  log.error(
    { authorization: `Bearer ${w.agent.key}`, error: new Error(`key ${w.agent.key}`) },
    'a careless line',
  )
}

/** Every row of every table, the queue's too, as text. */
async function everyRow(): Promise<Map<string, string>> {
  const tables = await db.$queryRawUnsafe<{ name: string }[]>(
    `SELECT format('%I.%I', table_schema, table_name) AS name FROM information_schema.tables
     WHERE table_schema IN ('public', 'bullmq') AND table_type = 'BASE TABLE'`,
  )
  const rows = new Map<string, string>()
  for (const { name } of tables) {
    const [all] = await db.$queryRawUnsafe<{ text: string | null }[]>(
      `SELECT string_agg(to_jsonb(t)::text, E'\\n') AS text FROM ${name} t`,
    )
    rows.set(name, all?.text ?? '')
  }
  return rows
}

const NAMES = [
  ...['agent key', 'runtime key', 'installation secret', 'redeem nonce', 'allow token'],
  ...['signature of the token', 'sign-in link', 'TOTP secret', 'TOTP link', 'TOTP secret in hex'],
  'TOTP secret in base64',
]

describe('a secret is never written down', () => {
  it.each(NAMES)('%s: in no table, no audit entry, no outbox row and no queue', async (name) => {
    const secret = secrets[name] ?? ''
    expect(secret.length).toBeGreaterThan(15)
    const found = [...(await everyRow())].filter(([, text]) => text.includes(secret))
    expect(found.map(([table]) => table)).toEqual([])
  })

  it.each(NAMES)('%s: in no log line, also when things break', (name) => {
    expect(lines.filter((line) => line.includes(secrets[name] ?? ''))).toEqual([])
  })

  it('a code of an authenticator app: in no receipt, no audit entry and no log line', async () => {
    const code = secrets['code'] ?? ''
    expect(code).toMatch(/^\d{6}$/)
    const rows = await everyRow()
    for (const table of ['public.votes', 'public.events', 'public.outbox', 'public.totp']) {
      expect(rows.get(table)).not.toContain(`"${code}"`)
    }
    expect(lines.join('')).not.toContain(code)
  })

  it('private signing keys rest sealed', async () => {
    for (const { sealedPrivate, publicJwk } of await db.signingKey.findMany()) {
      expect(publicJwk).not.toHaveProperty('d')
      expect(sealedPrivate).not.toMatch(/PRIVATE KEY|"d"/)
      expect(() => createPrivateKey(sealedPrivate)).toThrow()
    }
  })

  it('and the scan does see what is written: names, ids and hashes are there', async () => {
    const rows = await everyRow()
    expect(rows.get('public.events')).toContain('grant.redeemed')
    expect(rows.get('public.people')).toContain('Vera Secret')
    expect(
      [...rows.keys()].some(
        (table) => table.startsWith('bullmq.') && rows.get(table)?.includes('req_'),
      ),
    ).toBe(true)
    expect(lines.some((line) => line.includes('a call failed'))).toBe(true)
    expect(lines.some((line) => line.includes('a careless line'))).toBe(true)
  })
})

function base32(text: string): Uint8Array {
  const bits = [...text.replaceAll(/[\s=]/g, '')]
    .map((letter) =>
      'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.indexOf(letter).toString(2).padStart(5, '0'),
    )
    .join('')
  return Uint8Array.from(bits.match(/.{8}/g) ?? [], (byte) => Number.parseInt(byte, 2))
}
