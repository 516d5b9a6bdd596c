/** Frames of Lark's long connection (pbbp2.Frame), written and read by hand: what a server of Lark's does. */

export interface Frame {
  /** 0 for pings and pongs, 1 for data. */
  readonly method: number
  readonly headers: Readonly<Record<string, string>>
  readonly payload: Buffer
}

const varint = (value: number): Buffer => {
  const bytes: number[] = []
  let rest = value
  do {
    bytes.push((rest & 127) | (rest > 127 ? 128 : 0))
    rest = Math.floor(rest / 128)
  } while (rest > 0)
  return Buffer.from(bytes)
}
const number = (field: number, value: number) => Buffer.concat([varint(field * 8), varint(value)])
const bytes = (field: number, value: Buffer) => Buffer.concat([varint(field * 8 + 2), varint(value.byteLength), value])

export function writeFrame({ method, headers, payload }: Frame): Buffer {
  const pairs = Object.entries(headers).map(([key, value]) =>
    bytes(5, Buffer.concat([bytes(1, Buffer.from(key)), bytes(2, Buffer.from(value))])),
  )
  return Buffer.concat([number(1, 1), number(2, 1), number(3, 1), number(4, method), ...pairs, bytes(8, payload)])
}

export function readFrame(frame: Buffer): Frame {
  const headers: Record<string, string> = {}
  let method = 0
  let payload: Buffer = Buffer.alloc(0)
  for (const [field, value] of fieldsOf(frame)) {
    if (field === 4) method = Number(value)
    if (field === 8 && Buffer.isBuffer(value)) payload = value
    if (field === 5 && Buffer.isBuffer(value)) {
      const [key, text] = fieldsOf(value).map(([, part]) => String(part))
      headers[key ?? ''] = text ?? ''
    }
  }
  return { method, headers, payload }
}

function fieldsOf(message: Buffer): [number, number | Buffer][] {
  const fields: [number, number | Buffer][] = []
  let at = 0
  const take = () => {
    let value = 0
    for (let shift = 1; ; shift *= 128) {
      const byte = message[at] ?? 0
      at += 1
      value += (byte & 127) * shift
      if (byte < 128) return value
    }
  }
  while (at < message.byteLength) {
    const tag = take()
    if (tag % 8 === 0) fields.push([Math.floor(tag / 8), take()])
    else {
      const size = take()
      fields.push([Math.floor(tag / 8), message.subarray(at, at + size)])
      at += size
    }
  }
  return fields
}
