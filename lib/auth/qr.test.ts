import { expect, test } from 'vitest'
import { drawQr } from './qr'

test('a QR code is drawn inside its quiet zone, with its three finders', () => {
  const { size, path } = drawQr('otpauth://totp/Osterby:mara?secret=GEZDGNBVGY3TQOJQ')
  const dark = new Set([...path.matchAll(/M(\d+) (\d+)h1v1h-1z/g)].map(([, x, y]) => `${x} ${y}`))
  expect(path.replaceAll(/M\d+ \d+h1v1h-1z/g, '')).toBe('')
  const last = size - 5
  for (const [x, y] of [
    [4, 4],
    [last, 4],
    [4, last],
  ]) {
    expect(dark.has(`${x} ${y}`)).toBe(true)
  }
  for (const place of dark) {
    const [x = 0, y = 0] = place.split(' ').map(Number)
    expect(Math.min(x, y)).toBeGreaterThanOrEqual(4)
    expect(Math.max(x, y)).toBeLessThanOrEqual(last)
  }
})
