'use client'

import { useEffect, useRef, useState } from 'react'
import type { ProofWays } from '#lib/wire/views/common'
import type { DifferenceView } from '#lib/wire/views/history'
import { ProveForm } from '../../_client/proof/prove-form'
import { useProved } from '../../_client/proof/use-proved'
import { useTold } from '../../_client/use-told'
import { Button } from '../../_ui/button'
import { ChangedNotice } from '../../_ui/changed-notice'
import { AreaField } from '../../_ui/field'
import { Unordered } from '../../_ui/list'
import { Notice } from '../../_ui/notice'
import { checkProposal, type PolicyProposed, type PolicyRefused, proposePolicy } from './actions'
import { PolicyDifference } from './policy-difference'

/** What was checked: exactly this text, so what is typed after it is not proposed. */
interface Checked {
  source: string
  difference: DifferenceView
}

/** A new version: written, checked, its difference read, and then proposed with a factor. */
export function ProposePolicy({
  current,
  ways,
}: {
  current: { version: string; source: string }
  ways: ProofWays
}) {
  // Of the version that was there when the page opened: what is typed was made from that one.
  const [{ version, source: before }] = useState(current)
  const [source, setSource] = useState(before)
  const [checked, setChecked] = useState<Checked | null>(null)
  const [proposed, setProposed] = useState<Extract<PolicyProposed, { ok: true }> | null>(null)
  const [refused, setRefused] = useState<PolicyRefused | null>(null)
  const [told, check, isChecking] = useTold(async () => {
    setProposed(null)
    setChecked(null)
    setRefused(null)
    const answer = await checkProposal({ kind: 'policy.publish', source, replaces: version })
    if (answer.ok) setChecked({ source, difference: answer.value })
    else setRefused(answer)
    return null
  })
  const isSame = checked?.difference.kind === 'none'
  return (
    <div className="stack">
      <form
        className="form"
        noValidate
        action={() => {
          check()
        }}
      >
        <AreaField
          id="policy-source"
          label="The next version"
          hint={`Made from ${version}.`}
          isBytes
          rows={24}
          spellCheck={false}
          autoComplete="off"
          value={source}
          onChange={({ target }) => setSource(target.value)}
        />
        <div className="acts">
          <Button type="submit" isBusy={isChecking}>
            Check and compare
          </Button>
        </div>
      </form>
      {!isChecking && <Problems refused={told?.ok === false ? told : refused} />}
      {checked && checked.source === source && (
        <>
          <PolicyDifference
            difference={checked.difference}
            caption={`What changes in ${version}`}
          />
          {!isSame && !proposed && (
            <Propose
              change={{ kind: 'policy.publish', source, replaces: version }}
              ways={ways}
              onDone={setProposed}
            />
          )}
        </>
      )}
      <ChangedNotice changed={proposed} />
    </div>
  )
}

function Propose({
  change,
  ways,
  onDone,
}: {
  change: { kind: 'policy.publish'; source: string; replaces: string }
  ways: ProofWays
  onDone: (done: Extract<PolicyProposed, { ok: true }>) => void
}) {
  const proved = useProved({ action: 'change', change }, async (proof) => {
    const done = await proposePolicy({ change, proof })
    if (!done.ok) return done
    onDone(done)
    return null
  })
  return <ProveForm id="propose" verb="Propose it" ways={ways} proved={proved} />
}

/** Every place that is wrong, by its line; the first of them is read out. */
function Problems({ refused }: { refused: PolicyRefused | null }) {
  const notice = useRef<HTMLDivElement>(null)
  useEffect(() => {
    if (refused) notice.current?.focus()
  }, [refused])
  if (!refused) return null
  const { title, text, problems } = refused
  return (
    <div ref={notice} tabIndex={-1} className="stack">
      <Notice tone="stop" role="alert" isCompact isStacked lead={`${title}.`}>
        {text}
      </Notice>
      {problems && (
        <Unordered className="problems">
          {problems.map((problem) => (
            <li key={problem}>{problem}</li>
          ))}
        </Unordered>
      )}
    </div>
  )
}
