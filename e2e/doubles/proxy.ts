import { request as ask, createServer } from 'node:http'
import type { AddressInfo } from 'node:net'

export interface HostProxy {
  url: string
  close(): Promise<void>
}

/** A proxy as some are set up: it tells the server behind it a host of its own, and lies about the one in front. */
export async function startProxy(port: number): Promise<HostProxy> {
  const server = createServer((request, response) => {
    const headers = {
      ...request.headers,
      host: 'inside.example',
      'x-forwarded-host': 'lies.example',
      'x-forwarded-proto': 'https',
    }
    const { method, url: path } = request
    const passed = ask({ host: '127.0.0.1', port, method, path, headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      answer.pipe(response)
    })
    passed.once('error', () => response.writeHead(502).end())
    request.pipe(passed)
  })
  await new Promise<void>((resolve) => server.listen(0, resolve))
  return {
    url: `http://localhost:${(server.address() as AddressInfo).port}`,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        server.closeAllConnections()
      }),
  }
}
