import type { AccountView } from '#lib/wire/views/account'
import { Icon } from '../../_ui/icon'
import { Ordered } from '../../_ui/list'
import { Section } from '../../_ui/section'

interface Step {
  title: string
  text: string
  word: string
  isMet: boolean
}

/** For whoever cannot vote yet: what makes them able to, in order. Gone once it is all done. */
export function FirstSteps({ account }: { account: AccountView }) {
  const { factors, recovery, isRecovery } = account
  if (isRecovery) return null
  const isConfirmed = factors.some(({ standing }) => standing.kind === 'confirmed')
  if (isConfirmed && recovery.madeAt !== null) return null
  return (
    <Section
      id="first-steps"
      isPrinted={false}
      title="First steps"
      note="Until a factor of yours is confirmed you can read and reject, and not approve."
    >
      <Ordered className="factors first-steps">
        {stepsOf(account, isConfirmed).map(({ title, text, word, isMet }) => (
          <li key={title} className={isMet ? 'met' : 'missing'}>
            <Icon name={isMet ? 'box-met' : 'box'} className="box" />
            <div className="what">
              <strong>{title}</strong>
              <span>{text}</span>
            </div>
            <div className="from">
              <span className="word">{word}</span>
            </div>
          </li>
        ))}
      </Ordered>
    </Section>
  )
}

function stepsOf({ factors }: AccountView, isConfirmed: boolean): Step[] {
  const hasFactor = factors.length > 0
  return [
    {
      title: 'A passkey',
      text: 'Your phone, laptop or security key: it signs in and signs votes.',
      word: wordOf(hasFactor, true),
      isMet: hasFactor,
    },
    {
      title: 'A second person who confirms it',
      text: isConfirmed
        ? 'It votes on tickets that open after that.'
        : confirmersText(factors[0]?.standing),
      word: wordOf(isConfirmed, false),
      isMet: isConfirmed,
    },
    {
      title: 'Recovery codes',
      text: 'Paper for the day you lose it: each signs in once, and votes never.',
      word: isConfirmed ? 'For you to do' : 'After that',
      isMet: false,
    },
  ]
}

function wordOf(isMet: boolean, isMine: boolean): string {
  if (isMet) return 'Done'
  return isMine ? 'For you to do' : 'Waits'
}

function confirmersText(standing: AccountView['factors'][number]['standing'] | undefined): string {
  if (standing?.kind !== 'waits') return 'A second person does it, so that nobody arms themselves.'
  if (standing.mayConfirmAlone) return 'Nobody else here has a factor yet: you confirm it yourself.'
  return standing.confirmers === ''
    ? 'Nobody here can do it yet. Ask an admin.'
    : `${standing.confirmers} can do it: tell one of them in person or by voice.`
}
