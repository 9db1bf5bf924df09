import { expect, test } from 'vitest'
import { cookieName, isPageNonce, NONCE_BYTES, pageNonce } from './page-nonce'

const config = {
  secret: 'a secret of more than thirty-two chars',
  publicUrl: 'https://ours.example',
}
const nonce = (session: string, fill = 1) =>
  pageNonce(config, session, new Uint8Array(NONCE_BYTES).fill(fill))

test('a nonce holds for the session it was made for, and for no other', () => {
  expect(isPageNonce(config, 'session one', nonce('session one'))).toBe(true)
  expect(isPageNonce(config, 'session two', nonce('session one'))).toBe(false)
  expect(isPageNonce(config, 'session one', nonce(''))).toBe(false)
  expect(isPageNonce(config, '', nonce('session one'))).toBe(false)
})

test('a nonce of another installation, or one that was put together, is refused', () => {
  const [bytes] = nonce('s', 1).split('.')
  const [, mac] = nonce('s', 2).split('.')
  const foreign = { ...config, secret: 'another secret of thirty-two characters' }
  for (const sent of [undefined, '', '.', bytes, `${bytes}.`, `.${mac}`, `${bytes}.${mac}`]) {
    expect(isPageNonce(config, 's', sent)).toBe(false)
  }
  expect(isPageNonce(foreign, 's', nonce('s'))).toBe(false)
})

test('over HTTPS no other site of the domain can set it', () => {
  expect(cookieName('https://ours.example', 'nonce')).toBe('__Host-countersign.nonce')
  expect(cookieName('http://localhost:3000', 'nonce')).toBe('countersign.nonce')
})
