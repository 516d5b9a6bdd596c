/** The rules of the house, kept by a test: who may import whom, and what is never written. Each failure names the way out. */
import { readdirSync, readFileSync, statSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'

const ROOT = path.resolve(import.meta.dirname, '..')

function filesUnder(folder: string, endings = /\.(ts|tsx|mjs|js)$/): string[] {
  return readdirSync(path.join(ROOT, folder), { withFileTypes: true }).flatMap((entry) => {
    const name = `${folder}/${entry.name}`
    if (name === 'src/engine/db/generated') return []
    if (entry.isDirectory()) return filesUnder(name, endings)
    return endings.test(entry.name) ? [name] : []
  })
}
const read = (file: string): string => readFileSync(path.join(ROOT, file), 'utf8')
/** Without its comments: prose may say what code may not. */
const codeOf = (file: string): string => read(file).replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '')
const SOURCES = [...filesUnder('src'), ...filesUnder('adapters'), ...filesUnder('bin')]

/** Every import of a file, as a path from the root for our own, as it is written for others. */
function importsOf(file: string): string[] {
  const text = read(file)
  const found = [
    ...text.matchAll(/(?:^|\n)\s*(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|import\(\s*['"]([^'"]+)['"]/g),
  ]
  return found.map((match) => {
    const to = match[1] ?? match[2] ?? ''
    if (to.startsWith('#core/')) return `src/core/${to.slice(6)}`
    if (to.startsWith('#engine/')) return `src/engine/${to.slice(8)}`
    return to.startsWith('.') ? path.posix.normalize(path.posix.join(path.posix.dirname(file), to)) : to
  })
}

/** Engine folders may know those before them. */
const ENGINE_ORDER = [
  'workshop',
  'db',
  'policy',
  'audit',
  'identity',
  'presence',
  'files',
  'jobs',
  'outbox',
  'alerts',
  'tasks',
  'signatures',
  'approvals',
  'pages',
  'inbox',
]
/** A feature may ask the queries of those before it. */
const FEATURE_ORDER = [
  'roster',
  'leave',
  'attendance',
  'duty',
  'rooms',
  'archive',
  'meetings',
  'complaints',
  'discipline',
  'reports',
]
/** What core may use besides itself: libraries without IO. */
const PURE = ['zod', 'temporal-polyfill', 'croner', 'chinese-days', 'node:assert', 'hucre', 'csv-parse']

function complaint(file: string, to: string): string | undefined {
  const ours = /^(src|adapters|bin|web|test|docs|policies)\//.test(to)
  const [, area, folder] = file.split('/')
  if (file.startsWith('src/core/')) {
    if (ours && !to.startsWith('src/core/')) return 'core knows nothing else of ours: hand it over as a value'
    if (!ours && !PURE.some((name) => to === name || to.startsWith(`${name}/`)))
      return `core is pure: use one of ${PURE.join(', ')}, or move this out of core`
  }
  if (file.startsWith('src/engine/')) {
    if (ours && !/^src\/(core|engine)\//.test(to))
      return 'engine imports core and engine: let app.ts hand the rest over'
    const target = to.startsWith('src/engine/') ? to.split('/')[2] : undefined
    const [from, at] = [ENGINE_ORDER.indexOf(folder ?? ''), ENGINE_ORDER.indexOf(target ?? '')]
    if (from >= 0 && at > from)
      return `engine/${folder} stands before engine/${target}: turn the call round, or hand it over as a function`
  }
  if (file.startsWith('src/features/')) {
    if (ours && !/^src\/(core|engine|features)\//.test(to)) return 'a feature imports core, engine and itself'
    const other = to.startsWith('src/features/') ? to.split('/')[2] : undefined
    if (other && other !== folder && !to.endsWith('/events.ts')) {
      if (!to.endsWith('/queries.ts')) return `features meet through queries.ts and events.ts: not through ${to}`
      if (FEATURE_ORDER.indexOf(other) > FEATURE_ORDER.indexOf(folder ?? ''))
        return `${other} stands after ${folder}: use an event or a question`
    }
  }
  if (file.startsWith('src/http/') && ours && !/^src\/(core|engine|http)\//.test(to))
    return 'http is handed features and adapters as values'
  if (/^src\/[^/]+\.ts$/.test(file) && to.startsWith('adapters/'))
    return 'src is handed Platform[]; only bin knows adapters'
  if (
    file.startsWith('adapters/') &&
    ours &&
    !to.startsWith('src/core/') &&
    !to.startsWith(`adapters/${area}/`) &&
    !to.startsWith(`web/${area}/`)
  )
    return 'an adapter imports core, its SDK and itself: what it needs from elsewhere is in platform.ts or is handed to its create function'
  return undefined
}

describe('the dependency rule', () => {
  it('holds for every import of src, adapters and bin', () => {
    const broken = SOURCES.flatMap((file) =>
      importsOf(file).flatMap((to) => (complaint(file, to) ? [`${file} imports ${to}: ${complaint(file, to)}`] : [])),
    )
    expect(broken).toEqual([])
  })

  it('would find a feature that imports an adapter, and an engine folder that looks forward', () => {
    expect(complaint('src/features/leave/rules.ts', 'adapters/slack/index.ts')).toMatch(/a feature imports/)
    expect(complaint('src/engine/jobs/jobs.ts', 'src/engine/inbox/edge.ts')).toMatch(/stands before/)
    expect(complaint('src/core/card.ts', 'node:fs')).toMatch(/pure/)
    expect(complaint('src/features/leave/rules.ts', 'src/features/meetings/queries.ts')).toMatch(/stands after/)
  })
})

interface Ban {
  readonly what: RegExp
  readonly instead: string
  readonly except?: (file: string) => boolean
  /** Comments may say it. */
  readonly inCode?: true
}
const BANS: readonly Ban[] = [
  {
    what: /\bDate\.now\(/,
    instead: 'use ctx.clock.now(), or realNow() for signatures, time-outs and leases',
    except: (f) => f === 'src/core/clock.ts',
  },
  { what: /\bnew Date\(\)/, instead: 'give it an instant of the clock' },
  { what: /\bprocess\.env\b/, instead: 'read it in src/config.ts', except: (f) => f === 'src/config.ts' },
  { what: /\bconsole\.\w+\(/, instead: 'use the log you are given' },
  { what: /\bas any\b|:\s*any(?=\s*[,;)=\]|}])|<any>/, instead: 'use unknown and zod at the doors', inCode: true },
  { what: /@ts-(ignore|expect-error|nocheck)/, instead: 'make the types right' },
  { what: /\b(FIXME|TODO|XXX|HACK)\b/, instead: 'finish it, or file an issue' },
  { what: /^export default\b/m, instead: 'name the export' },
  {
    what: /[\w)\]]\[(?:\w+\.)*(?:locale|language)\]/,
    instead: 'use inLocale(text, locale): a text may leave its traditional wording to the dictionary',
    except: (f) =>
      f === 'src/core/i18n.ts' || f === 'adapters/simulator/page.tsx' || f === 'src/engine/jobs/schedules.ts',
    inCode: true,
  },
  {
    what: /\b(?:locale|language)\s*[!=]==\s*'[\w-]+'\s*\?[^\n]*\p{Script=Han}/u,
    instead: 'use defineMessages: what stands beside the code is not known in traditional characters',
    inCode: true,
  },
  { what: /\benum \w+ \{/, instead: 'use a union of words' },
  {
    what: /\b(NOW\(\)|now\(\)(?=[^{]*(INTERVAL|interval))|CURRENT_TIMESTAMP|CURRENT_DATE|LOCALTIMESTAMP)/,
    instead: 'no row takes its time from the database: pass an instant',
    except: (f) => f === 'src/engine/db/migrate.ts',
  },
  {
    what: /\.(innerHTML|outerHTML)\s*=|insertAdjacentHTML|dangerouslySetInnerHTML/,
    instead: 'what people typed is data: set textContent',
  },
]

describe('what is never written', () => {
  it.each(BANS.map((ban) => [String(ban.what), ban] as const))('%s', (_, ban) => {
    const found = [...SOURCES, ...filesUnder('web')].filter(
      (file) => !ban.except?.(file) && ban.what.test(ban.inCode ? codeOf(file) : read(file)),
    )
    expect(found, ban.instead).toEqual([])
  })

  it('a row that takes its time from the database', () => {
    for (const file of filesUnder('prisma/schema', /\.prisma$/))
      expect(read(file), `${file}: write the instant yourself`).not.toMatch(/@default\(now\(\)\)|@updatedAt/)
  })

  it('a path of one machine, or the host of a package registry', () => {
    const texts = [
      ...SOURCES,
      ...filesUnder('docs', /\.(md|ts)$/),
      ...filesUnder('policies', /\.(yaml|json|ts)$/),
      ...filesUnder('test'),
      'README.md',
      'package.json',
      'package-lock.json',
    ]
    const hosts = new RegExp(['registry\\.npm', 'npmmirror', 'yarnpkg'].join('|'))
    const found = texts.filter((file) => hosts.test(read(file)) && file !== 'test/house-rules.test.ts')
    expect(found).toEqual([])
  })
})

describe('every source file', () => {
  it('opens with one sentence of purpose', () => {
    expect(SOURCES.filter((file) => !/^(#!.*\n)?\/\*\*? ?/.test(read(file)))).toEqual([])
  })

  it('stays within 420 lines, so that it can be read at one sitting', () => {
    const long = SOURCES.map((file) => [file, read(file).split('\n').length] as const).filter(
      ([file, lines]) => lines > 420 && !file.endsWith('/i18n.ts'),
    )
    expect(long).toEqual([])
  })

  it('is not empty of meaning: no file that only re-exports, save a feature’s index', () => {
    const barrels = SOURCES.filter((file) => {
      const code = read(file)
        .replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '')
        .trim()
      return code !== '' && code.split('\n').every((line) => /^export (\*|\{|type \{).* from /.test(line.trim()))
    })
    expect(barrels).toEqual([])
  })
})

it('.ci/run can be run', () => {
  expect(statSync(path.join(ROOT, '.ci/run')).mode & 0o111).not.toBe(0)
})
