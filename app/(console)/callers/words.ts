import type { CallerKindView, KeyKindView } from '#lib/wire/views/callers'

export const KIND_WORDS: Record<CallerKindView, string> = { agent: 'Agent', ci_job: 'CI job' }

export const KEY_WORDS: Record<KeyKindView, { name: string; may: string }> = {
  agent: { name: 'Agent key', may: 'may ask' },
  runtime: { name: 'Runtime key', may: 'may run what was signed' },
  other: { name: 'Key', may: 'may do' },
}
