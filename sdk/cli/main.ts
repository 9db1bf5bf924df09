#!/usr/bin/env node
import { cli } from './cli'

// A reader that is gone (`countersign … | head`) must not end a run half-way.
process.stdout.on('error', () => undefined)
process.stderr.on('error', () => undefined)

// The code is set, not exited with: what is still on its way to a pipe gets there.
process.exitCode = await cli(process.argv.slice(2), { env: process.env, cwd: process.cwd() })
