/** The gallery: every view in every language, drawn by every platform, and safe to open. */
import { describe, expect, it } from 'vitest'
import { renderers } from '../../bin/renderers.ts'
import { defineFeature, view } from '../../src/engine/feature.ts'
import { department, WAYS } from './support.ts'

const EVIL = '<img src=x onerror="alert(1)"> & \'quote\''
const shady = defineFeature({
  name: 'shady',
  views: [
    view('shady.card', () => ({
      card: {
        title: EVIL,
        fields: [{ label: EVIL, value: EVIL }],
        list: [[{ link: EVIL, url: 'javascript:alert(1)' }]],
        note: EVIL,
      },
    })),
  ],
})

describe.each(WAYS)('the gallery, through %s', (way) => {
  const here = department(way, { moreFeatures: [shady], renderers })

  it('holds every view of every feature, per language, as each platform draws it', async () => {
    const { code, out, err, written } = await here.ops('gallery --out cards')
    expect({ code, err }).toEqual({ code: 0, err: '' })
    const views = here.app.registry.features.flatMap((feature) => feature.views.map(({ name }) => name))
    expect(out).toContain(`${views.length} views in zh-CN, zh-TW, en: open cards/index.html`)
    const expected = views.flatMap((name) =>
      ['zh-CN', 'zh-TW', 'en'].flatMap((locale) =>
        ['plain', 'slack', 'lark', 'wecom', 'simulator'].map((folder) => `cards/${folder}/${name}.${locale}.json`),
      ),
    )
    expect(written.map((file) => file.path).toSorted()).toEqual([...expected, 'cards/index.html'].toSorted())
    const blocks = JSON.parse(written.find((file) => file.path === 'cards/slack/leave.draft.en.json')?.text ?? '')
    expect(blocks.blocks[0]).toMatchObject({ type: 'header' })
    const modal = JSON.parse(written.find((file) => file.path === 'cards/slack/leave.form.en.json')?.text ?? '')
    expect(modal).toMatchObject({ type: 'modal' })
  })

  it('shows whatever a card says as text', async () => {
    const { written } = await here.ops('gallery --out cards')
    const page = written.find((file) => file.path === 'cards/index.html')?.text ?? ''
    expect(page).toContain('&lt;img src=x onerror=&quot;alert(1)&quot;&gt; &amp; &#39;quote&#39;')
    expect(page).not.toContain('<img')
    expect(page).not.toContain('href="javascript')
  })
})

describe('the gallery of a platform that cannot draw something', () => {
  const here = department('its own process', {
    renderers: [
      {
        platform: 'paper',
        draw: (shown) => {
          if ('fields' in shown) throw new Error('paper has no forms')
          return 'ink'
        },
      },
    ],
  })

  it('fails, names what cannot be drawn, and still writes the rest', async () => {
    const { code, err, written } = await here.ops('gallery --out cards')
    expect(code).toBe(1)
    expect(err).toContain('leave.form (zh-CN) cannot be drawn for paper: paper has no forms\n')
    const paths = written.map((file) => file.path)
    expect(paths).toContain('cards/paper/leave.draft.en.json')
    expect(paths).not.toContain('cards/paper/leave.form.en.json')
  })
})
