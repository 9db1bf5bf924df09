import { afterAll, beforeEach, describe, expect, test } from 'vitest'
import { LINK_MS } from '#lib/auth/sign-in-link'
import { createLog } from '#lib/log'
import { openMail } from '#lib/notify/mail/open-mail'
import { accepted, authWorld } from '../../../test/auth-world'
import { startSmtpSink } from '../../../test/smtp-sink'
import { askForLink } from './ask-for-link'
import { mailSignInLink } from './mail-sign-in-link'
import { signIn } from './sign-in'

const world = await authWorld()
const sink = await startSmtpSink()
afterAll(() => sink.close())
const lines: string[] = []
const log = createLog({ logLevel: 'trace' }, { write: (line) => void lines.push(line) })
const from = 'Countersign <countersign@osterby.example>'
const mailTo = (smtpUrl: string) => openMail({ mail: { smtpUrl, from } })
const runtime = { ...world.runtime, log, mail: mailTo(sink.url) }
const { db } = runtime
const { clock } = world
const SYSTEM = { kind: 'system' } as const

let personId: string
let email: string

beforeEach(async () => {
  sink.mails.length = 0
  sink.refusal = null
  lines.length = 0
  personId = await world.addPerson()
  email = (await db.person.findUniqueOrThrow({ where: { id: personId } })).email
})

const asked = () => mailSignInLink(runtime, { personId, purpose: 'sign_in', by: SYSTEM })
const types = async () => (await world.events(`person:${personId}`)).map(({ type }) => type)
const secretIn = (text: string | undefined) =>
  /http:\/\/localhost:3000\/sign-in\/link#([\w-]{43})/.exec(text ?? '')?.[1] ?? ''
const bySecret = (secret: string) => signIn(runtime, { method: 'link', secret, userAgent: null })

describe('a sign-in link by mail', () => {
  test('goes to its person’s own address, as text and as HTML, and signs in once', async () => {
    expect(accepted(await asked())).toEqual({ email, expiresAt: clock.now + LINK_MS.sign_in })
    const [mail, ...more] = sink.mails
    expect(more).toEqual([])
    expect(mail).toMatchObject({ from: 'countersign@osterby.example', to: [email] })
    expect(mail?.headers.get('from')).toBe(from)
    expect(mail?.headers.get('subject')).toBe('Sign in to Countersign at Osterby')
    expect(mail?.headers.get('auto-submitted')).toBe('auto-generated')
    const secret = secretIn(mail?.text)
    expect(secretIn(mail?.html)).toBe(secret)
    for (const body of [mail?.text, mail?.html]) expect(body).toContain('within 15 minutes')
    expect(accepted(await bySecret(secret)).personId).toBe(personId)
    expect(await bySecret(secret)).toMatchObject({ refusal: { code: 'unauthenticated' } })
  })

  test('ends after 15 minutes', async () => {
    await asked()
    clock.now += LINK_MS.sign_in
    expect((await bySecret(secretIn(sink.mails[0]?.text))).ok).toBe(false)
  })

  test('is in the mail alone: in no row, audit entry or log line', async () => {
    await asked()
    sink.refusal = '554 no'
    await asked()
    const secret = secretIn(sink.mails[0]?.text)
    const rows = await db.$queryRaw<{ row: string }[]>`
      SELECT to_jsonb(l)::text AS row FROM sign_in_links l
      UNION ALL SELECT to_jsonb(e)::text FROM events e UNION ALL SELECT to_jsonb(o)::text FROM outbox o`
    expect(secret).toHaveLength(43)
    expect(rows.length).toBeGreaterThan(2)
    expect(JSON.stringify([rows, lines])).not.toContain(secret)
    log.warn({ link: `http://localhost:3000/sign-in/link#${secret}` }, 'a link')
    expect(lines.at(-1)).toContain('/sign-in/link#[redacted]')
  })

  test('that the mail server does not take is void, and that is on record', async () => {
    sink.refusal = '554 no'
    expect(await asked()).toMatchObject({ refusal: { code: 'mail_not_sent' } })
    expect(await types()).toEqual(['sign_in_link.created', 'sign_in_link.not_sent'])
    expect(await db.signInLink.count({ where: { personId, usedAt: null } })).toBe(0)
    expect(lines.join()).toContain('a sign-in link could not be mailed')
  })

  test('leaves this machine by TLS or not at all', async () => {
    const mail = mailTo(`smtp://127.0.0.2:${sink.port}`)
    const tried = await mailSignInLink(
      { ...runtime, mail },
      { personId, purpose: 'sign_in', by: SYSTEM },
    )
    expect(tried).toMatchObject({ refusal: { code: 'mail_not_sent' } })
    expect(lines.join()).toMatch(/STARTTLS/)
    expect(sink.mails).toEqual([])
  })

  test('draws a name as it is written, and takes no header from it', async () => {
    const name = '<b>Mara</b> & "Co"\r\nBcc: evil@evil.example'
    await db.person.update({ where: { id: personId }, data: { name } })
    await asked()
    const [mail] = sink.mails
    expect(mail?.to).toEqual([email])
    expect(mail?.headers.has('bcc')).toBe(false)
    expect(mail?.html).toContain('Hello &lt;b&gt;Mara&lt;/b&gt; &amp; &quot;Co&quot;')
    expect(mail?.html).not.toContain('<b>')
  })
})

describe('an invitation by mail', () => {
  test('names who invites, lives a day, and is sent by admins alone', async () => {
    const adminId = await world.addPerson(['admin'])
    const { name } = await db.person.findUniqueOrThrow({ where: { id: adminId } })
    const invite = (id: string) =>
      mailSignInLink(runtime, { personId, purpose: 'invite', by: { kind: 'person', id } })
    const { expiresAt } = accepted(await invite(adminId))
    expect(expiresAt).toBe(clock.now + LINK_MS.invite)
    expect(sink.mails[0]?.text).toContain(`${name} invites you to Countersign at Osterby`)
    expect(sink.mails[0]?.text).toContain('within 24 hours')
    expect(await invite(personId)).toMatchObject({ refusal: { code: 'forbidden' } })
    expect(sink.mails).toHaveLength(1)
    expect((await bySecret(secretIn(sink.mails[0]?.text))).ok).toBe(true)
  })
})

describe('asking for a link', () => {
  test('mails it to who has the address, in any case', async () => {
    await askForLink(runtime, { email: email.toUpperCase() })
    expect(sink.mails.map(({ to }) => to)).toEqual([[email]])
  })

  test('sends nothing to an address that nobody has, to a pattern, or to who has left', async () => {
    await db.person.update({ where: { id: personId }, data: { active: false } })
    for (const odd of [email, 'nobody@osterby.example', '%', `_${email.slice(1)}`]) {
      await askForLink(runtime, { email: odd })
    }
    expect(sink.mails).toEqual([])
    expect(await types()).toEqual([])
  })
})
