import { mkdir, readFile, writeFile } from 'node:fs/promises'
import path from 'node:path'
import ts from 'typescript'

/** Types of jose that ours name; the file stands alone, so the package carries it and depends on nothing. */
const JOSE_TYPES = 'node_modules/jose/dist/types/types.d.ts'
const SPECIFIER = /(\bfrom\s+|\bimport\()'([^']+)'/g

/**
 * Writes the declarations of the entries and of whatever they name below `folder`, as modules that Node's resolution finds: with
 * file extensions, and without a single package.
 */
export async function buildTypes(entries: string[], folder: string): Promise<void> {
  const declared = declarations(entries)
  const vendored = path.join(folder, 'jose.d.ts')
  const waiting = entries.map((entry) => entry.replace(/\.ts$/, '.d.ts'))
  const written = new Set<string>()
  for (let file = waiting.pop(); file !== undefined; file = waiting.pop()) {
    if (written.has(file)) continue
    written.add(file)
    const text = declared.get(file)
    if (text === undefined) throw new Error(`${file} is named by the SDK's types and was not made`)
    const target = path.join(folder, file)
    const own = text.replaceAll(SPECIFIER, (_, before: string, specifier: string) => {
      if (specifier === 'jose') return `${before}'${relative(target, vendored)}'`
      const named = path.join(path.dirname(file), specifier)
      if (!specifier.startsWith('.')) throw new Error(`${file} names the types of ${specifier}`)
      waiting.push(`${named}.d.ts`)
      return `${before}'${specifier}.js'`
    })
    await mkdir(path.dirname(target), { recursive: true })
    await writeFile(target, own)
  }
  await writeFile(vendored, await readFile(JOSE_TYPES, 'utf8'))
}

/** By path in the repository, e.g. sdk/client.d.ts. */
function declarations(entries: string[]): Map<string, string> {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile)
  const { options } = ts.convertCompilerOptionsFromJson(config.compilerOptions, '.')
  const program = ts.createProgram(entries, {
    ...options,
    incremental: false,
    noEmit: false,
    declaration: true,
    emitDeclarationOnly: true,
    rootDir: path.resolve('.'),
    outDir: path.resolve('.'),
    types: ['node'],
  })
  const declared = new Map<string, string>()
  const { diagnostics } = program.emit(undefined, (file, text) => {
    declared.set(path.relative('.', file), text)
  })
  if (diagnostics.length === 0) return declared
  throw new Error(
    diagnostics
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '))
      .join('\n'),
  )
}

function relative(from: string, to: string): string {
  const link = path.relative(path.dirname(from), to.replace(/\.d\.ts$/, '.js'))
  return link.startsWith('.') ? link : `./${link}`
}
