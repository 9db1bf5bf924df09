import { computedMs } from './console/measure'
import type { Running } from './with-product'

/** What the web process tells of itself, and what the system tells of it. */
export interface Usage {
  longPolls: number
  residentBytes: number
  /** Null where the system does not tell. */
  cpuMs: number | null
}

/** For `withProduct`: so that usage can be read. */
export const METRICS_TOKEN = 'a token of a bench that is thrown away'

export async function webUsage({ product }: Pick<Running, 'product'>): Promise<Usage> {
  const answer = await fetch(new URL('/metrics', product.config.publicUrl), {
    headers: { authorization: `Bearer ${METRICS_TOKEN}` },
  })
  if (!answer.ok) throw new Error(`/metrics answered ${answer.status}`)
  const text = await answer.text()
  const samples = new Map(
    text.split('\n').map((line): [string, number] => {
      const [sample = '', value] = line.split(' ')
      return [sample, Number(value)]
    }),
  )
  const sampleOf = (sample: string) => samples.get(sample) ?? Number.NaN
  return {
    longPolls: sampleOf('countersign_long_polls_waiting'),
    residentBytes: sampleOf('countersign_process_memory_bytes{kind="resident"}'),
    cpuMs: await computedMs(product.web.pid()),
  }
}

export function mib(bytes: number): string {
  return `${Math.round(bytes / 1024 / 1024)} MiB`
}

export function kib(bytes: number): string {
  return `${(bytes / 1024).toFixed(1)} KiB`
}

/** Of processor time between two readings. */
export function computed(from: Usage, to: Usage): number {
  return from.cpuMs === null || to.cpuMs === null ? Number.NaN : to.cpuMs - from.cpuMs
}
