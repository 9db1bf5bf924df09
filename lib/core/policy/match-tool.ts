import type { CompiledPolicy, ToolEntry } from './types'

interface ToolIndex {
  exact: ReadonlyMap<string, ToolEntry>
  /** By prefix without its `.*`. */
  prefixes: ReadonlyMap<string, ToolEntry>
}

const PREFIX_MARK = '.*'
/** A policy is immutable, so its index is made once. */
const INDEXES = new WeakMap<CompiledPolicy, ToolIndex>()

/** The entry of the tool table for a tool: the exact name, else the longest dotted prefix; null = unknown. Case counts. */
export function matchTool(policy: CompiledPolicy, tool: string): ToolEntry | null {
  const { exact, prefixes } = indexOf(policy)
  const found = exact.get(tool)
  if (found !== undefined) return found
  for (let end = tool.lastIndexOf('.'); end > 0; end = tool.lastIndexOf('.', end - 1)) {
    const entry = prefixes.get(tool.slice(0, end))
    if (entry !== undefined) return entry
  }
  return null
}

function indexOf(policy: CompiledPolicy): ToolIndex {
  const known = INDEXES.get(policy)
  if (known !== undefined) return known
  const isPrefix = ({ name }: ToolEntry) => name.endsWith(PREFIX_MARK)
  const index = {
    exact: new Map(policy.tools.filter((tool) => !isPrefix(tool)).map((tool) => [tool.name, tool])),
    prefixes: new Map(
      policy.tools.filter(isPrefix).map((tool) => [tool.name.slice(0, -PREFIX_MARK.length), tool]),
    ),
  }
  INDEXES.set(policy, index)
  return index
}
