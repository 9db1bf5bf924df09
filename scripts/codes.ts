import { signInLinks } from './first-start'
import { prepare } from './run/prepare'

/** `npm run codes`: fresh sign-in links and authenticator codes of the demonstration, while it runs. */
const { config, embedded } = await prepare(process.env, true)
const lines = await signInLinks({ config })
if (lines.length === 0) lines.push('There is nobody to sign in as yet: run npm start first.')
for (const line of lines) console.log(line)
await embedded?.stop()
process.exit(0)
