import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasHidden, reveal, revealText } from './reveal'

describe('text that a caller sent is shown as it is hashed', () => {
  it.each([
    ['right-to-left override', 'pay\u202e00.5', 'pay\\u202e00.5'],
    ['zero-width space', 'deploy\u200b.production', 'deploy\\u200b.production'],
    ['word joiner', 'a\u2060b', 'a\\u2060b'],
    ['no-break space', 'EUR\u00a05', 'EUR\\u00a05'],
    ['control', 'a\u0007b', 'a\\u0007b'],
    ['carriage return', 'a\rb', 'a\\u000db'],
    ['tag character', 'a\u{e0041}', 'a\\udb40\\udc41'],
    ['script g', 'Kestrel Frei\u0261ht', 'Kestrel Frei\\u0261ht'],
    ['Cyrillic а in a Latin word', 'p\u0430ypal', 'p\\u0430ypal'],
    ['mathematical letter', '\u{1d41a}dmin', '\\ud835\\udc1admin'],
    ['full-width letter', '\uff21dmin', '\\uff21dmin'],
    ['hangul filler', 'a\u3164b', 'a\\u3164b'],
  ])('%s becomes a visible escape', (_name, sent, shown) => {
    expect(revealText(sent)).toBe(shown)
    expect(hasHidden(sent)).toBe(true)
  })

  it.each([
    'Deploy release 2026.03.14 to production',
    'Grant role admin to Tomás Rey in billing',
    'Łukasz Żak, “quoted”, 0.2 % … EUR 48,200.00 €',
    'Выпуск 12 готов',
    'two\nlines',
    '東京 に デプロイ',
  ])('ordinary text stays: %s', (text) => {
    expect(reveal(text)).toEqual([{ text, isEscape: false }])
  })

  it('nothing is dropped and nothing plain is changed', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const back = reveal(text)
          .map((run) => (run.isEscape ? JSON.parse(`"${run.text}"`) : run.text))
          .join('')
        expect(back).toBe(text)
      }),
    )
  })
})
