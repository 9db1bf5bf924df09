import { build } from './run/build'
import { buildSdkTypes } from './run/build-sdk'

/** `npm run build` */
await build(console.log)
await buildSdkTypes('dist/sdk')
console.log('Built: dist/ and .next/')
