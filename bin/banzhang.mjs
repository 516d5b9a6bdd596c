#!/usr/bin/env node
/** `npx banzhang …`: the command line of ops.ts, from any folder, without a build. */
import { fileURLToPath } from 'node:url'
import { register } from 'tsx/esm/api'

register({ tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)) })
await import('./ops.ts')
