import { isJsonObject } from '#lib/core/contract/json'
import { fitsWhole } from '#lib/wire/slack/budget'
import type { ReadableView, SlackEvidenceView } from '#lib/wire/views/slack'
import { evidenceViews } from '../ticket/evidence-view'
import type { TicketPicture } from '../ticket/load-ticket'
import { readableContract, readableJson } from './readable'

/** More evidence than this is read in the console. */
const MOST_EVIDENCE = 5

/** The evidence that a vote is bound to, whole. */
export function evidenceRead(picture: TicketPicture): SlackEvidenceView[] {
  const bodies = new Map(picture.bodies.map(({ id, body }) => [id, body]))
  return evidenceViews(picture)
    .filter(({ state }) => state === 'provided')
    .map(({ id, type, label, authorName, providedAt }) => {
      const body = bodies.get(id) ?? null
      const text = isJsonObject(body) ? readableJson(body) : null
      const isFile = type === 'attachment'
      return {
        id,
        label,
        authorName,
        at: providedAt,
        text,
        ...(isFile && { isFile: true as const }),
      }
    })
}

/** The contract in lines, and whether it and the evidence can be read whole in one modal. */
export function readableOf(picture: TicketPicture): ReadableView {
  const text = readableContract(picture.contract)
  const evidence = evidenceRead(picture)
  const texts = [text, ...evidence.map((one) => one.text ?? '')]
  // A file is more than its name and hash: a vote with one on file is cast where it can be opened.
  const isReadable = evidence.every((one) => one.text !== null && !one.isFile)
  return { text, isWhole: isReadable && evidence.length <= MOST_EVIDENCE && fitsWhole(texts) }
}
