import type { BackendFactory, IQueueBackend } from 'bullmq'

export type BackendKind = 'redis' | 'postgres'

/** Queues share one connection and fail fast; a worker holds its own and waits for it to come back. */
export type BackendRole = { kind: 'queues' } | { kind: 'worker'; concurrency: number }

/** The connection's label stands where BullMQ wants connection options: the connection itself is made here. */
export type Connect = BackendFactory<IQueueBackend, BackendKind>

export interface Backend {
  kind: BackendKind
  connect: Connect
  /**
   * Reaches the server and makes sure that it keeps jobs. Cheap once it has passed on this connection.
   * @throws QueueRefused when it must not be used; any other error when it cannot be reached now
   */
  check(): Promise<void>
  close(): Promise<void>
}
