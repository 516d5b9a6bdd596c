/** What files declare: the job that fetches them. */
import type { Platform } from '#core/platform.ts'
import { defineFeature, type Feature, view } from '../feature.ts'
import { fetchJob, type Uploads } from './fetch.ts'
import { messages } from './i18n.ts'

/**
 * @param platforms by name: what they gave us is fetched from there
 * @param uploads where what was sent on a page of ours lies
 */
export function filesFeature(platforms: ReadonlyMap<string, Platform>, uploads: Uploads): Feature {
  return defineFeature({
    name: 'files',
    jobs: [fetchJob(platforms, uploads)],
    views: [
      view('files.too-large', ({ locale }) => ({
        text: messages.say(locale, 'problem.too-large', { name: 'scan.pdf', max: '20 MB' }),
      })),
      view('files.kind', ({ locale }) => ({
        text: messages.say(locale, 'problem.program', {
          name: 'setup.exe',
          kinds: messages.say(locale, 'kind.picture'),
        }),
      })),
      view('files.same', ({ locale }) => ({ text: messages.say(locale, 'same', { name: 'scan.pdf' }) })),
    ],
  })
}
