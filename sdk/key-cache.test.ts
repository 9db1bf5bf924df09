import { describe, expect, it } from 'vitest'
import { tokenVerifier } from './verify'

const URL = 'https://countersign.example'
const EXPECTED = { url: URL, audience: 'deploy-runner' }
const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url')

/** Signed by nobody, with a key that nobody has. */
function forged(kid: string, header: object = {}): string {
  const head = { alg: 'EdDSA', kid, typ: 'allow+jwt', ...header }
  return [encoded(head), encoded({ sub: 'req_1' }), `${'A'.repeat(85)}A`].join('.')
}

/** The network: counts what is fetched, and answers when it is told to. */
function network() {
  const fetched: AbortSignal[] = []
  const waiting: (() => void)[] = []
  const answer: typeof fetch = (_, init) =>
    new Promise((resolve, reject) => {
      if (init?.signal) fetched.push(init.signal)
      init?.signal?.addEventListener('abort', () => reject(init.signal?.reason))
      waiting.push(() => resolve(Response.json({ keys: [] })))
    })
  const answerAll = async () => {
    await expect.poll(() => waiting.length).toBeGreaterThan(0)
    for (const one of waiting.splice(0)) one()
  }
  return { fetched, answerAll, fetch: answer }
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'verified',
    (error: { code?: string; message: string }) => error.code ?? error.message,
  )

describe('the published keys', () => {
  it('are fetched once for all who need them at once', async () => {
    const net = network()
    const verify = tokenVerifier({ ...EXPECTED, fetch: net.fetch })
    const all = Promise.all(['a', 'b', 'c'].map((kid) => codeOf(verify(forged(kid)))))
    await net.answerAll()
    expect(await all).toEqual(['token_invalid', 'token_invalid', 'token_invalid'])
    expect(net.fetched).toHaveLength(1)
  })

  it('are fetched once more for a key they do not have, not once for each token with such a key', async () => {
    const net = network()
    const verify = tokenVerifier({ ...EXPECTED, fetch: net.fetch })
    const first = codeOf(verify(forged('first')))
    await net.answerAll()
    await first
    const again = codeOf(verify(forged('again')))
    await net.answerAll()
    expect(await again).toBe('token_invalid')
    const flood = Array.from({ length: 50 }, (_, at) => codeOf(verify(forged(`key ${at}`))))
    expect(new Set(await Promise.all(flood))).toEqual(new Set(['token_invalid']))
    expect(net.fetched).toHaveLength(2)
  })

  it('are not fetched for a token that no key could verify', async () => {
    const net = network()
    const verify = tokenVerifier({ ...EXPECTED, fetch: net.fetch })
    const first = codeOf(verify(forged('first')))
    await net.answerAll()
    await first
    const odd = [{ alg: 'none' }, { alg: 'HS256' }, { crit: ['exp'] }, { jku: URL }, { typ: 'JWT' }]
    for (const header of odd)
      expect(await codeOf(verify(forged('k', header)))).toBe('token_invalid')
    expect(net.fetched).toHaveLength(1)
  })

  it('are fetched until nobody waits for them any more: one signal ends it for its own call alone', async () => {
    const net = network()
    const verify = tokenVerifier({ ...EXPECTED, fetch: net.fetch })
    const impatient = new AbortController()
    const patient = new AbortController()
    const gone = codeOf(verify(forged('a'), { signal: impatient.signal }))
    const stays = codeOf(verify(forged('b'), { signal: patient.signal }))
    await expect.poll(() => net.fetched.length).toBe(1)
    impatient.abort(new Error('no longer wanted'))
    expect(await gone).toBe('no longer wanted')
    expect(net.fetched[0]?.aborted).toBe(false)
    patient.abort(new Error('nor by me'))
    expect(await stays).toBe('nor by me')
    expect(net.fetched[0]?.aborted).toBe(true)
    const later = codeOf(verify(forged('c')))
    await expect.poll(() => net.fetched.length).toBe(2)
    await net.answerAll()
    expect(await later).toBe('token_invalid')
  })
})
