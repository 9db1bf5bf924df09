import type { RefusalCode } from '../refusals'
import { ok, type Result, refuse } from '../result'
import type { GrantState, TicketCommand, TicketState } from './types'

export type CommandKind = TicketCommand['kind']

/** What one state takes. Every other command is refused by `code` (or its own of `codes`), with the sentence. */
export type LegalRow = {
  legal: readonly CommandKind[]
  code: RefusalCode
  codes?: Partial<Record<CommandKind, RefusalCode>>
  /** Tells people and agents the state; no two states read the same. */
  sentence: string
}

/** Where a request stands, as far as legality goes. */
export type Place = { state: TicketState; grant: { state: GrantState } | null }

/** Commands that look at the grant once there is one. */
const GRANT_COMMANDS: readonly CommandKind[] = [
  'collect',
  'redeem',
  'report',
  'revoke',
  'lapse',
  'supersede',
]

export const COMMAND_KINDS: readonly CommandKind[] = [
  'vote',
  'withdraw_vote',
  'add_evidence',
  'withdraw_evidence',
  'reject_evidence',
  'evaluate',
  'cancel',
  ...GRANT_COMMANDS,
]

/**
 * The one table of what is legal when. `transition` obeys it, buttons and docs read it. A state says only what may be
 * tried: who may do it, by when and with what proof is `transition`'s to say.
 */
export const LEGAL: {
  readonly ticket: Readonly<Record<TicketState, LegalRow>>
  readonly grant: Readonly<Record<GrantState, LegalRow>>
} = {
  ticket: {
    open: {
      legal: [
        'vote',
        'withdraw_vote',
        'add_evidence',
        'withdraw_evidence',
        'reject_evidence',
        'evaluate',
        'cancel',
        'supersede',
      ],
      code: 'not_ready',
      codes: { redeem: 'unknown' },
      sentence: 'The request is still held and was not released, so there is no token.',
    },
    released: closed('The request was already released.', { vote: 'already_decided' }),
    rejected: closed('The request was rejected by an approver.', { vote: 'already_decided' }),
    denied: closed('The request was denied by policy. Nobody voted it down.'),
    expired: {
      ...closed('The request expired: nobody settled it before its deadline. Nobody rejected it.'),
      code: 'ticket_expired',
    },
    cancelled: closed('The request was cancelled from its own side. Nobody rejected it.'),
    superseded: closed('The request was superseded: a newer one of its caller took its place.'),
  },
  grant: {
    ready: {
      legal: ['collect', 'revoke', 'lapse', 'supersede'],
      code: 'not_ready',
      codes: { redeem: 'unknown' },
      sentence: 'The request is released, but no token was collected yet.',
    },
    collected: {
      legal: ['collect', 'redeem', 'revoke', 'lapse', 'supersede'],
      code: 'not_ready',
      sentence: 'The token was collected, but not redeemed yet.',
    },
    redeemed: {
      // Redeem is legal only as the replay of the redemption that happened.
      legal: ['redeem', 'report'],
      code: 'already_redeemed',
      codes: { supersede: 'ticket_closed' },
      sentence: 'The token was already redeemed. It cannot be taken back.',
    },
    reported: {
      // Report is legal again because an unknown outcome may become known.
      legal: ['report'],
      code: 'already_redeemed',
      codes: { supersede: 'ticket_closed' },
      sentence: 'The token was already redeemed and its outcome reported.',
    },
    lapsed: ended('grant_lapsed', 'The grant lapsed before its token was redeemed. Nothing ran.'),
    revoked: ended('grant_revoked', 'The grant was revoked before its token was redeemed.'),
    burnt: ended('grant_burnt', 'The grant was burnt: a redemption was refused for good.'),
  },
}

/** Whether a command may be tried here: ok, or the refusal that tells the state. Total over states and commands. */
export function legality(place: Place, kind: CommandKind): Result<undefined> {
  const row = rowFor(place, kind)
  if (row.legal.includes(kind)) return ok()
  return refuse(row.codes?.[kind] ?? row.code, { detail: row.sentence })
}

/** What may be tried here, for buttons. */
export function legalCommands(place: Place): CommandKind[] {
  return COMMAND_KINDS.filter((kind) => legality(place, kind).ok)
}

/** A grant speaks only for a released request: beside any other state it would be a fault, and is not looked at. */
function rowFor({ state, grant }: Place, kind: CommandKind): LegalRow {
  const isAboutGrant = state === 'released' && grant !== null && GRANT_COMMANDS.includes(kind)
  return isAboutGrant ? LEGAL.grant[grant.state] : LEGAL.ticket[state]
}

function closed(sentence: string, codes: LegalRow['codes'] = {}): LegalRow {
  return { legal: [], code: 'ticket_closed', codes: { redeem: 'unknown', ...codes }, sentence }
}

function ended(code: RefusalCode, sentence: string): LegalRow {
  return { legal: [], code, sentence }
}
