import { run } from './run/run'

/** `npm start`: the whole product on this machine, built. */
await run({})
