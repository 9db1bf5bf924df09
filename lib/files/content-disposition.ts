/** What a value of RFC 8187 holds as it is (attr-char); everything else is percent-encoded UTF-8. */
const NOT_ATTR_CHAR = /['()*]/g

/**
 * "Save this as …" (RFC 6266): a name in ASCII for old readers, and the name itself (RFC 8187). Neither can leave its place:
 * quotes, backslashes, percent signs and controls are replaced or encoded.
 */
export function contentDisposition(name: string): string {
  const ascii = name.replace(/[^\x20-\x7e]|["\\%]/gu, '_')
  const encoded = encodeURIComponent(name).replace(
    NOT_ATTR_CHAR,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  )
  return `attachment; filename="${ascii}"; filename*=UTF-8''${encoded}`
}
