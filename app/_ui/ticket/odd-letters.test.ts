import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { hostileTicket } from '../../dev/gallery/sample-hostile'
import { openTicket, signView } from '../../dev/gallery/sample-ticket'
import { SignPage } from '../../sign/[id]/sign-page'
import { OddLetters } from './odd-letters'

const told = (texts: readonly string[]) => {
  const lines = texts.map((text) => ({
    indent: 1 as const,
    bytes: [{ text, isKey: false }],
    reading: ['Bound'],
  }))
  return renderToStaticMarkup(
    createElement(OddLetters, { contract: { ...openTicket.contract, lines } }),
  )
}

describe('characters that hide or pass for others', () => {
  it('are told with the line they stand in and what they are', () => {
    const html = told(['{', '"payee":"Kestrel"', '"p\u0430yroll"'])
    expect(html).toContain('Hidden or look-alike characters in line 3 of the contract.')
    expect(html).toContain('\\u0430')
  })

  it('are told for every line, the first ones by number', () => {
    expect(told(['\u202e', 'a', '\u200b'])).toContain('in lines 1 and 3 of')
    expect(told(Array(8).fill('\u202e'))).toContain('in lines 1, 2, 3, 4, 5 and 3 more of')
  })

  it('are not told of ordinary text in any language', () => {
    expect(told(['"Tom\u00e1s Rey"', '"Зимний выпуск"', '"発注 48,200.00"'])).toBe('')
  })

  it('are told on the page that asks one thing, where the bytes are folded', () => {
    const view = { ...signView, ticket: hostileTicket }
    const html = renderToStaticMarkup(createElement(SignPage, { view }))
    expect(html).toContain('Hidden or look-alike characters in line 12 of the contract.')
  })
})
