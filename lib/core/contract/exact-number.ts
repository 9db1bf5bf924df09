/**
 * Reads a JSON number literal, if reading it changes nothing. JSON.parse folds `9007199254740993` to `…992` and
 * `10.000000000000000001` to `10`: people would sign another number than the runtime reads. `-0` is refused too, because both
 * ECMAScript and JCS write it as `0`. `1.0`, `1e2` and `0.1` survive: the double's shortest decimal has the same value as
 * the literal.
 * @returns undefined when the literal does not survive the round trip
 */
export function exactNumber(literal: string): number | undefined {
  const value = Number(literal)
  if (!Number.isFinite(value)) return undefined
  // The common case, without taking anything apart.
  if (String(value) === literal) return value
  return decimalOf(String(value)) === decimalOf(literal) ? value : undefined
}

/** One text for each decimal value: sign, digits without zeros at either end, power of ten. */
function decimalOf(literal: string): string {
  const negative = literal.startsWith('-')
  const [mantissa = '', exponent = '0'] = literal.slice(negative ? 1 : 0).split(/[eE]/)
  const [whole = '', fraction = ''] = mantissa.split('.')
  const digits = whole + fraction
  let first = 0
  while (digits[first] === '0') first++
  let end = digits.length
  while (end > first && digits[end - 1] === '0') end--
  if (first === end) return negative ? '-0' : '0'
  const power = Number(exponent) - fraction.length + (digits.length - end)
  return `${negative ? '-' : ''}${digits.slice(first, end)}e${power}`
}
