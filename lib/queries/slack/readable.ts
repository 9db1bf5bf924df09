import { CONTRACT_MEMBERS, type Contract } from '#lib/core/contract/contract'
import { isJsonObject, type Json, type JsonObject } from '#lib/core/contract/json'

/**
 * The contract in lines, for people. It is a small part of YAML: read back, it is the contract again, member for member, so
 * that two contracts never look the same. A text stands bare only where nobody can take it for anything else.
 */
export function readableContract(contract: Contract): string {
  const sent = Object.entries(contract as unknown as JsonObject)
  const place = ([member]: [string, Json]) => CONTRACT_MEMBERS.indexOf(member)
  return readableJson(Object.fromEntries(sent.sort((a, b) => place(a) - place(b))))
}

/** Any JSON in lines, as `readableContract` says. */
export function readableJson(value: Json): string {
  return linesOf(value).join('\n')
}

function linesOf(value: Json): string[] {
  if (Array.isArray(value)) return value.length === 0 ? ['[]'] : value.flatMap(itemLines)
  if (!isJsonObject(value)) return [scalar(value)]
  const members = Object.entries(value)
  return members.length === 0 ? ['{}'] : members.flatMap(([key, one]) => memberLines(key, one))
}

function itemLines(item: Json): string[] {
  return linesOf(item).map((line, at) => `${at === 0 ? '- ' : '  '}${line}`)
}

function memberLines(key: string, value: Json): string[] {
  const lines = linesOf(value)
  const [first = ''] = lines
  if (isScalar(value) || first === '[]' || first === '{}') return [`${text(key)}: ${first}`]
  return [`${text(key)}:`, ...lines.map((line) => `  ${line}`)]
}

function isScalar(value: Json): boolean {
  return typeof value !== 'object' || value === null
}

function scalar(value: Json): string {
  return typeof value === 'string' ? text(value) : JSON.stringify(value)
}

/** Starts with a letter, holds nothing that is a sign of the form, and is no word for something else. */
const BARE = /^\p{L}[\p{L}\p{N} _.,/@()+'%=-]*$/u
const WORDS = new Set(['true', 'false', 'null', 'yes', 'no', 'on', 'off'])

function text(value: string): string {
  const isBare = BARE.test(value) && !value.endsWith(' ') && !WORDS.has(value.toLowerCase())
  // A bracket of a visible escape that the caller typed is told from one of ours.
  return isBare ? value : JSON.stringify(value).replaceAll('⟨', '\\u27e8')
}
