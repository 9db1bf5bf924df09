import type { Clock } from '#lib/wire/clock'
import type { ProofWays } from '#lib/wire/views/common'
import type { KeyStanding, SigningKeysView, SigningKeyView } from '#lib/wire/views/settings'
import { Time } from '../../_ui/time'
import { RotateKey } from './rotate-key'

const TITLES: Record<SigningKeysView['purpose'], string> = {
  allow_token: 'Allow tokens',
  checkpoint: 'Checkpoints of the audit log',
}

const STANDINGS: Record<KeyStanding, string> = {
  in_use: 'In use',
  next: 'Published, signs soon',
  published: 'Published, signs no more',
  retired: 'Retired',
}

/** The keys of one purpose, newest first, and the way to a new one. */
export function Keys({
  keys: { purpose, keys, isUnderWay },
  ways,
  clock,
}: {
  keys: SigningKeysView
  ways: ProofWays
  clock: Clock
}) {
  const title = TITLES[purpose]
  return (
    <div className="stack">
      <table className="table cards settings-table">
        <caption className="settings-caption">{title}</caption>
        <thead>
          <tr>
            <th scope="col">Key (kid)</th>
            <th scope="col">Algorithm</th>
            <th scope="col">State</th>
            <th scope="col">Signs from</th>
          </tr>
        </thead>
        <tbody>
          {keys.map((key) => (
            <tr key={key.kid}>
              <th scope="row">
                <code>{key.kid}</code>
              </th>
              <td>{key.alg}</td>
              <td>
                {STANDINGS[key.standing]}
                <KeyEnd signingKey={key} clock={clock} />
              </td>
              <td>
                <Time at={key.activeAt} form="day_seconds" clock={clock} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
      {isUnderWay ? (
        <p className="soft">A new key is about to sign. The next one can be made after that.</p>
      ) : (
        <RotateKey purpose={purpose} title={title} ways={ways} />
      )}
    </div>
  )
}

function KeyEnd({ signingKey, clock }: { signingKey: SigningKeyView; clock: Clock }) {
  const { standing, retiredAt, publishedUntil } = signingKey
  if (standing === 'in_use' && retiredAt) {
    return (
      <span className="sub">
        Signs until <Time at={retiredAt} form="day_seconds" clock={clock} />
      </span>
    )
  }
  if (standing === 'published' && publishedUntil) {
    return (
      <span className="sub">
        Until <Time at={publishedUntil} form="day_seconds" clock={clock} />
      </span>
    )
  }
  return standing === 'published' ? <span className="sub">For ever</span> : null
}
