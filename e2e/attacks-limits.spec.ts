import { expect } from '@playwright/test'
import { registerCaller } from './callers'
import { type Product, someAddress, test } from './fixtures'
import { action, knockByLink, signedIn, type Visitor, visitor } from './visitor'

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

test.describe('downloading records', () => {
  const most = 4

  test('goes on for one person in four places at once, and keeps nobody else waiting', async ({
    product,
  }) => {
    const { request_id: id } = await (await registerCaller(product)).ask()
    const [who, other] = [
      await signedIn(product, await product.person('Lena Loader')),
      await signedIn(product, await product.person('Otto Other')),
    ]
    const download = (visitor: Visitor) => visitor.get(`/tickets/${id}/record`)
    // By somebody else: a place is left a moment after the last byte has come.
    const warm = await signedIn(product, await product.person('Wanda Warm'))
    expect((await download(warm)).status).toBe(200)
    const begin = (visitor: Visitor, count: number) => {
      const answered: Response[] = []
      const all = Array.from({ length: count }, async () => {
        const answer = await download(visitor)
        answered.push(answer)
        return answer
      })
      return { answered, all }
    }
    const { first, others, refused } = await product.runtime.db.$transaction(
      async (tx) => {
        // Nobody hears how far the log goes, so each download waits in the place it has.
        await tx.$executeRaw`LOCK TABLE checkpoints IN ACCESS EXCLUSIVE MODE`
        const [mine, theirs] = [begin(who, most + 3), begin(other, most + 1)]
        const statuses = () =>
          [mine, theirs].map(({ answered }) => answered.map(({ status }) => status))
        const waiting = { timeout: 30_000 }
        await expect.poll(statuses, waiting).toEqual([[429, 429, 429], [429]])
        return { first: mine.all, others: theirs.all, refused: [...mine.answered] }
      },
      { timeout: 45_000 },
    )
    for (const answer of refused) {
      expect(answer.headers.get('retry-after')).toBe('5')
      expect(await answer.text()).toContain('You are downloading several records already.')
    }
    for (const each of [first, others]) {
      const sent = (await Promise.all(each)).filter(({ status }) => status === 200)
      expect(sent).toHaveLength(most)
      for (const answer of sent) expect(await answer.text()).toContain('"kind":"end"')
    }
    // Every place was left again, by those that were refused too.
    await expect(async () => {
      const again = await Promise.all(Array.from({ length: most }, () => download(who)))
      await Promise.all(again.map((answer) => answer.text()))
      expect(again.map(({ status }) => status)).toEqual(Array.from({ length: most }, () => 200))
    }).toPass({ timeout: 20_000 })
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
