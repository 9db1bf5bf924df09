import fc from 'fast-check'
import { expect, test } from 'vitest'
import { contentDisposition } from './content-disposition'

test.each([
  ['plan.pdf', `attachment; filename="plan.pdf"; filename*=UTF-8''plan.pdf`],
  ['Rücknahme.pdf', `attachment; filename="R_cknahme.pdf"; filename*=UTF-8''R%C3%BCcknahme.pdf`],
  ['€ rates.csv', `attachment; filename="_ rates.csv"; filename*=UTF-8''%E2%82%AC%20rates.csv`],
  [
    "it's (1)*.txt",
    `attachment; filename="it's (1)*.txt"; filename*=UTF-8''it%27s%20%281%29%2A.txt`,
  ],
  [
    'a"; x=%0d%0a.pdf',
    `attachment; filename="a_; x=_0d_0a.pdf"; filename*=UTF-8''a%22%3B%20x%3D%250d%250a.pdf`,
  ],
])('%s is saved under its name', (name, header) => {
  expect(contentDisposition(name)).toBe(header)
})

test('no name leaves its place in the header', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), (name) => {
      expect(contentDisposition(name)).toMatch(
        /^attachment; filename="[^"\\%\r\n]*"; filename\*=UTF-8''[\w.!~%-]*$/,
      )
    }),
  )
})
