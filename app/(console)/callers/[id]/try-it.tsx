import type { CallerPageView } from '#lib/wire/views/callers'
import { Fold } from '../../../_ui/fold'
import { CopyBlock } from './copy-block'
import { agentSnippets, runtimeSnippets, type Snippet } from './snippets'

/** The first calls, for whoever holds the agent key and whoever holds the runtime key. */
export function TryIt({ caller }: { caller: CallerPageView }) {
  return (
    <div className="stack">
      <h3>With the agent key</h3>
      <Snippets snippets={agentSnippets(caller)} />
      <h3>With the runtime key</h3>
      <Snippets snippets={runtimeSnippets(caller)} />
      <p className="soft">
        Every call is described in the <a href="/reference">reference</a>. Tools and environments
        that policy does not know are held for people.
      </p>
    </div>
  )
}

function Snippets({ snippets }: { snippets: readonly Snippet[] }) {
  return (
    <div>
      {snippets.map(({ id, title, note, text }) => (
        <Fold key={id} icon="code" title={title}>
          <CopyBlock what={title} text={text}>
            {note}
          </CopyBlock>
        </Fold>
      ))}
    </div>
  )
}
