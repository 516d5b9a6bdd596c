/** One process on an embedded folder, held by a listening socket through which the command line also reaches that process. */
import { randomUUID } from 'node:crypto'
import { chmod, mkdir, rm, stat } from 'node:fs/promises'
import net from 'node:net'
import os from 'node:os'
import path from 'node:path'
import { ConfigError } from '#core/errors.ts'

export interface FolderLock {
  /** Takes over connections that ask for more than the owner's name; until then they are answered with the name alone. */
  serve(handle: (request: string, reply: (text: string) => void) => Promise<void>): void
  release(): Promise<void>
}

const WHO = 'who\n'
/** Of one request in characters, its final newline included: a people file of 10,000 people fits. */
export const REQUEST_CHARS_MAX = 8_000_000
/** Whoever else found the same dead socket has bound by then. */
const SETTLE_MS = 100

/**
 * Takes the folder, or refuses with the owner's name. The kernel drops the socket with its process, so after kill -9
 * there is nothing to wait for, and no process id can be mistaken for another's.
 * @throws ConfigError when another process holds it
 */
export async function lockFolder(folder: string): Promise<FolderLock> {
  await mkdir(folder, { recursive: true })
  const me = `${os.hostname()} pid ${process.pid} ${randomUUID()}`
  const name = socketName(folder)
  for (let attempt = 0; attempt < 20; attempt++) {
    let handle: ((request: string, reply: (text: string) => void) => Promise<void>) | undefined
    const server = net.createServer((socket) => {
      answer(socket, me, () => handle)
    })
    if (await bind(server, name)) {
      server.unref()
      await chmod(name, 0o600).catch(() => {})
      await new Promise((resolve) => setTimeout(resolve, SETTLE_MS))
      if ((await askFolder(folder, WHO)) === me)
        return {
          serve: (served) => {
            handle = served
          },
          release: () => new Promise((resolve) => server.close(() => resolve())),
        }
      // Another one has taken the name since. Closing this server would remove that one's socket by its name: it is left to
      // itself, nobody can reach it any more.
      continue
    }
    const found = await whichFile(name)
    const owner = await askFolder(folder, WHO)
    if (owner !== undefined)
      throw new ConfigError([
        `DATA_DIR ${folder} is in use by ${owner.replace(/ [^ ]+$/, '')}. Two processes on one embedded database destroy it: stop that one, choose another DATA_DIR, or set DATABASE_URL to a PostgreSQL server.`,
      ])
    // Nobody listens: its owner is dead. Somebody may have taken its place while it was asked.
    if ((await whichFile(name)) === found) await rm(name, { force: true })
  }
  throw new ConfigError([`DATA_DIR ${folder}: the lock ${name} could not be taken; remove that file and start again.`])
}

/** Asks the process that holds the folder; undefined when nobody does. The answer is everything it writes. */
export function askFolder(folder: string, request: string, waitMs = 2_000): Promise<string | undefined> {
  return new Promise((resolve) => {
    let text = ''
    const socket = net.connect(socketName(folder)).setEncoding('utf8')
    socket.setTimeout(waitMs, () => {
      socket.destroy()
      resolve(text || 'a process that does not answer pid ? -')
    })
    socket.on('connect', () => socket.write(request.endsWith('\n') ? request : `${request}\n`))
    socket.on('data', (data: string) => {
      text += data
    })
    socket.on('end', () => resolve(text))
    // Somebody else's socket cannot be asked, but it is there: to take it for a dead one would open the folder twice.
    socket.on('error', (error: NodeJS.ErrnoException) =>
      resolve(error.code === 'EACCES' ? 'a process of another user -' : undefined),
    )
  })
}

function answer(
  socket: net.Socket,
  me: string,
  handler: () => ((request: string, reply: (text: string) => void) => Promise<void>) | undefined,
) {
  let text = ''
  socket.setEncoding('utf8')
  socket.on('error', () => {})
  socket.on('data', (data: string) => {
    text += data
    if (text.length > REQUEST_CHARS_MAX) socket.destroy()
    if (!text.endsWith('\n')) return
    const handle = handler()
    if (text === WHO || !handle) socket.end(me)
    else
      handle(text, (reply) => socket.write(reply)).then(
        () => socket.end(),
        () => socket.destroy(),
      )
  })
}

function bind(server: net.Server, name: string): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error: NodeJS.ErrnoException) =>
      error.code === 'EADDRINUSE' ? resolve(false) : reject(error),
    )
    server.listen(name, () => resolve(true))
  })
}

/** Tells a file from another that has its name later, also where numbers are used again. */
async function whichFile(name: string): Promise<string> {
  const { ino, ctimeNs } = await stat(name, { bigint: true }).catch(() => ({ ino: 0n, ctimeNs: 0n }))
  return `${ino} ${ctimeNs}`
}

/** A socket's path is limited to about 100 bytes: a longer one is named relative to the working directory. */
function socketName(folder: string): string {
  const file = path.join(path.resolve(folder), 'lock.sock')
  if (process.platform === 'win32') return `\\\\.\\pipe\\${file.replaceAll(/[\\:]/g, '_')}`
  return Buffer.byteLength(file) <= 100 ? file : path.relative(process.cwd(), file)
}
