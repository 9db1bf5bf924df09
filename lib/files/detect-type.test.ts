import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FILE_TYPES, type FileEnding, fileEnding } from '#lib/wire/files'
import { detectType } from './detect-type'

const bytes = (...parts: (string | number[])[]) =>
  Buffer.concat(parts.map((part) => Buffer.from(part as string)))

const PNG = bytes(
  [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 13],
  'IHDR',
  [0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0, 0x3a, 0x7e, 0x9b, 0x55],
  [0, 0, 0, 10],
  'IDAT',
  [0x78, 0x9c, 0x63, 0, 0, 0, 2, 0, 1, 0x48, 0xaf, 0xa4, 0x71],
  [0, 0, 0, 0],
  'IEND',
  [0xae, 0x42, 0x60, 0x82],
)
const JPEG = bytes(
  [0xff, 0xd8, 0xff, 0xe0, 0, 16],
  'JFIF',
  [0, 1, 1, 0, 0, 1, 0, 1, 0, 0, 0xff, 0xd9],
)
const WEBP = bytes(
  'RIFF',
  [26, 0, 0, 0],
  'WEBPVP8L',
  [13, 0, 0, 0, 0x2f, 0, 0, 0, 0x10, 7, 16, 17, 17, 136, 136, 254, 7, 0],
)
const PDF = bytes(
  '%PDF-1.7\n1 0 obj\n<< /Type /Catalog >>\nendobj\ntrailer << /Root 1 0 R >>\n%%EOF\n',
)
const EXE = bytes(
  'MZ',
  [0x90, 0, 3, 0, 0, 0, 4, 0, 0, 0, 0xff, 0xff],
  'This program cannot be run in DOS mode',
)
const ELF = bytes([0x7f], 'ELF', [2, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0x3e, 0])
const ZIP = bytes('PK', [3, 4, 20, 0, 0, 0, 8, 0], 'not a plan')

describe('a file is taken for what its bytes are', () => {
  test.each([
    ['plan.pdf', PDF, 'application/pdf'],
    ['screen.png', PNG, 'image/png'],
    ['SCREEN.PNG', PNG, 'image/png'],
    ['photo.jpg', JPEG, 'image/jpeg'],
    ['photo.jpeg', JPEG, 'image/jpeg'],
    ['photo.webp', WEBP, 'image/webp'],
    ['steps.txt', bytes('Drain eu-west\r\n\tthen wait\n'), 'text/plain'],
    ['run.log', bytes('2026-03-14 09:30 ok\n'), 'text/plain'],
    ['steps.md', bytes('# Steps\n\nÜberprüfen, então 確認\n'), 'text/markdown'],
    ['rows.csv', bytes([0xef, 0xbb, 0xbf], 'id;name\n1;Zoë\n'), 'text/csv'],
    ['BM.csv', bytes('BM25,score\n'), 'text/csv'],
    ['result.json', bytes('{"passed": 214, "failed": 0}'), 'application/json'],
  ])('%s', async (name, content, mediaType) => {
    expect(await detectType(name, content)).toEqual({ ok: true, mediaType })
  })
})

describe('a name that lies about the bytes is told so', () => {
  test.each([
    ['a program as text', 'readme.txt', EXE, /Its name says Text/],
    ['a program as PDF', 'plan.pdf', EXE, /says PDF, but its bytes are application\/x-msdownload/],
    ['a program for Linux as a log', 'run.log', ELF, /Its name says Text/],
    ['an archive as CSV', 'rows.csv', ZIP, /Its name says CSV/],
    ['a picture as PDF', 'plan.pdf', PNG, /but its bytes are PNG image/],
    ['a PDF as text', 'plan.txt', PDF, /but its bytes are PDF/],
    ['one picture as another', 'photo.jpg', PNG, /says JPEG image, but its bytes are PNG image/],
    ['text as a picture', 'screen.png', bytes('not a picture'), /but its bytes are something else/],
    ['anything as JSON', 'result.json', bytes('passed: 214'), /cannot be read as JSON/],
  ])('%s', async (_what, name, content, why) => {
    const detected = await detectType(name, content)
    expect(detected).toMatchObject({ ok: false, why: expect.stringMatching(why) })
  })
})

describe('what can be read in two ways is refused', () => {
  test.each([
    [
      'a GIF that is a script, as a picture',
      'a.png',
      bytes('GIF89a/*', [1, 0, 1, 0], '*/=1;alert(1)//'),
    ],
    ['a GIF that is a script, as text', 'a.txt', bytes('GIF89a=1;/*', [0], '*/alert(1)')],
    ['mark-up before a PDF', 'a.pdf', bytes('<html><script>alert(1)</script>', PDF.toString())],
    ['mark-up before a PDF, as text', 'a.txt', bytes('<html>', PDF.toString())],
    ['words before a PDF, as text', 'a.txt', bytes('see below\n', PDF.toString())],
    ['HTML', 'a.txt', bytes('\n <!DOCTYPE html><script>alert(1)</script>')],
    ['HTML as Markdown', 'a.md', bytes('<script>alert(1)</script>')],
    ['SVG', 'a.txt', bytes('<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>')],
    ['SVG as a picture', 'a.png', bytes('<?xml version="1.0"?><svg/>')],
    ['SVG after a byte order mark', 'a.txt', bytes([0xef, 0xbb, 0xbf], '<svg/>')],
    ['a script', 'a.txt', bytes('#!/bin/sh\nrm -rf /\n')],
    ['RTF', 'a.txt', bytes('{\\rtf1 hello}')],
    ['PostScript', 'a.txt', bytes('%!PS-Adobe-3.0\n')],
    ['UTF-16', 'a.txt', Buffer.from('\ufeffplain words', 'utf16le')],
    ['UTF-16 without a mark', 'a.txt', Buffer.from('plain words', 'utf16le')],
    ['U+0000 in text', 'a.txt', bytes('one', [0], 'two')],
    ['an escape for a terminal', 'a.log', bytes('\u001b[31mred\u001b[0m')],
    ['a C1 control', 'a.txt', bytes('one\u0085two')],
    ['text that is turned round', 'a.txt', bytes('transfer \u202e0001\u202c EUR')],
    ['half a character', 'a.txt', bytes([0xed, 0xa0, 0x80])],
    ['an overlong slash', 'a.txt', bytes([0xc0, 0xaf])],
  ])('%s', async (_what, name, content) => {
    expect((await detectType(name, content)).ok).toBe(false)
  })

  test('the line of what does not belong is told', async () => {
    const told = await detectType('run.log', bytes('fine\nfine\n\u001b[1mbold'))
    expect(told).toEqual({
      ok: false,
      why: 'Its name says Text. It holds a control character in line 3.',
    })
  })
})

test.each([
  'plan.svg',
  'plan.html',
  'plan.htm',
  'plan.zip',
  'plan.exe',
  'plan.js',
  'plan.gif',
  'plan',
  '.pdf',
  'plan.pdf.',
  'plan.constructor',
])('no bytes make a file of %s', async (name) => {
  for (const content of [PDF, PNG, bytes('plain words')]) {
    expect((await detectType(name, content)).ok).toBe(false)
  }
})

test('whatever bytes come, the answer agrees with the name or is a refusal', async () => {
  const names = fc.constantFrom(...Object.keys(FILE_TYPES).map((ending) => `a.${ending}`))
  const starts = fc.constantFrom(PNG, JPEG, WEBP, PDF, EXE, ZIP, bytes(''))
  const content = fc
    .tuple(starts, fc.uint8Array({ maxLength: 200 }))
    .map((parts) => Buffer.concat(parts))
  await fc.assert(
    fc.asyncProperty(names, content, async (name, sent) => {
      const detected = await detectType(name, sent)
      const { mediaType } = FILE_TYPES[fileEnding(name) as FileEnding]
      if (detected.ok) expect(detected.mediaType).toBe(mediaType)
    }),
  )
})
