import fc from 'fast-check'
import { expect, test } from 'vitest'
import { visible, visibleText } from './visible'

const flagged = (text: string) =>
  visible(text)
    .segments.filter(({ kind }) => kind === 'lookalike')
    .map((segment) => segment.text)

test('a bidi override is shown as a visible escape and never reaches the eye', () => {
  expect(visible('pay \u202etxt.exe')).toEqual({
    segments: [
      { text: 'pay ', kind: 'plain' },
      { text: '⟨U+202E⟩', kind: 'escaped' },
      { text: 'txt.exe', kind: 'plain' },
    ],
    isPlain: false,
  })
})

test.each([
  ['zero width space', '\u200b', '⟨U+200B⟩'],
  ['zero width joiner', '\u200d', '⟨U+200D⟩'],
  ['byte order mark', '\ufeff', '⟨U+FEFF⟩'],
  ['right-to-left isolate', '\u2067', '⟨U+2067⟩'],
  ['soft hyphen', '\u00ad', '⟨U+00AD⟩'],
  ['null', '\0', '⟨U+0000⟩'],
  ['escape', '\x1b', '⟨U+001B⟩'],
  ['delete', '\x7f', '⟨U+007F⟩'],
  ['next line', '\u0085', '⟨U+0085⟩'],
  ['tab', '\t', '⟨U+0009⟩'],
  ['line feed', '\n', '⟨U+000A⟩'],
  ['line separator', '\u2028', '⟨U+2028⟩'],
  ['no-break space', '\u00a0', '⟨U+00A0⟩'],
  ['ideographic space', '\u3000', '⟨U+3000⟩'],
  ['Hangul filler', '\u3164', '⟨U+3164⟩'],
  ['Braille blank', '\u2800', '⟨U+2800⟩'],
  ['variation selector', '\ufe0f', '⟨U+FE0F⟩'],
  ['tag letter', '\u{e0041}', '⟨U+E0041⟩'],
  ['private use', '\ue000', '⟨U+E000⟩'],
  ['lone surrogate', '\ud800', '⟨U+D800⟩'],
])('%s is escaped', (_, character, shown) => {
  expect(visible(`a${character}b`).segments).toEqual([
    { text: 'a', kind: 'plain' },
    { text: shown, kind: 'escaped' },
    { text: 'b', kind: 'plain' },
  ])
  expect(visibleText(`a${character}b`)).toBe(`a${shown}b`)
})

test('line feeds stay only where asked for', () => {
  expect(visibleText('a\nb', { keepLines: true })).toBe('a\nb')
  expect(visibleText('a\r\nb', { keepLines: true })).toBe('a⟨U+000D⟩\nb')
})

test.each([
  'Deploy release 2026.03.14 to production',
  'Überweisung an Jürgen Groß, 12 €, Straße 5',
  'Déployer à Montréal',
  'Оплатить счёт для Ивана и закрыть заявку',
  'Πληρωμή λογαριασμού',
  '本番環境へデプロイする release 3',
  '프로덕션 배포 v2',
  'Işık ve ılık, çünkü güneş',
  'שלום עולם',
  'x² + ½, №5, ™, π ≈ 3.14',
])('ordinary text is left alone: %s', (text) => {
  expect(visible(text)).toEqual({ segments: [{ text, kind: 'plain' }], isPlain: true })
})

test('a Cyrillic letter in a Latin word is flagged, alone', () => {
  const a = '\u0430'
  expect(visible(`p${a}yroll paid`).segments).toEqual([
    { text: 'p', kind: 'plain' },
    { text: a, kind: 'lookalike' },
    { text: 'yroll paid', kind: 'plain' },
  ])
})

test('a word made only of twins of Latin letters is flagged', () => {
  const ceo = '\u0441\u0435\u043e'
  expect(flagged(`pay ${ceo} now`)).toEqual([ceo])
  // The same letters in a Russian text are Russian.
  expect(flagged(`платит ${ceo} завтра`)).toEqual([])
})

test.each([
  ['Greek omicron', 'l\u03bfgin', '\u03bf'],
  ['full-width letters', '\uff50\uff41\uff59', '\uff50\uff41\uff59'],
  ['mathematical letters', '\u{1d429}\u{1d41a}y', '\u{1d429}\u{1d41a}'],
  ['full-width digit', '1\uff10', '\uff10'],
  ['dotless i', 'adm\u0131n', '\u0131'],
  ['Latin alpha', 'p\u0251y', '\u0251'],
  ['division slash', 'bank.example\u2215login', '\u2215'],
  ['one dot leader', 'bank\u2024example', '\u2024'],
  ['Greek question mark', 'a\u037eb', '\u037e'],
  ['Roman numeral', '\u2160\u2161', '\u2160\u2161'],
  ['Cherokee', '\u13e2ay', '\u13e2'],
  ['Armenian', 'g\u0585ld', '\u0585'],
])('%s is flagged', (_, text, expected) => {
  expect(flagged(text)).toEqual([expected])
})

test('marks cannot be stacked over the lines above, nor put on what stands before the text', () => {
  expect(visibleText('\u0301a')).toBe('⟨U+0301⟩a')
  expect(visibleText('e\u0301')).toBe('e\u0301')
  expect(visibleText(`a${'\u0300'.repeat(6)}`)).toBe(`a${'\u0300'.repeat(4)}⟨U+0300⟩⟨U+0300⟩`)
  expect(visibleText('a\u200b\u0301')).toBe('a⟨U+200B⟩⟨U+0301⟩')
  expect(visibleText('a\n\u0301', { keepLines: true })).toBe('a\n⟨U+0301⟩')
})

test('an escape that the caller typed is told from one of ours', () => {
  expect(visible('⟨U+202E⟩').segments).toEqual([{ text: '⟨U+202E⟩', kind: 'plain' }])
})

test('nothing is lost: read back, the segments are the text that was given', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      const back = visible(text).segments.map((segment) =>
        segment.kind === 'escaped'
          ? segment.text.replace(/⟨U\+([0-9A-F]+)⟩/g, (_, hex: string) =>
              String.fromCodePoint(Number.parseInt(hex, 16)),
            )
          : segment.text,
      )
      expect(back.join('')).toBe(text)
    }),
  )
})

test('what is shown holds no control, format or separator character', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(visibleText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u)
    }),
  )
})

test('printable ASCII is always plain', () => {
  const ascii = fc.string({
    unit: fc.integer({ min: 32, max: 126 }).map((n) => String.fromCharCode(n)),
  })
  fc.assert(fc.property(ascii, (text) => visible(text).isPlain && visibleText(text) === text))
})

// No clock: anything quadratic would run into the test's time limit by far.
test('a long hostile text takes linear time', () => {
  for (const letter of ['\u0131', 'a\u0430', '\u0301']) {
    expect(visible(letter.repeat(100_000)).isPlain).toBe(false)
  }
})
