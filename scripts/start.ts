import { firstStart, signInLinks } from './first-start'
import { run } from './run/run'

/** `npm start`: the whole product on this machine, built. */
await run({ seed: firstStart, links: signInLinks })
