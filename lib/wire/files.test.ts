import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { attachment } from './evidence'
import { cleanFileName, fileEnding, MOST_FILE_BYTES, sizeText } from './files'

describe('the name of a file', () => {
  test.each([
    ['plan.pdf', 'plan.pdf'],
    ['../../etc/passwd', 'passwd'],
    ['..\\..\\windows\\plan.pdf', 'plan.pdf'],
    ['/tmp/plan.pdf', 'plan.pdf'],
    ['C:plan.pdf', 'C_plan.pdf'],
    ['plan\u202efdp.exe', 'planfdp.exe'],
    ['pl\u200ban.pdf', 'plan.pdf'],
    ['plan\r\nSet-Cookie: a=b.pdf', 'planSet-Cookie_ a=b.pdf'],
    ['plan\u0000.pdf', 'plan.pdf'],
    ['  .plan.pdf. ', 'plan.pdf'],
    ['Rücknahme\u00a0plan – v2.pdf', 'Rücknahme plan – v2.pdf'],
    ['確認.pdf', '確認.pdf'],
    ['..', ''],
  ])('%j is kept as %j', (sent, kept) => {
    expect(cleanFileName(sent)).toBe(kept)
  })

  test('is at most 200 characters, with its ending', () => {
    const kept = cleanFileName(`${'😀'.repeat(200)}.pdf`)
    expect(kept.length).toBeLessThanOrEqual(200)
    expect(kept).toMatch(/\.pdf$/)
    expect(kept).not.toMatch(/\p{Cs}/u)
  })

  test('holds no path, nothing unseen and nothing to clean, whatever was sent', () => {
    const part = fc.constantFrom(
      '/',
      '\\',
      '..',
      '.',
      ' ',
      '\r\n',
      '\u202e',
      '\u0000',
      ':',
      '"',
      'a',
      'é',
      'e\u0301',
      '\ud800',
      '\u00a0',
    )
    const names = fc.oneof(
      fc.string({ unit: 'binary', maxLength: 300 }),
      fc.array(part, { maxLength: 300 }).map((parts) => parts.join('')),
    )
    fc.assert(
      fc.property(names, (sent) => {
        const kept = cleanFileName(sent)
        expect(kept).not.toMatch(/[/\\\p{C}"]/u)
        expect(kept.length).toBeLessThanOrEqual(200)
        expect(cleanFileName(kept)).toBe(kept)
      }),
    )
  })
})

test.each([
  ['a.pdf', 'pdf'],
  ['a.PDF', 'pdf'],
  ['a.pdf.exe', null],
  ['a', null],
  ['.pdf', null],
  ['a.hasOwnProperty', null],
])('the ending of %s is %j', (name, ending) => {
  expect(fileEnding(name)).toBe(ending)
})

test.each([
  [1, '1 byte'],
  [512, '512 bytes'],
  [1536, '1.5 kB'],
  [204_800, '200 kB'],
  [MOST_FILE_BYTES, '10 MB'],
])('%i bytes are %s', (bytes, text) => {
  expect(sizeText(bytes)).toBe(text)
})

describe('the body of an attachment', () => {
  const body = {
    name: 'plan.pdf',
    media_type: 'application/pdf',
    size_bytes: 1200,
    sha256: 'a'.repeat(64),
  }
  test('says what the file is and its hash', () => {
    expect(attachment.safeParse(body).success).toBe(true)
  })
  test.each([
    { ...body, name: '../plan.pdf' },
    { ...body, name: 'plan\r\n.pdf' },
    { ...body, media_type: 'image/svg+xml' },
    { ...body, size_bytes: 0 },
    { ...body, size_bytes: MOST_FILE_BYTES + 1 },
    { ...body, sha256: 'A'.repeat(64) },
    { ...body, path: '/etc/passwd' },
    { ...body, description: 'x'.repeat(501) },
  ])('is not %j', (odd) => {
    expect(attachment.safeParse(odd).success).toBe(false)
  })
})
