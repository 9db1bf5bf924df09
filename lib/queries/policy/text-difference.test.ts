import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { DifferenceView } from '#lib/wire/views/history'
import { textDifference } from './text-difference'

const rowsOf = (view: DifferenceView) => (view.kind === 'lines' ? view.rows : [])
const sideOf = (view: DifferenceView, other: 'old' | 'new') =>
  rowsOf(view)
    .flatMap((row) =>
      row.kind === 'line' && row.side !== other ? [row.before + row.changed + row.after] : [],
    )
    .join('\n')

describe('what differs between two texts', () => {
  test('is told line by line, with the characters that differ', () => {
    const view = textDifference('deadline: 24h\nrules:\n', 'deadline: 48h\nrules:\n')
    expect(view).toMatchObject({ kind: 'lines', changedCount: 2 })
    expect(rowsOf(view).slice(0, 2)).toMatchObject([
      { side: 'old', before: 'deadline: ', changed: '24', after: 'h' },
      { side: 'new', before: 'deadline: ', changed: '48', after: 'h' },
    ])
  })

  test('is nothing where they are the same', () => {
    expect(textDifference('a\nb', 'a\nb')).toEqual({ kind: 'none' })
  })

  test('leaves lines out of a long text, and says how many', () => {
    const lines = Array.from({ length: 100 }, (_, at) => `line ${at}`)
    const view = textDifference(lines.join('\n'), lines.with(50, 'another').join('\n'))
    expect(rowsOf(view).filter(({ kind }) => kind === 'gap')).toEqual([
      { kind: 'gap', count: 48 },
      { kind: 'gap', count: 47 },
    ])
  })

  test('gives both texts back where they are short', () => {
    const text = fc.array(fc.constantFrom('a: 1', 'a: 2', 'b:', '  - c', ''), { maxLength: 8 })
    fc.assert(
      fc.property(text, text, (old, fresh) => {
        fc.pre(old.join('\n') !== fresh.join('\n'))
        const view = textDifference(old.join('\n'), fresh.join('\n'))
        expect([sideOf(view, 'new'), sideOf(view, 'old')]).toEqual([
          old.join('\n'),
          fresh.join('\n'),
        ])
      }),
    )
  })
})
