import { readFile } from 'node:fs/promises'
import http from 'node:http'

/** Times of one page in milliseconds, sorted, and how many bytes an answer had on the wire. */
export interface Sample {
  times: number[]
  bytes: number
}

export interface Asking {
  url: string
  cookie: string
}

/** Prepared statements get their lasting plan at the sixth use, on each connection; compiled code settles after some dozen pages. */
const WARM_UP = 60

/** @param atOnce how many ask at the same time, each again as soon as it was answered */
export async function timed(
  count: number,
  atOnce: number,
  work: () => Promise<number>,
): Promise<Sample> {
  for (let i = 0; i < WARM_UP; i++) await work()
  const times: number[] = []
  let bytes = 0
  let left = count
  const lane = async () => {
    while (left-- > 0) {
      const from = performance.now()
      bytes = await work()
      times.push(performance.now() - from)
    }
  }
  await Promise.all(Array.from({ length: atOnce }, lane))
  return { times: times.sort((a, b) => a - b), bytes }
}

/** One after the other, with what the process that answers computed for each, warming up included. */
export async function timedCpu(
  pid: number | undefined,
  count: number,
  work: () => Promise<number>,
): Promise<{ sample: Sample; cpuMs: number | null }> {
  const from = await computedMs(pid)
  const sample = await timed(count, 1, work)
  const to = await computedMs(pid)
  const isKnown = from !== null && to !== null
  return { sample, cpuMs: isKnown ? (to - from) / (count + WARM_UP) : null }
}

/** Linux tells in hundredths of a second, in user and in system mode (proc_pid_stat(5), fields 14 and 15). */
export async function computedMs(pid: number | undefined): Promise<number | null> {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => null)
  // The name in the second field may hold anything but a last parenthesis.
  const fields = text?.slice(text.lastIndexOf(')') + 2).split(' ')
  return fields ? (Number(fields[11]) + Number(fields[12])) * 10 : null
}

const agent = new http.Agent({ keepAlive: true })

/** Asks for a page as a browser does and reads it to its end. @returns bytes of the compressed body */
export function askPage({ url, cookie }: Asking, path: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const headers = { cookie, accept: 'text/html', 'accept-encoding': 'gzip' }
    const request = http.get(new URL(path, url), { agent, headers }, (answer) => {
      let bytes = 0
      answer.on('data', (chunk: Buffer) => {
        bytes += chunk.length
      })
      answer.on('end', () =>
        answer.statusCode === 200
          ? resolve(bytes)
          : reject(new Error(`${path} answered ${answer.statusCode}`)),
      )
      answer.on('error', reject)
    })
    request.on('error', reject)
  })
}

/** "12.3 / 15.0 / 18.9": p50, p95 and p99 in milliseconds. */
export function spread({ times }: Sample): string {
  return [0.5, 0.95, 0.99].map((share) => at(times, share).toFixed(1)).join(' / ')
}

export function median({ times }: Sample): number {
  return at(times, 0.5)
}

function at(sorted: number[], share: number): number {
  return sorted[Math.floor(sorted.length * share)] ?? Number.NaN
}
