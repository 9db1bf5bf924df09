import { signInLinks } from './first-start'
import { prepare } from './run/prepare'

/** `npm run codes`: fresh sign-in links and authenticator codes of the demonstration, while it runs. */
const { config, embedded } = await prepare(process.env, true)
for (const line of await signInLinks({ config })) console.log(line)
await embedded?.stop()
process.exit(0)
