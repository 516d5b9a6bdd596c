/** A chart as a PNG: drawn as SVG by echarts, turned into pixels with a font that holds every Chinese character. */
import { createRequire } from 'node:module'
import path from 'node:path'
import { Resvg } from '@resvg/resvg-js'
import { type EChartsOption, init } from 'echarts'
import { textWidth } from '#core/table/text-width.ts'
import { messages } from './i18n.ts'
import { CHART_PIXELS, type Chart } from './workshop.ts'

const WIDTH = 900
const HEIGHT = 480
const TOP = 116
/** Under the second line of the title, one row or two. */
const LEGEND_TOP = 82
const LEGEND_ROW = 24
const LEGEND_ROWS_MAX = 2
/** The sign before a name and the gap after it, in Latin characters. */
const LEGEND_SIGN = 5
/** The name that the font's file gives itself. */
const FONT = 'Noto Sans S Chinese'
const INK = '#1f2933'
const QUIET = '#5b6875'
const LINE = '#d5dce4'
/** Told apart by people who see few colours, too (after Okabe and Ito), and dark enough for white numbers. */
const COLOURS = ['#2f6db3', '#b8720a', '#2d7d61', '#b03f7c', '#7a5fb8', '#9c4a31', '#2b7f9e', '#666c73']

/** As wide as a label may be, in Latin characters. */
const TITLE_WIDTH_MAX = 70
const NAME_WIDTH_MAX = 24
/** Axis and legend have room for so many Latin characters in all; labels that are longer than their share stand aslant. */
const AXIS_WIDTH = 112
const ASLANT_WIDTH_MAX = 16
/** More values than this over the bars would only be a grey mist. */
const NUMBERS_MAX = 40

/** Throws RangeError when a series has not one value for each category. */
export function drawChart(chart: Chart): Uint8Array {
  for (const { name, values } of chart.series)
    if (values.length !== chart.categories.length)
      throw new RangeError(`series ${name}: ${values.length} values for ${chart.categories.length} categories`)
  const drawing = init(null, null, { renderer: 'svg', ssr: true, width: WIDTH, height: HEIGHT })
  try {
    drawing.setOption(isEmpty(chart) ? emptyOption(chart) : optionOf(chart))
    return pixels(drawing.renderToSVGString())
  } finally {
    // One that is left open keeps the thread alive.
    drawing.dispose()
  }
}

function pixels(svg: string): Uint8Array {
  const fonts = path.join(path.dirname(createRequire(import.meta.url).resolve('@embedpdf/fonts-sc')), '../fonts')
  const resvg = new Resvg(svg, {
    fitTo: { mode: 'width', value: CHART_PIXELS.width },
    background: '#ffffff',
    font: {
      fontFiles: [path.join(fonts, 'NotoSansHans-Regular.otf')],
      loadSystemFonts: false,
      defaultFontFamily: FONT,
    },
  })
  return new Uint8Array(resvg.render().asPng())
}

const isEmpty = ({ series }: Chart): boolean =>
  series.every(({ values }) => values.every((value) => value === null || value === 0))

function titleOf({ title, subtitle = '' }: Chart) {
  return {
    text: cut(title, TITLE_WIDTH_MAX),
    subtext: cut(subtitle, TITLE_WIDTH_MAX + 20),
    left: 24,
    top: 16,
    textStyle: { fontFamily: FONT, fontSize: 22, fontWeight: 'normal', color: INK },
    subtextStyle: { fontFamily: FONT, fontSize: 14, color: QUIET },
  } as const
}

function emptyOption(chart: Chart): EChartsOption {
  return {
    animation: false,
    title: [
      titleOf(chart),
      {
        text: messages.say(chart.locale, 'chart.empty'),
        left: 'center',
        top: 'middle',
        textStyle: { fontFamily: FONT, fontSize: 18, fontWeight: 'normal', color: QUIET },
      },
    ],
  }
}

function optionOf(chart: Chart): EChartsOption {
  const { kind, categories, unit } = chart
  const share = AXIS_WIDTH / Math.max(1, categories.length)
  const aslant = categories.some((category) => textWidth(category) > share)
  const labels = categories.map((category) => cut(category, aslant ? ASLANT_WIDTH_MAX : Math.ceil(share)))
  const text = { fontFamily: FONT, fontSize: 13, color: INK }
  const rows = legendRows(chart)
  return {
    animation: false,
    color: COLOURS,
    textStyle: { fontFamily: FONT },
    title: titleOf(chart),
    legend: {
      show: rows > 0,
      left: 56,
      right: 24,
      top: LEGEND_TOP,
      itemWidth: 14,
      itemHeight: 10,
      textStyle: text,
      data: [...legendNames(chart)],
    },
    grid: { left: 64, right: 28, top: TOP + rows * LEGEND_ROW, bottom: aslant ? 88 : 44 },
    xAxis: {
      type: 'category',
      data: labels,
      boundaryGap: kind !== 'line',
      axisLabel: { ...text, interval: 0, rotate: aslant ? 35 : 0, hideOverlap: true },
      axisLine: { lineStyle: { color: QUIET } },
      axisTick: { show: false },
    },
    yAxis: {
      type: 'value',
      name: unit,
      nameTextStyle: { ...text, color: QUIET, align: 'right' },
      axisLabel: { ...text, color: QUIET },
      splitLine: { lineStyle: { color: LINE } },
    },
    series: seriesOf(chart),
  }
}

function seriesOf(chart: Chart): NonNullable<EChartsOption['series']> {
  const { kind, categories, series } = chart
  const show = categories.length * series.length <= NUMBERS_MAX
  const names = legendNames(chart)
  return series.map(({ values }, index) => {
    const common = {
      name: names[index] ?? '',
      data: values.map((value) => value ?? '-'),
    }
    // A nought is a fact of the table, not of the picture.
    const label = {
      show,
      fontFamily: FONT,
      fontSize: 12,
      formatter: ({ value }: { value: unknown }) => (typeof value === 'number' && value !== 0 ? String(value) : ''),
    }
    if (kind === 'line')
      return { ...common, type: 'line', symbolSize: 7, label: { ...label, position: 'top', color: INK } }
    if (kind === 'bar')
      return { ...common, type: 'bar', barMaxWidth: 48, label: { ...label, position: 'top', color: INK } }
    return { ...common, type: 'bar', stack: 'all', barMaxWidth: 64, label: { ...label, color: '#ffffff' } }
  }) as NonNullable<EChartsOption['series']>
}

/** As they stand while two rows hold all of them; else each has the same share. None twice: one name would be one series. */
export function legendNames({ series }: Pick<Chart, 'series'>): readonly string[] {
  const isRoomy = legendWidth(series.map((one) => cut(one.name, NAME_WIDTH_MAX))) <= AXIS_WIDTH * LEGEND_ROWS_MAX
  const share = Math.floor((AXIS_WIDTH * LEGEND_ROWS_MAX) / series.length) - LEGEND_SIGN - 1
  const widthMax = isRoomy ? NAME_WIDTH_MAX : Math.min(NAME_WIDTH_MAX, share)
  const names: string[] = []
  for (const { name } of series) {
    let shown = cut(name, widthMax)
    for (let n = 2; names.includes(shown); n += 1) shown = `${cut(name, widthMax - 1 - String(n).length)} ${n}`
    names.push(shown)
  }
  return names
}

const legendWidth = (names: readonly string[]): number =>
  names.reduce((sum, name) => sum + textWidth(name) + LEGEND_SIGN, 0)

/** 0 for a single series, which the title names. */
function legendRows(chart: Chart): number {
  if (chart.series.length < 2) return 0
  const width = legendWidth(legendNames(chart))
  return Math.min(LEGEND_ROWS_MAX, Math.ceil(width / AXIS_WIDTH))
}

/** `客户服务…东区组`: at most `widthMax` Latin characters wide; beginning and end stay, for names often differ at the end. */
function cut(text: string, widthMax: number): string {
  const line = text.replaceAll(/\s+/g, ' ').trim()
  if (textWidth(line) <= widthMax) return line
  const letters = [...line]
  const end = fitting(letters.toReversed(), Math.floor(widthMax / 3)).toReversed()
  const begin = fitting(letters, widthMax - 1 - textWidth(end.join('')))
  return `${begin.join('').trimEnd()}…${end.join('').trimStart()}`
}

function fitting(letters: readonly string[], widthMax: number): readonly string[] {
  const kept: string[] = []
  for (const letter of letters) {
    if (textWidth(kept.join('')) + textWidth(letter) > widthMax) break
    kept.push(letter)
  }
  return kept
}
