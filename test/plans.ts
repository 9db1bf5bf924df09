import pg from 'pg'

/** One statement as the product sent it. */
export interface Statement {
  text: string
  values: unknown[]
}

/** What PostgreSQL did for one statement. */
export interface PlanCost {
  statement: Statement
  /** Rows of tables that grow with every request that were looked at, whether they were of use or not. */
  rowsRead: number
  /** Pages of 8 kB that were looked at, in memory or not. */
  pages: number
}

/** Writes down what the product reads while `work` runs. Statements of other work at the same time are in it as well. */
export async function statementsOf(work: () => Promise<unknown>): Promise<Statement[]> {
  const heard: Statement[] = []
  const { prototype } = pg.Client
  const query = prototype.query as (...given: unknown[]) => unknown
  const listening = function (this: pg.Client, ...given: unknown[]) {
    const [sent] = given
    if (isStatement(sent)) heard.push({ text: sent.text, values: sent.values ?? [] })
    return query.apply(this, given)
  }
  Object.assign(prototype, { query: listening })
  try {
    await work()
  } finally {
    Object.assign(prototype, { query })
  }
  return heard.filter(({ text }) => /^\s*(\/\*.*?\*\/)?\s*(SELECT|WITH)\b/.test(text))
}

function isStatement(sent: unknown): sent is { text: string; values?: unknown[] } {
  return (
    typeof sent === 'object' && sent !== null && 'text' in sent && typeof sent.text === 'string'
  )
}

/**
 * Runs a statement as a connection that has prepared it does. `generic`: by the plan for any parameters, which a
 * connection may keep from the sixth use on; else by one for these.
 */
export async function costOf(
  db: pg.Client,
  statement: Statement,
  plan: 'generic' | 'custom',
): Promise<PlanCost> {
  const values = statement.values.map(literal).join(', ')
  await db.query(`SET plan_cache_mode = force_${plan}_plan`)
  await db.query(`PREPARE asked AS ${statement.text}`)
  try {
    const { rows } = await db.query<{ 'QUERY PLAN': { Plan: PlanNode }[] }>(
      `EXPLAIN (ANALYZE, BUFFERS, TIMING OFF, FORMAT JSON) EXECUTE asked${values && `(${values})`}`,
    )
    const root = rows[0]?.['QUERY PLAN'][0]?.Plan
    if (!root) throw new Error('PostgreSQL told no plan')
    const nodes = nodesOf(root)
    return {
      statement,
      rowsRead: nodes.reduce((sum, node) => sum + rowsOf(node), 0),
      pages: root['Shared Hit Blocks'] + root['Shared Read Blocks'],
    }
  } finally {
    await db.query('DEALLOCATE asked')
  }
}

const GROWING = new Set([
  'requests',
  'decisions',
  'votes',
  'evidence',
  'grants',
  'events',
  'log_leaves',
  'slack_messages',
  'slack_deliveries',
  'slack_watches',
  'webhook_deliveries',
  'webhook_attempts',
])

interface PlanNode {
  'Node Type': string
  'Relation Name'?: string
  'Actual Rows': number
  'Actual Loops': number
  'Rows Removed by Filter'?: number
  'Rows Removed by Index Recheck'?: number
  'Shared Hit Blocks': number
  'Shared Read Blocks': number
  Plans?: PlanNode[]
}

function nodesOf(node: PlanNode): PlanNode[] {
  return [node, ...(node.Plans ?? []).flatMap(nodesOf)]
}

/** Of scans of tables alone: what is above them reads what they gave. */
function rowsOf(node: PlanNode): number {
  if (!GROWING.has(node['Relation Name'] ?? '')) return 0
  const removed =
    (node['Rows Removed by Filter'] ?? 0) + (node['Rows Removed by Index Recheck'] ?? 0)
  return Math.round((node['Actual Rows'] + removed) * node['Actual Loops'])
}

function literal(value: unknown): string {
  if (value === null || value === undefined) return 'NULL'
  if (Array.isArray(value)) {
    return pg.escapeLiteral(`{${value.map((item) => JSON.stringify(String(item))).join(',')}}`)
  }
  return pg.escapeLiteral(value instanceof Date ? value.toISOString() : String(value))
}
