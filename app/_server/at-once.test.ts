import { describe, expect, it } from 'vitest'
import { placesAtOnce } from './at-once'

describe('places at once', () => {
  it('are as many as were said, and one that is left is free again', () => {
    const enter = placesAtOnce(2)
    const [first, second] = [enter('prs_1'), enter('prs_1')]
    expect([first, second]).toEqual([expect.any(Function), expect.any(Function)])
    expect(enter('prs_1')).toBeNull()
    first?.()
    expect(enter('prs_1')).not.toBeNull()
    expect(enter('prs_1')).toBeNull()
  })

  it('are each person’s own', () => {
    const enter = placesAtOnce(1)
    expect(enter('prs_1')).not.toBeNull()
    expect(enter('prs_1')).toBeNull()
    expect(enter('prs_2')).not.toBeNull()
  })

  it('are left once, however often that is said', () => {
    const enter = placesAtOnce(1)
    const first = enter('prs_1')
    first?.()
    first?.()
    const second = enter('prs_1')
    expect(second).not.toBeNull()
    first?.()
    expect(enter('prs_1')).toBeNull()
  })
})
