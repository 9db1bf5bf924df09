import { Icon, type IconName } from './icon'

export type TagKind = 'claim' | 'claims' | 'registered' | 'recorded'

const looks: Record<TagKind, { tone: string; icon: IconName }> = {
  claim: { tone: 'claimed', icon: 'quote' },
  claims: { tone: 'claimed', icon: 'quote' },
  registered: { tone: 'recorded', icon: 'pen' },
  recorded: { tone: 'recorded', icon: 'pen' },
}

/** Where a statement comes from. Grey on purpose: a claim is not a state. */
export function Tag({ kind }: { kind: TagKind }) {
  const { tone, icon } = looks[kind]
  return (
    <span className={`tag ${tone}`}>
      <Icon name={icon} />
      {kind}
    </span>
  )
}
