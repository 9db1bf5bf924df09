import fc from 'fast-check'
import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import type { ContractView, ParallelLineView } from '#lib/wire/views/ticket'
import { openClock } from '../../dev/gallery/sample-frame'
import { ParallelText } from './contract'
import { foldedCount, stretchesOf } from './line-fold'

function line(text: string, reading = 'Bound'): ParallelLineView {
  return { indent: 2, bytes: [{ text, isKey: false }], reading: [reading] }
}

function contractOf(lines: ParallelLineView[]): ContractView {
  return { digest: `sha-256:${'ab'.repeat(32)}`, byteLength: 1, lines, absent: [] }
}

const numbered = (count: number) => Array.from({ length: count }, (_, at) => line(`"row ${at}",`))

describe('a long contract on a narrow page', () => {
  it('is folded where its lines are read alike, and says how many of how many', () => {
    const lines = [line('{', 'First'), ...numbered(120), line('}', 'Last')]
    expect(foldedCount(stretchesOf({ lines }))).toBe(112)
    const html = renderToStaticMarkup(
      createElement(ParallelText, { contract: contractOf(lines), clock: openClock }),
    )
    expect(html).toContain('Show all 122 lines')
    expect(html).toContain('Lines 10 to 121 are folded')
  })

  it('is not folded when it is short', () => {
    expect(foldedCount(stretchesOf({ lines: numbered(40) }))).toBe(0)
  })

  it('is not folded where the request took the place of an earlier one that differs', () => {
    const html = renderToStaticMarkup(
      createElement(ParallelText, {
        contract: contractOf(numbered(120)),
        clock: openClock,
        isFoldable: false,
      }),
    )
    expect(html).not.toContain('folded')
  })

  it('keeps a line with a hidden or look-alike character in sight', () => {
    const lines = numbered(120)
    lines[60] = line('"safe\u202e"')
    lines[90] = line('"p\u0430yroll"')
    const inSight = stretchesOf({ lines }).flatMap((one) => (one.isFolded ? [] : one.lines))
    expect(inSight).toContain(lines[60])
    expect(inSight).toContain(lines[90])
  })

  it('keeps each line with a reading of its own in sight, and loses none', () => {
    const anyLine = fc.record({
      text: fc.constantFrom('a', 'b', '\u202e', 'p\u0430y'),
      reading: fc.constantFrom('Bound', 'Bound', 'Bound', 'Bound', 'Bound', 'Another'),
    })
    fc.assert(
      fc.property(fc.array(anyLine, { maxLength: 200 }), (all) => {
        const lines = all.map(({ text, reading }) => line(text, reading))
        const stretches = stretchesOf({ lines })
        expect(stretches.flatMap((one) => one.lines)).toEqual(lines)
        let at = 1
        for (const one of stretches) {
          expect(one.from).toBe(at)
          at += one.lines.length
          if (!one.isFolded) continue
          expect(new Set(one.lines.map(({ reading }) => String(reading))).size).toBe(1)
          expect(String(lines[one.from - 2]?.reading)).toBe(String(one.lines[0]?.reading))
        }
      }),
    )
  })
})
