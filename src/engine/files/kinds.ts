/** What a file really is, told by its content and never by its name or by what was claimed. Pure. */
import { isUtf8 } from 'node:buffer'

export const FILE_KINDS = ['picture', 'pdf', 'document', 'sheet'] as const
export type FileKind = (typeof FILE_KINDS)[number]

export interface Recognised {
  readonly kind: FileKind
  readonly mediaType: string
  /** Endings that fit; the first is added to a name that has none of them. */
  readonly endings: readonly string[]
}
/**
 * `program` what could run or act (executables, scripts, web pages, SVG, macros); `disguised` the same under the name of
 * something that is taken, as a web page called `scan.png`; `locked` behind a password; `unknown`.
 */
export type Unwanted = 'program' | 'disguised' | 'locked' | 'unknown' | 'empty'

const known = (kind: FileKind, mediaType: string, ...endings: string[]): Recognised => ({ kind, mediaType, endings })
const OFFICE = 'application/vnd.openxmlformats-officedocument'
const PICTURES: readonly (readonly [test: (bytes: Buffer) => boolean, what: Recognised])[] = [
  [starts(0, [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]), known('picture', 'image/png', 'png')],
  [starts(0, [0xff, 0xd8, 0xff]), known('picture', 'image/jpeg', 'jpg', 'jpeg')],
  [(bytes) => /^GIF8[79]a/.test(bytes.toString('latin1', 0, 6)), known('picture', 'image/gif', 'gif')],
  [
    (bytes) => bytes.toString('latin1', 0, 4) === 'RIFF' && bytes.toString('latin1', 8, 12) === 'WEBP',
    known('picture', 'image/webp', 'webp'),
  ],
  // ISO 14496-12: the brand after `ftyp`; the ones that phones write still pictures under.
  [
    (bytes) => /^ftyp(heic|heix|heim|heis|mif1)/.test(bytes.toString('latin1', 4, 12)),
    known('picture', 'image/heic', 'heic', 'heif'),
  ],
]
const PDF = known('pdf', 'application/pdf', 'pdf')
const DOCX = known('document', `${OFFICE}.wordprocessingml.document`, 'docx')
const PPTX = known('document', `${OFFICE}.presentationml.presentation`, 'pptx')
const XLSX = known('sheet', `${OFFICE}.spreadsheetml.sheet`, 'xlsx')
const DOC = known('document', 'application/msword', 'doc')
const XLS = known('sheet', 'application/vnd.ms-excel', 'xls')
const TEXT = known('document', 'text/plain; charset=utf-8', 'txt', 'text', 'md', 'log')
const TEXT_GB = { ...TEXT, mediaType: 'text/plain; charset=gb18030' }
const CSV = known('sheet', 'text/csv; charset=utf-8', 'csv', 'tsv')
const CSV_GB = { ...CSV, mediaType: 'text/csv; charset=gb18030' }

/** Of a text file the name has a say: what it is for cannot be read from the bytes. */
const TEXT_ENDINGS = new Set([...TEXT.endings, ...CSV.endings])
/** Endings of what is taken: a program under such a name pretends to be what it is not. */
const TAKEN_ENDINGS = new Set(
  [...PICTURES.map(([, what]) => what), PDF, DOCX, PPTX, XLSX, DOC, XLS, TEXT, CSV].flatMap(({ endings }) => endings),
)

function starts(offset: number, magic: readonly number[]): (bytes: Buffer) => boolean {
  return (bytes) => magic.every((byte, index) => bytes[offset + index] === byte)
}

/**
 * @param content the whole file
 * @param name as it was sent: decides between text files alone
 */
export function recognise(content: Uint8Array, name: string): Recognised | Unwanted {
  const bytes = Buffer.from(content.buffer, content.byteOffset, content.byteLength)
  if (bytes.length === 0) return 'empty'
  const picture = PICTURES.find(([test]) => test(bytes))
  if (picture) return picture[1]
  if (bytes.toString('latin1', 0, 5) === '%PDF-') return PDF
  if (starts(0, [0x50, 0x4b, 0x03, 0x04])(bytes)) return inZip(bytes)
  if (starts(0, [0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1])(bytes)) return inCompoundFile(bytes)
  return asText(bytes, endingOf(name))
}

/** Office documents are ZIP archives: told by the parts that their directory names. */
function inZip(bytes: Buffer): Recognised | Unwanted {
  const names = zipNames(bytes)
  if (!names?.includes('[Content_Types].xml')) return 'unknown'
  if (names.some((name) => /(^|\/)vbaProject\.bin$/i.test(name))) return 'program'
  if (names.includes('word/document.xml')) return DOCX
  if (names.includes('xl/workbook.xml')) return XLSX
  return names.includes('ppt/presentation.xml') ? PPTX : 'unknown'
}

const ZIP_ENTRIES_MAX = 10_000
const ZIP_COMMENT_BYTES_MAX = 65_535

/** The names in the central directory (APPNOTE 4.3.12); undefined when there is none that can be read. */
function zipNames(bytes: Buffer): readonly string[] | undefined {
  const end = bytes.lastIndexOf(Buffer.from([0x50, 0x4b, 0x05, 0x06]))
  if (end < 0 || end < bytes.length - 22 - ZIP_COMMENT_BYTES_MAX || end + 22 > bytes.length) return undefined
  const count = bytes.readUInt16LE(end + 10)
  let at = bytes.readUInt32LE(end + 16)
  const names: string[] = []
  for (let entry = 0; entry < Math.min(count, ZIP_ENTRIES_MAX); entry++) {
    if (at + 46 > bytes.length || bytes.readUInt32LE(at) !== 0x02014b50) return undefined
    const length = bytes.readUInt16LE(at + 28)
    names.push(bytes.toString('utf8', at + 46, at + 46 + length))
    at += 46 + length + bytes.readUInt16LE(at + 30) + bytes.readUInt16LE(at + 32)
  }
  return names
}

/** The older Office formats share a container: told by the stream that its directory names, in UTF-16. */
function inCompoundFile(bytes: Buffer): Recognised | Unwanted {
  const has = (stream: string) => bytes.includes(Buffer.from(stream, 'utf16le'))
  if (has('EncryptedPackage')) return 'locked'
  if (has('_VBA_PROJECT')) return 'program'
  if (has('WordDocument')) return DOC
  return has('Workbook') ? XLS : 'unknown'
}

const WEB_OR_SCRIPT = /^\s*(?:<!doctype|<html|<head|<body|<script|<svg|<\?xml|<\?php|#!|@echo\b)/i
const PROGRAM_ENDINGS = new Set(
  'html htm xhtml svg js mjs cjs ts vbs wsf hta bat cmd ps1 sh bash py rb pl php jar exe com scr msi lnk url reg apk'.split(
    ' ',
  ),
)

function asText(bytes: Buffer, ending: string): Recognised | Unwanted {
  // MZ, ELF, Mach-O, Java: what machines run.
  const isMachineCode = [
    [0x4d, 0x5a],
    [0x7f, 0x45, 0x4c, 0x46],
    [0xca, 0xfe, 0xba, 0xbe],
    [0xcf, 0xfa, 0xed, 0xfe],
  ].some((magic) => starts(0, magic)(bytes))
  const program = TAKEN_ENDINGS.has(ending) ? 'disguised' : 'program'
  if (isMachineCode || PROGRAM_ENDINGS.has(ending)) return program
  if (!isPlain(bytes)) return 'unknown'
  const utf8 = isUtf8(bytes)
  if (!utf8 && !isGb18030(bytes)) return 'unknown'
  if (WEB_OR_SCRIPT.test(bytes.toString('utf8', 0, 1_024).replace(/^\uFEFF/, ''))) return program
  if (ending !== '' && !TEXT_ENDINGS.has(ending)) return 'unknown'
  if (CSV.endings.includes(ending)) return utf8 ? CSV : CSV_GB
  return utf8 ? TEXT : TEXT_GB
}

const CONTROLS = Array.from({ length: 0x20 }, (_, byte) => byte).filter(
  (byte) => ![0x09, 0x0a, 0x0c, 0x0d].includes(byte),
)

/** No control characters but tab, line feed, form feed and carriage return. */
function isPlain(bytes: Buffer): boolean {
  return !CONTROLS.some((byte) => bytes.includes(byte))
}

function isGb18030(bytes: Buffer): boolean {
  try {
    new TextDecoder('gb18030', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

const endingOf = (name: string): string => /\.([^.]{1,10})$/.exec(name)?.[1]?.toLowerCase() ?? ''

const NAME_CHARS_MAX = 120

/**
 * A name that can be shown, stored and downloaded: no folders, nothing invisible or that turns the direction of writing,
 * and an ending that says what the content is: `holiday.exe` that is a picture becomes `holiday.exe.png`.
 */
export function tidyName(name: string, what?: Pick<Recognised, 'endings'>): string {
  const plain = name
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Surrogate}]/gu, '')
    .replaceAll(/[/\\:*?"<>|]/g, '_')
    .trim()
  const ending = endingOf(plain)
  const [usual] = what?.endings ?? []
  const right = usual === undefined || what?.endings.includes(ending) ? ending : usual
  const stem = right === ending && ending !== '' ? plain.slice(0, -(ending.length + 1)) : plain
  const short = [...stem].slice(0, NAME_CHARS_MAX).join('').replace(/^\.+/, '') || 'file'
  return right === '' ? short : `${short}.${right}`
}
