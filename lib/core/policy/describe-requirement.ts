import { formatDuration } from '../durations'
import { eligibleVoters, peopleBehind } from '../ticket/eligibility'
import { unreachable } from '../unreachable'
import {
  approverWords,
  capitalised,
  listed,
  type Names,
  numberWord,
  plainName,
  timeWords,
} from './plain-words'
import type { Calendar, Facts, Requirement, RequirementStatus } from './types'

/** Who reads the checklist, and of what. */
export interface Reader extends Names {
  organisation: string
  facts: Pick<Facts, 'requesters' | 'caller' | 'directory'>
  /** The reader's own id, so that they read "You"; null on a card that many read. */
  viewer: string | null
  calendars: Readonly<Record<string, Pick<Calendar, 'label' | 'zone'>>>
}

/** One line of the checklist in words. None of them is the caller's. */
export interface RequirementWords {
  /** "Approval by one release manager" */
  title: string
  /** "Not Jonas Weber, who is behind the request" */
  sub: string
  /** Who can give it, then where: "You, Tomás Rey or Aiko Mori", "In the console or in Slack". */
  from: string[]
}

type Of<Kind extends Requirement['kind']> = Extract<Requirement, { kind: Kind }>

/** More names than this are counted, not listed. */
const MAX_NAMES = 5

/** A requirement as the console and Slack list it. The name of a precondition is left out: it is the caller's text. */
export function describeRequirement(status: RequirementStatus, reader: Reader): RequirementWords {
  const { requirement } = status
  switch (requirement.kind) {
    case 'approval':
      return describeApproval(requirement, status, reader)
    case 'mfa':
      return {
        title: 'Second factor with that approval',
        sub:
          requirement.level === 'any'
            ? 'Passkey, or a 6-digit code'
            : 'Passkey only, a code is not enough',
        from: ['Whoever approves, in the same step'],
      }
    case 'evidence':
      return describeEvidence(requirement, status, reader)
    case 'change_window':
      return describeWindow(requirement, status, reader)
    case 'precondition':
      return {
        title: 'Precondition',
        sub: 'Compared with what the runtime observes',
        from: ['When it is redeemed'],
      }
    case 'decision_point':
      return describeDecisionPoint(requirement, status, reader)
    default:
      return unreachable(requirement)
  }
}

function describeApproval(
  approval: Of<'approval'>,
  { progress }: RequirementStatus,
  reader: Reader,
): RequirementWords {
  const behind = peopleBehind(reader.facts).map((person) => nameOf(person, reader))
  const not = `Not ${listed(behind, 'or')}, who ${behind.length === 1 ? 'is' : 'are'} behind the request`
  const given =
    progress !== undefined && progress.needed > 1
      ? [`${givenWord(progress.counted)} of ${numberWord(progress.needed)} given`]
      : []
  const voters = eligibleVoters(approval, reader.facts, reader.now)
  return {
    title: `Approval by ${approverWords(approval.tree, reader)}`,
    sub: [...given, ...(behind.length > 0 ? [not] : [])].join('. '),
    from: [votersWords(voters, reader), placeWords(approval)],
  }
}

function givenWord(count: number): string {
  return count === 0 ? 'None' : capitalised(numberWord(count))
}

function votersWords(voters: readonly string[], reader: Reader): string {
  if (voters.length === 0) return 'Nobody can give it now'
  const names = voters
    .filter((person) => person !== reader.viewer)
    .map((person) => nameOf(person, reader))
    .sort((a, b) => a.localeCompare(b, 'en'))
  const all = voters.length > names.length ? ['You', ...names] : names
  const rest = all.length - MAX_NAMES
  return rest < 1 ? listed(all, 'or') : listed([...all.slice(0, MAX_NAMES), `${rest} more`], 'or')
}

function nameOf(person: string, { facts, viewer }: Reader): string {
  if (person === viewer) return 'you'
  const { people } = facts.directory
  return (Object.hasOwn(people, person) ? people[person]?.name : undefined) ?? 'somebody unknown'
}

/** Where the vote itself is cast. Without a code in Slack its button only leads to the console. */
function placeWords({ via, mfa, slack_totp }: Of<'approval'>): string {
  if (mfa === 'phishing_resistant') return 'In the console, with a passkey'
  const inSlack = via.includes('slack') && (mfa === 'none' || slack_totp)
  return inSlack ? 'In the console or in Slack' : 'In the console'
}

function describeEvidence(
  { type, from, max_age_ms }: Of<'evidence'>,
  { state }: RequirementStatus,
  { organisation }: Reader,
): RequirementWords {
  const standing = {
    missing: 'None is on file',
    to_confirm: 'On file. It counts once an approver has reviewed it',
    met: 'On file',
    waiting: 'None is on file',
    at_redeem: 'None is on file',
  }[state]
  const age = max_age_ms === null ? '' : `. Not older than ${formatDuration(max_age_ms)}`
  return {
    title: capitalised(plainName(type)),
    sub: `${standing}${age}`,
    from: [
      from === 'human'
        ? `Any person at ${organisation}, not a caller`
        : `Any person at ${organisation}, or the caller`,
    ],
  }
}

function describeWindow(
  { calendar }: Of<'change_window'>,
  { state, opensAt, shutsAt }: RequirementStatus,
  reader: Reader,
): RequirementWords {
  const known = Object.hasOwn(reader.calendars, calendar) ? reader.calendars[calendar] : undefined
  const time = (at: number) => timeWords(at, reader)
  const open = shutsAt === undefined ? 'Open' : `Open until ${time(shutsAt)}`
  const shut =
    opensAt === undefined ? 'Shut, and it is not known until when' : `Opens ${time(opensAt)}`
  return {
    title: `Change window, ${plainName(calendar)}`,
    sub:
      known === undefined
        ? 'The policy in force has no such calendar'
        : `${known.label}, ${known.zone}`,
    from: [state === 'met' ? open : shut],
  }
}

function describeDecisionPoint(
  { name }: Of<'decision_point'>,
  { state, opensAt }: RequirementStatus,
  reader: Reader,
): RequirementWords {
  const answers = { met: 'It allows this', missing: 'It does not allow this' }
  const isAnswered = state === 'met' || state === 'missing'
  return {
    title: `Answer of ${name}`,
    sub: isAnswered ? answers[state] : 'No answer that counts',
    from: opensAt === undefined ? [] : [`Asked again ${timeWords(opensAt, reader)}`],
  }
}
