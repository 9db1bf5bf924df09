import { z } from 'zod'

const LONE_SURROGATE = /[\ud800-\udfff]/u

/** Text that can be kept: PostgreSQL holds neither U+0000 nor half of a surrogate pair, in text and in JSON alike. */
export const storableText = z
  .string()
  .refine((text) => !text.includes('\0'), 'The character U+0000 cannot be stored.')
  .refine((text) => !LONE_SURROGATE.test(text), 'Half of a character cannot be stored.')
