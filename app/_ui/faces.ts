import { preload } from 'react-dom'

/** The two faces of every first screen. The bundler turns each into the address that faces.css also gets. */
const firstFaces = [
  new URL('../../node_modules/geist/dist/fonts/geist-sans/Geist-Variable.woff2', import.meta.url),
  new URL(
    '../../node_modules/@fontsource-variable/source-serif-4/files/source-serif-4-latin-opsz-normal.woff2',
    import.meta.url,
  ),
]

/** Asks the browser for them before it has read the style sheet, so that words do not change face while read. */
export function preloadFaces(): void {
  for (const face of firstFaces) {
    preload(face.pathname, { as: 'font', type: 'font/woff2', crossOrigin: 'anonymous' })
  }
}
