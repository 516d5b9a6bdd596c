/** `gallery`: every view of every feature, in every language, as each platform would draw it. */
import { LOCALES, type Locale } from '#core/i18n.ts'
import { OrganisationPolicy } from '#engine/policy/organisation.ts'
import { done, no, type OpsCommand, type OpsContext, type Renderer, type WrittenFile } from '../command.ts'
import { type Drawn, galleryPage } from '../gallery/page.ts'
import { count } from '../words.ts'

export const gallery: OpsCommand = {
  name: 'gallery',
  about: 'draw every card and form for every platform and language into a folder',
  options: [{ name: 'out', takes: 'DIR', about: 'the folder; open index.html in it', required: true, writes: true }],
  async run(context, { values }) {
    const out = values['out'] ?? ''
    const drawn = drawAll(context, await context.renderers())
    const problems = drawn.flatMap((one) =>
      one.platforms.flatMap(({ platform, problem }) =>
        problem === undefined ? [] : [`${one.view} (${one.locale}) cannot be drawn for ${platform}: ${problem}`],
      ),
    )
    const files = [...drawn.flatMap(viewFiles), { path: 'index.html', text: galleryPage(drawn) }].map((file) => ({
      ...file,
      path: `${out}/${file.path}`,
    }))
    const said = [`${count(drawn.length / LOCALES.length, 'view')} in ${LOCALES.join(', ')}: open ${out}/index.html`]
    return { ...(problems.length > 0 ? no(said, problems) : done(said)), files }
  },
}

function drawAll({ app }: OpsContext, renderers: readonly Renderer[]): readonly Drawn[] {
  const { zone } = app.policy.current().section(OrganisationPolicy)
  const views = app.registry.features.flatMap(({ views }) => views)
  return views.flatMap(({ name, draw }) =>
    LOCALES.map((locale): Drawn => {
      const shown = draw({ locale, zone })
      return { view: name, locale, shown, platforms: renderers.map((renderer) => drawnBy(renderer, shown, locale)) }
    }),
  )
}

function drawnBy({ platform, draw }: Renderer, shown: Drawn['shown'], locale: Locale): Drawn['platforms'][number] {
  try {
    return { platform, drawing: draw(shown, locale) }
  } catch (error) {
    return { platform, problem: error instanceof Error ? error.message : String(error) }
  }
}

/** One file a view, language and platform, so that two galleries can be compared. */
function viewFiles({ view, locale, shown, platforms }: Drawn): readonly WrittenFile[] {
  const json = (folder: string, value: unknown) => ({
    path: `${folder}/${view}.${locale}.json`,
    text: `${JSON.stringify(value, null, 2)}\n`,
  })
  return [
    json('plain', shown),
    ...platforms.flatMap(({ platform, drawing }) => (drawing === undefined ? [] : [json(platform, drawing)])),
  ]
}
