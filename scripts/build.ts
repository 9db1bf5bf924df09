import { build } from './run/build'

/** `npm run build` */
await build(console.log)
console.log('Built: dist/ and .next/')
