import { type Clock, spanText } from '#lib/wire/clock'
import { INSIGHT_DAYS, type InsightsView } from '#lib/wire/views/insights'
import { EmptyState } from '../../_ui/empty-state'
import { Facts } from '../../_ui/facts'
import { counted, countText } from '../../_ui/number-words'
import { PageHead, Section } from '../../_ui/section'
import { Time } from '../../_ui/time'
import { DrawnTable } from './drawn-table'
import { shareText } from './words'

/** How requests of the last days were decided, how fast, and by whom. */
export function InsightsPage({ insights, clock }: { insights: InsightsView; clock: Clock }) {
  const { days, from, to, isEnough, endedCount, tables } = insights
  return (
    <>
      <PageHead title="Insights">
        What ended from <Time at={from} form="day" clock={clock} /> to{' '}
        <Time at={to} form="day" clock={clock} />.
      </PageHead>
      <div className="bar">
        <nav className="tabs" aria-label="Days">
          {INSIGHT_DAYS.map((each) => (
            <a
              key={each}
              href={`/insights?days=${each}`}
              aria-current={each === days ? 'page' : undefined}
            >
              {each} days
            </a>
          ))}
        </nav>
      </div>
      {isEnough ? (
        <>
          <Overview insights={insights} />
          {tables.map((table, at) => (
            <Section key={table.id} id={table.id} title={table.title} isFirst={at === 0}>
              <div className="stack">
                <DrawnTable table={table} />
                <p className="small soft">{table.note}</p>
                {table.rows.length > 0 && (
                  <p className="acts">
                    <a className="small" href={`/insights/csv?table=${table.id}&days=${days}`}>
                      Save as CSV<span className="vh">: {table.title}</span>
                    </a>
                  </p>
                )}
              </div>
            </Section>
          ))}
        </>
      ) : (
        <EmptyState title="Too little ended to say anything" tone="past">
          <p>
            {counted(endedCount, 'request')} ended in these {days} days. From five on, this page
            says how they were decided.
          </p>
        </EmptyState>
      )}
    </>
  )
}

function Overview({ insights }: { insights: InsightsView }) {
  const { endedCount, heldCount, openCount, expiredCount, expiryRate } = insights
  const { decidedCount, p50Ms, p90Ms } = insights
  return (
    <div className="insights-facts">
      <Facts
        isAcross
        facts={[
          {
            label: 'Ended',
            value: countText(endedCount),
            sub: `${countText(heldCount)} of them held, ${countText(openCount)} held now`,
          },
          {
            label: 'Decided by people',
            value: countText(decidedCount),
            sub: 'Rejected, or released with approvals',
          },
          {
            label: 'Time to decide',
            value: p50Ms === null ? 'Too few to say' : `${spanText(p50Ms)} for half of them`,
            sub: p90Ms === null ? '' : `${spanText(p90Ms)} for nine of ten`,
          },
          {
            label: 'Expired',
            value: expiryRate === null ? 'None was held' : shareText(expiryRate),
            sub: `${countText(expiredCount)} of ${countText(heldCount)} that were held`,
          },
        ]}
      />
    </div>
  )
}
