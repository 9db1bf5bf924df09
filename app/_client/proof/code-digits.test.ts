import { createElement } from 'react'
import { renderToStaticMarkup } from 'react-dom/server'
import { describe, expect, it } from 'vitest'
import { CodeField } from '../../_ui/field'
import { closedUp } from './code-digits'

describe('the field of a code', () => {
  it.each(['418203', '418 203', ' 418\u00a0203\n', '4 1 8 2 0 3'])(
    'reads %j as its six digits',
    (text) => {
      expect(closedUp(text)).toBe('418203')
    },
  )

  it('keeps a seventh digit and what is no digit, so that they can be told as errors', () => {
    expect(closedUp('418 2034')).toBe('4182034')
    expect(closedUp('418-203')).toBe('418-203')
  })

  it('takes a code with its space whole: nothing is cut before it is closed up', () => {
    const html = renderToStaticMarkup(createElement(CodeField, { id: 'code', label: 'Code' }))
    expect(html).toContain('autoComplete="one-time-code"')
    expect(html).not.toMatch(/maxlength/i)
  })
})
