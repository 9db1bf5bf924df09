import { fork } from 'node:child_process'
import { once } from 'node:events'
import path from 'node:path'
import { Queue } from 'bullmq'

export const PEER_QUEUE = 'bench-peer'

export interface PeerJob {
  url: string
  id: string
  body: string
}

export interface Peer {
  pid: number | undefined
  /** Hands one event over for each endpoint, in one command to Redis. */
  tell: (jobs: PeerJob[]) => Promise<void>
  close: () => Promise<void>
}

const RETRY = { attempts: 10, backoff: { type: 'exponential', delay: 5_000 } }

/** A plain queue in front of a plain sender, on this Redis. */
export async function startPeer(redisUrl: string): Promise<Peer> {
  const sender = fork(path.join(import.meta.dirname, '../peer-process.ts'), {
    env: { ...process.env, REDIS_URL: redisUrl },
    execArgv: ['--import', 'tsx'],
  })
  const ended = once(sender, 'exit')
  const queue = new Queue<PeerJob>(PEER_QUEUE, {
    connection: { url: redisUrl },
    defaultJobOptions: { ...RETRY, removeOnComplete: true, removeOnFail: true },
  })
  await once(sender, 'message')
  return {
    pid: sender.pid,
    tell: async (jobs) => {
      await queue.addBulk(jobs.map((data) => ({ name: 'send', data })))
    },
    close: async () => {
      sender.kill()
      await ended
      await queue.obliterate({ force: true })
      await queue.close()
    },
  }
}
