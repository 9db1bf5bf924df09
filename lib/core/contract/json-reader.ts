import type { RefusalCode } from '../refusals'
import { LONE_SURROGATE } from './canonical'
import { exactNumber } from './exact-number'
import { brief, type Json, type JsonObject, pointer } from './json'

/** Why and where reading stopped. */
export type ReadProblem = { code: RefusalCode; path: string; message: string }

const NUMBER = /-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?/y
const WORD = /true|false|null/y
const WORDS: Record<string, Json> = { true: true, false: false, null: null }
const ESCAPE = /\\(u[0-9a-fA-F]{4}|.)/gs
const SHORT_ESCAPES: Record<string, string> = {
  '"': '"',
  '\\': '\\',
  '/': '/',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
}

/**
 * Reads one JSON document. Every read method returns undefined once `problem` is set, and the first problem stays. It
 * descends by function calls, but never deeper than `maxDepth`, so input cannot exhaust the stack.
 */
export class JsonReader {
  problem: ReadProblem = { code: 'invalid_json', path: '', message: 'Nothing was read.' }
  private readonly text: string
  private readonly maxDepth: number
  private readonly path: (string | number)[] = []
  private at = 0

  constructor(text: string, maxDepth: number) {
    this.text = text
    this.maxDepth = maxDepth
  }

  readDocument(): Json | undefined {
    this.skipSpace()
    const value = this.readValue()
    if (value === undefined) return undefined
    this.skipSpace()
    if (this.at < this.text.length) return this.unexpected('the end')
    return value
  }

  private readValue(): Json | undefined {
    switch (this.text[this.at]) {
      case '{':
        return this.readObject()
      case '[':
        return this.readArray()
      case '"':
        return this.readString()
      case 't':
      case 'f':
      case 'n':
        return this.readWord()
      default:
        return this.readNumber()
    }
  }

  private readObject(): JsonObject | undefined {
    if (!this.enter()) return undefined
    const object: JsonObject = {}
    if (this.take('}')) return object
    do {
      this.skipSpace()
      const key = this.readKey(object)
      if (key === undefined) return undefined
      this.path.push(key)
      if (!this.take(':')) return this.unexpected('a colon')
      this.skipSpace()
      const value = this.readValue()
      if (value === undefined) return undefined
      object[key] = value
      this.path.pop()
    } while (this.take(','))
    return this.take('}') ? object : this.unexpected('a comma or }')
  }

  private readArray(): Json[] | undefined {
    if (!this.enter()) return undefined
    const items: Json[] = []
    if (this.take(']')) return items
    do {
      this.path.push(items.length)
      this.skipSpace()
      const value = this.readValue()
      if (value === undefined) return undefined
      items.push(value)
      this.path.pop()
    } while (this.take(','))
    return this.take(']') ? items : this.unexpected('a comma or ]')
  }

  /** Steps over the opening bracket. The depth is that of the path, as every open container has one step in it. */
  private enter(): boolean {
    this.at++
    if (this.path.length < this.maxDepth) return true
    this.stop('too_deep', `Objects and arrays are nested deeper than ${this.maxDepth} levels.`)
    return false
  }

  private readKey(object: JsonObject): string | undefined {
    if (this.text[this.at] !== '"') return this.unexpected('a member name in quotes')
    const key = this.readString()
    if (key === undefined) return undefined
    if (key === '__proto__') {
      this.path.push(key)
      return this.stop('forbidden_key', 'The name __proto__ is not allowed.')
    }
    if (Object.hasOwn(object, key)) {
      this.path.push(key)
      return this.stop(
        'duplicate_key',
        `The name ${JSON.stringify(brief(key))} stands twice in one object.`,
      )
    }
    return key
  }

  private readString(): string | undefined {
    const start = this.at + 1
    const end = this.endOfString(start)
    if (end === undefined) return undefined
    const raw = this.text.slice(start, end)
    const text = raw.includes('\\') ? this.unescape(raw) : raw
    if (text === undefined) return undefined
    // The raw text too: half a pair beside an escaped half would look whole once put together.
    if (LONE_SURROGATE.test(text) || LONE_SURROGATE.test(raw)) {
      return this.stop('lone_surrogate', 'A text holds a lone surrogate: half a character.')
    }
    if (text.includes('\0')) {
      return this.stop(
        'nul_character',
        'A text holds the character U+0000, which cannot be stored.',
      )
    }
    this.at = end + 1
    return text
  }

  private endOfString(start: number): number | undefined {
    for (let at = start; at < this.text.length; at++) {
      const unit = this.text.charCodeAt(at)
      if (unit === 0x22) return at
      if (unit === 0x5c) at++
      if (unit < 0x20) {
        this.at = at
        return this.invalid('a text holds a control character that is not escaped')
      }
    }
    this.at = this.text.length
    return this.invalid('a text is not closed')
  }

  private unescape(raw: string): string | undefined {
    let isValid = true
    const text = raw.replace(ESCAPE, (_, code: string) => {
      if (code.length > 1) return String.fromCharCode(Number.parseInt(code.slice(1), 16))
      const short = SHORT_ESCAPES[code]
      if (short === undefined) isValid = false
      return short ?? ''
    })
    return isValid ? text : this.invalid('a text holds an escape that JSON does not know')
  }

  private readWord(): Json | undefined {
    const word = this.match(WORD)
    return word === undefined ? this.unexpected('a value') : WORDS[word]
  }

  private readNumber(): number | undefined {
    const literal = this.match(NUMBER)
    if (literal === undefined) return this.unexpected('a value')
    const value = exactNumber(literal)
    if (value !== undefined) return value
    return this.stop(
      'inexact_number',
      `The number ${brief(literal)} would be changed by reading it as a double. Send it as text.`,
    )
  }

  private match(pattern: RegExp): string | undefined {
    pattern.lastIndex = this.at
    const found = pattern.exec(this.text)?.[0]
    if (found !== undefined) this.at += found.length
    return found
  }

  private take(mark: string): boolean {
    this.skipSpace()
    if (this.text[this.at] !== mark) return false
    this.at++
    return true
  }

  private skipSpace(): void {
    for (;;) {
      const unit = this.text.charCodeAt(this.at)
      if (unit !== 0x20 && unit !== 0x0a && unit !== 0x0d && unit !== 0x09) return
      this.at++
    }
  }

  private unexpected(expected: string): undefined {
    const found = this.at < this.text.length ? 'found something else' : 'the body ended'
    return this.invalid(`${expected} was expected, but ${found}`)
  }

  private invalid(what: string): undefined {
    const before = this.text.slice(0, this.at)
    const line = before.split('\n').length
    const column = this.at - before.lastIndexOf('\n')
    return this.stop('invalid_json', `Line ${line}, column ${column}: ${what}.`)
  }

  private stop(code: RefusalCode, message: string): undefined {
    this.problem = { code, message, path: this.path.reduce<string>(pointer, '') }
    return undefined
  }
}
