/** The directory of a ZIP file, looked at before anything is unpacked: a small file may hold gigabytes of zeros. */

export type Packed = 'ok' | 'not-zip' | 'damaged' | 'too-large'

const END = 0x06054b50
const ENTRY = 0x02014b50
const LOCAL = 0x04034b50
const END_BYTES = 22
const ENTRY_BYTES = 46
const LOCAL_BYTES = 30
const COMMENT_BYTES_MAX = 65_535
/** A 32-bit field that points to a 64-bit one: a workbook never needs it. */
const SEE_ZIP64 = 0xffffffff
/** A workbook with more parts than this is none. */
const ENTRIES_MAX = 5_000
const DATA_DESCRIPTOR = 1 << 3

/** `PK`: begins like a ZIP file. */
export const beginsAsZip = (bytes: Uint8Array): boolean => bytes[0] === 0x50 && bytes[1] === 0x4b

/**
 * Adds up what the directory says that its entries unpack to. An entry that does not say it, or says it differently in two
 * places, is damaged: the reader would unpack it without a bound.
 */
export function checkPacked(bytes: Uint8Array, unpackedBytesMax: number): Packed {
  if (!beginsAsZip(bytes)) return 'not-zip'
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const end = endOf(view)
  if (end === undefined) return 'damaged'
  const count = view.getUint16(end + 10, true)
  let at = view.getUint32(end + 16, true)
  // The reader follows a 64-bit record as soon as one of the three points to it, and finds another directory there.
  const isElsewhere = at === SEE_ZIP64 || view.getUint32(end + 12, true) === SEE_ZIP64 || count === 0xffff
  if (isElsewhere || count > ENTRIES_MAX) return 'too-large'
  let sum = 0
  for (let i = 0; i < count; i += 1) {
    if (at + ENTRY_BYTES > view.byteLength || view.getUint32(at, true) !== ENTRY) return 'damaged'
    const packed = view.getUint32(at + 20, true)
    const unpacked = view.getUint32(at + 24, true)
    if (packed === SEE_ZIP64 || unpacked === SEE_ZIP64) return 'too-large'
    // Of an entry without a packed size the reader believes its own header, which says what it likes.
    if (packed === 0 && unpacked !== 0) return 'damaged'
    if (unpacked === 0 && !isEmpty(view, at, packed)) return 'damaged'
    sum += unpacked
    if (sum > unpackedBytesMax) return 'too-large'
    at += ENTRY_BYTES + view.getUint16(at + 28, true) + view.getUint16(at + 30, true) + view.getUint16(at + 32, true)
  }
  return 'ok'
}

/** Where the end record begins, behind which at most a comment follows. */
function endOf(view: DataView): number | undefined {
  const first = Math.max(0, view.byteLength - END_BYTES - COMMENT_BYTES_MAX)
  for (let at = view.byteLength - END_BYTES; at >= first; at -= 1) if (view.getUint32(at, true) === END) return at
  return undefined
}

/** A folder or an empty part: nothing packed, and the entry itself says the same. An empty deflate stream has 2 bytes. */
function isEmpty(view: DataView, entry: number, packed: number): boolean {
  if (packed > 2) return false
  const local = view.getUint32(entry + 42, true)
  if (local + LOCAL_BYTES > view.byteLength || view.getUint32(local, true) !== LOCAL) return false
  const isDescribedLater = (view.getUint16(local + 6, true) & DATA_DESCRIPTOR) !== 0
  return !isDescribedLater && view.getUint32(local + 18, true) === packed && view.getUint32(local + 22, true) === 0
}
