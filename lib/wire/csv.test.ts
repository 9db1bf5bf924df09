import fc from 'fast-check'
import { expect, test } from 'vitest'
import { csvLine } from './csv'

test('a cell that a spreadsheet would run begins with an apostrophe', () => {
  for (const start of ['=', '+', '-', '@', '\t', '\r', '\n']) {
    expect(csvLine([`${start}1+1`])).toBe(`"'${start}1+1"\r\n`)
  }
  expect(csvLine(['a=1', '', 'b'])).toBe('"a=1","","b"\r\n')
})

test('quotes, commas and line ends stay in their cell, and no cell begins as a formula', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' }), { minLength: 1 }), (cells) => {
      const line = csvLine(cells)
      const read = [...line.slice(0, -2).matchAll(/"((?:[^"]|"")*)"(?:,|$)/gu)].map(
        ([, text = '']) => text.replaceAll('""', '"'),
      )
      expect(read).toEqual(cells.map((cell) => (/^[=+\-@\t\r\n]/.test(cell) ? `'${cell}` : cell)))
      for (const text of read) expect(text).not.toMatch(/^[=+\-@\t\r\n]/)
    }),
  )
})
