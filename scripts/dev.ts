import { firstStart, signInLinks } from './first-start'
import { run } from './run/run'

/** `npm run dev`: the same as `npm start`, from the sources. */
await run({ development: true, seed: firstStart, links: signInLinks })
