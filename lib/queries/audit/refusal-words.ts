import { isRefusalCode, refusalEntry } from '#lib/core/refusals'

/** A refusal's title in running text; null for what is no refusal. */
export function refusalWords(code: unknown): string | null {
  if (typeof code !== 'string' || !isRefusalCode(code)) return null
  const { title } = refusalEntry(code)
  return title.charAt(0).toLowerCase() + title.slice(1)
}
