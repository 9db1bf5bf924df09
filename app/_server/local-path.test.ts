import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { HOME, localPath, localPathOf } from './local-path'

const OURS = 'https://countersign.example'

describe('where one goes after signing in', () => {
  test.each(['/tickets/req_01KKV0AHSRQXN1VRVCC3AEQSTZ', '/inbox?tab=open&q=pay#top', '/account'])(
    'is the page that was asked for: %s',
    (path) => {
      expect(localPath(path)).toBe(path)
    },
  )

  test.each([
    'https://evil.example/',
    '//evil.example',
    '/\\evil.example',
    '\\\\evil.example',
    '/\t/evil.example',
    '/\n/evil.example',
    '/.//evil.example',
    '/x/..//evil.example',
    'javascript:alert(1)',
    'data:text/html,x',
    ' /inbox',
    '',
    '/',
    '/sign-in?from=/account',
    '/sign-out',
    '/api/auth/csrf',
    '/v1/requests',
    `/${'a'.repeat(2001)}`,
    undefined,
    ['/account', '//evil.example'],
    { toString: () => '/account' },
  ])('is the inbox instead of %j', (wanted) => {
    expect(localPath(wanted)).toBe(HOME)
  })

  test('is never another site, whatever was asked for', () => {
    const part = fc.constantFrom(
      '/',
      '\\',
      '.',
      '..',
      '\t',
      '\n',
      '@',
      ':',
      '//',
      'evil.example',
      '%2f',
      '?',
      '#',
    )
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.array(part).map((parts) => `/${parts.join('')}`),
        ),
        (wanted) => {
          expect(new URL(localPath(wanted), OURS).origin).toBe(OURS)
        },
      ),
    )
  })

  test.each([
    [`${OURS}/account`, '/account'],
    ['/account', '/account'],
    [OURS, HOME],
    [`${OURS}.evil.example/account`, HOME],
    [`${OURS}//evil.example`, HOME],
    ['https://evil.example/account', HOME],
  ])('an address under ours counts as its path: %s', (url, path) => {
    expect(localPathOf(url, OURS)).toBe(path)
  })
})
