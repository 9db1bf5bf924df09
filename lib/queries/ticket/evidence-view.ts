import { isJsonObject, type Json } from '#lib/core/contract/json'
import { attachment, EVIDENCE_LABELS, isEvidenceType } from '#lib/wire/evidence'
import { mediaTypeLabel, sizeText } from '#lib/wire/files'
import type { EvidenceBodyView, EvidenceView } from '#lib/wire/views/ticket'
import { mayApprove } from './checklist-view'
import type { EvidenceRecord, TicketPicture } from './load-ticket'

export function evidenceViews(picture: TicketPicture): EvidenceView[] {
  return picture.bodies.map((item) => evidenceView(picture, item))
}

function evidenceView(picture: TicketPicture, item: EvidenceRecord): EvidenceView {
  const isOpen = picture.ticket.state === 'open' && item.state === 'provided'
  const isPerson = item.authorKind === 'person'
  const isAuthor = isPerson && item.authorId === picture.viewerId
  return {
    id: item.id,
    type: item.type,
    label: isEvidenceType(item.type) ? EVIDENCE_LABELS[item.type] : item.type,
    state: item.state as EvidenceView['state'],
    authorName: isPerson ? picture.nameOf(item.authorId) : picture.rows.caller.name,
    authorKind: isPerson ? 'person' : 'caller',
    channel: channelView(item.channel),
    providedAt: item.at.toISOString(),
    sha256: item.sha256.replace('sha-256:', ''),
    body: bodyView(picture, item),
    ended:
      item.endedAt === null
        ? null
        : {
            byName: item.endedBy === 'system' ? null : picture.nameOf(item.endedBy ?? ''),
            at: item.endedAt.toISOString(),
            reason: item.endReason,
          },
    canWithdraw: isOpen && isAuthor,
    canReject: isOpen && !isAuthor && mayApprove(picture),
  }
}

export function channelView(channel: string): EvidenceView['channel'] {
  if (channel === 'slack' || channel === 'api') return channel
  return 'console'
}

function bodyView(picture: TicketPicture, item: EvidenceRecord): EvidenceBodyView {
  const { body } = item
  if (!isJsonObject(body)) return erasedView(picture, item)
  if (item.type === 'attachment') return attachmentView(picture, item)
  if (item.type !== 'rollback_plan') {
    const fields = Object.entries(body).map(([name, value]) => ({
      label: name.replaceAll('_', ' '),
      value: text(value),
    }))
    return { kind: 'fields', fields }
  }
  return {
    kind: 'rollback_plan',
    steps: Array.isArray(body['steps']) ? body['steps'].map(text) : [],
    ownerName: text(body['owner'] ?? ''),
    estimatedMinutes: Number(body['estimated_minutes'] ?? 0),
    previousVersion: text(body['previous_version'] ?? ''),
    tested: body['tested'] === true,
  }
}

function attachmentView({ ticket }: TicketPicture, { id, body }: EvidenceRecord): EvidenceBodyView {
  const file = attachment.parse(body)
  return {
    kind: 'attachment',
    name: file.name,
    typeLabel: mediaTypeLabel(file.media_type),
    size: sizeText(file.size_bytes),
    fileSha256: file.sha256,
    description: file.description ?? null,
    href: `/tickets/${ticket.requestId}/files/${id}`,
  }
}

function erasedView({ events }: TicketPicture, { id }: EvidenceRecord): EvidenceBodyView {
  const entry = events.find(
    ({ type, body }) => type === 'evidence.erased' && body['evidence_id'] === id,
  )
  const reason = entry?.body['reason']
  return {
    kind: 'erased',
    erasedAt: entry?.at.toISOString() ?? null,
    reason: typeof reason === 'string' ? reason : null,
  }
}

function text(value: Json): string {
  if (typeof value === 'string') return value
  return Array.isArray(value) ? value.map(text).join(', ') : JSON.stringify(value)
}
