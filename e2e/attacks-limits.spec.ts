import { expect } from '@playwright/test'
import { type Product, someAddress, test } from './fixtures'
import { action, knockByLink, type Visitor, visitor } from './visitor'

test.describe('knocking too often', () => {
  const most = 60

  async function untilLimited(knock: () => Promise<Response>): Promise<[number, Response]> {
    for (let n = 0; n <= most + 5; n++) {
      const answer = await knock()
      if (answer.status === 429) return [n, answer]
    }
    throw new Error('never limited')
  }

  async function knocker(product: Product, address: string): Promise<() => Promise<Response>> {
    const who = visitor(product, address)
    await who.get('/sign-in')
    const { csrfToken } = (await (await who.get('/api/auth/csrf')).json()) as { csrfToken: string }
    let n = 0
    return () => {
      const secret = `${String(++n).padStart(4, '0')}${'B'.repeat(39)}`
      const form = new URLSearchParams({ secret, csrfToken, json: 'true' })
      return who.post('/api/auth/callback/link', form)
    }
  }

  test('is answered 429 with when to try again, to that client alone; a passkey still signs in', async ({
    product,
  }) => {
    test.setTimeout(120_000)
    const address = someAddress()
    const knock = await knocker(product, address)
    const [count, answer] = await untilLimited(knock)
    expect(count).toBe(most)
    const wait = Number(answer.headers.get('retry-after'))
    expect(wait).toBeGreaterThan(0)
    expect(wait).toBeLessThanOrEqual(300)
    expect(((await answer.json()) as { url: string }).url).toContain(
      `/sign-in?error=TooMany-${wait}`,
    )
    const page = await (await visitor(product).get(`/sign-in?error=TooMany-${wait}`)).text()
    expect(page).toContain('Too many attempts.')
    const person = await product.person('Still Comes In')
    const elsewhere = visitor(product)
    const link = (await product.link(person.id)).split('#')[1] ?? ''
    expect((await knockByLink(product, elsewhere, link)).status).toBe(200)
    const here = visitor(product, address)
    await here.get('/sign-in')
    expect(await signInByPasskey(product, here, person)).toBe(200)
  })

  test('with one spent link is refused before the rest of the client’s attempts are, and floods no record', async ({
    product,
  }) => {
    const person = await product.person('Spent Link')
    const secret = (await product.link(person.id)).split('#')[1] ?? ''
    const statuses: number[] = []
    for (let n = 0; n < 14; n++) {
      statuses.push((await knockByLink(product, visitor(product), secret)).status)
    }
    expect(statuses.filter((status) => status === 429)).toHaveLength(4)
    const told = { stream: `person:${person.id}`, type: 'sign_in.refused' }
    expect(await product.runtime.db.event.count({ where: told })).toBe(9)
  })

  test('for ceremonies is told in a sentence', async ({ product }) => {
    const who = visitor(product)
    await who.get('/sign-in')
    const start = await action('startSignIn')
    let told = await who.act(start, [])
    for (let n = 0; n < most; n++) told = await who.act(start, [])
    expect(told?.title).toBe('Too many requests')
    expect(told?.text).toMatch(/^Too many attempts\. Try again in \d+ (second|minute)s?\.$/)
  })
})

async function signInByPasskey(
  product: Product,
  who: Visitor,
  { passkey }: { passkey: { sign(options: never): object } },
): Promise<number> {
  const started = await who.act(await action('startSignIn'), [])
  const { csrfToken } = (await (await who.get('/api/auth/csrf')).json()) as { csrfToken: string }
  const assertion = JSON.stringify(passkey.sign(started?.value as never))
  const form = new URLSearchParams({ assertion, csrfToken, json: 'true' })
  return (await who.post('/api/auth/callback/passkey', form, { origin: product.url })).status
}
