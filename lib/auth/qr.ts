import qrcode from 'qrcode-generator'

/** A QR code (ISO/IEC 18004) to draw as one SVG path: `<svg viewBox="0 0 {size} {size}"><path d="{path}"/></svg>`. */
export interface QrDrawing {
  /** Modules a side, with the quiet zone of four that readers need. */
  size: number
  path: string
}

const QUIET = 4

/** Drawn on the server, so that the secret inside is sent to no script and no other site. */
export function drawQr(text: string): QrDrawing {
  const code = qrcode(0, 'M')
  code.addData(text, 'Byte')
  code.make()
  const count = code.getModuleCount()
  let path = ''
  for (let row = 0; row < count; row++) {
    for (let column = 0; column < count; column++) {
      if (code.isDark(row, column)) path += `M${column + QUIET} ${row + QUIET}h1v1h-1z`
    }
  }
  return { size: count + 2 * QUIET, path }
}
