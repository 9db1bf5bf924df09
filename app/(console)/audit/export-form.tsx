import { type AuditFilter, filterParams } from '#lib/wire/audit'
import type { AuditExportView } from '#lib/wire/views/audit'
import { Button } from '../../_ui/button'
import { countText } from '../../_ui/number-words'
import { Section } from '../../_ui/section'

/** Takes what is filtered away as a file. A plain form: the browser saves what comes. */
export function ExportForm({ filter, plan }: { filter: AuditFilter; plan: AuditExportView }) {
  return (
    <Section id="export" title="Export" note="It stands in the trail that you took it.">
      <div className="stack">
        <p>{WHAT[plan.kind]}</p>
        <p className="soft">
          CSV has the entries alone, for a spreadsheet: cells that it would run as formulas begin
          with an apostrophe. From here a file has at most {countText(plan.mostEntries)} entries,
          the newest; <code>npm run audit:export</code> has no bound.
        </p>
        <form method="post" action="/audit/export" className="oversight-acts">
          {filterParams(filter).map(([name, value]) => (
            <input key={name} type="hidden" name={name} value={value} />
          ))}
          <Button type="submit" size="small" name="format" value="jsonl">
            Export as JSON Lines
          </Button>
          <Button type="submit" size="small" name="format" value="csv">
            Export as CSV
          </Button>
        </form>
      </div>
    </Section>
  )
}

const WHAT = {
  trail:
    'JSON Lines are the trail itself: whole streams with the log and its signed checkpoints, verified offline with npm run audit:verify. They prove that nothing in them was changed, left out or put in between.',
  list: 'JSON Lines are single entries with their hashes: each proves that its content is what was hashed, once the hash is found at its leaf of a whole export. That none is left out, they cannot prove. Filter by nothing, or by one request, for a file that verifies by itself.',
} as const
