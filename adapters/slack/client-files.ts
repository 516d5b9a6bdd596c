/** The calls to Slack about files: the three steps of an upload, what Slack knows of a file, and its bytes. Each is made once, as in client.ts. */
import type { KnownBlock } from '@slack/web-api'
import { SECOND_MS } from '#core/clock.ts'
import { PlatformError } from '#core/errors.ts'
import type { Line } from './client.ts'
import { explain, kindOfDownload, kindOfUpload } from './failures.ts'
import { readFile, type SlackFile, sharedAt } from './files.ts'
import { isSlacksOwn } from './hosts.ts'
import { REDIRECTS_MAX, UPLOAD_PACE_MIN } from './limits.ts'
import { within } from './within.ts'

export interface UploadPlace {
  readonly fileId: string
  readonly url: string
}

/** Every method throws `PlatformError`, and nothing else. */
export function filesOn({ call, timeoutMs, botToken, apiUrl }: Line) {
  return {
    /** First step: a place to put the bytes. It is nowhere to be seen. */
    async uploadPlace(name: string, bytes: number, signal: AbortSignal): Promise<UploadPlace> {
      const what = 'files.getUploadURLExternal'
      const { upload_url: url, file_id: fileId } = await call(what, signal, (web) =>
        web.files.getUploadURLExternal({ filename: name, length: bytes }),
      )
      if (!url || !fileId) throw new PlatformError('unknown', `Slack's answer to ${what} lacks its result`)
      if (!isSlacksOwn(url, apiUrl))
        throw new PlatformError('refused', `${what} names a place that is not Slack's`, { code: 'foreign_address' })
      return { fileId, url }
    },

    /** Second step: the bytes. The address carries its own right, so the token stays here. */
    async upload({ url }: UploadPlace, bytes: Uint8Array, signal: AbortSignal): Promise<void> {
      const what = 'the upload of a file'
      const patienceMs = timeoutMs + Math.ceil((bytes.byteLength / UPLOAD_PACE_MIN) * SECOND_MS)
      const response = await within(what, signal, () =>
        fetch(url, {
          method: 'POST',
          headers: { 'content-type': 'application/octet-stream' },
          // No shared memory ever comes here.
          body: bytes as Uint8Array<ArrayBuffer>,
          redirect: 'error',
          signal: AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]),
        }),
      ).catch((error: unknown) => {
        throw explain(what, error)
      })
      await response.body?.cancel()
      const failure = kindOfUpload(what, response)
      if (failure) throw failure
    },

    /** Third step: it appears in the channel, under its caption. @returns the time of its message, when Slack says it already */
    async share(
      { fileId }: UploadPlace,
      to: { readonly channel: string; readonly title: string; readonly blocks: readonly KnownBlock[] },
      signal: AbortSignal,
    ): Promise<string | undefined> {
      const { files } = await call('files.completeUploadExternal', signal, (web) =>
        web.files.completeUploadExternal({
          files: [{ id: fileId, title: to.title }],
          channel_id: to.channel,
          // Not `initial_comment`: it is markup, and has no place for the key.
          blocks: [...to.blocks],
        }),
      )
      return (files ?? []).map((file) => sharedAt(file, to.channel)).find((ts) => ts !== undefined)
    },

    async fileInfo(id: string, signal: AbortSignal): Promise<SlackFile> {
      const { file } = await call('files.info', signal, (web) => web.files.info({ file: id }))
      const known = readFile(file)
      if (known) return known
      throw new PlatformError('unknown', "Slack's answer to files.info lacks its result")
    },

    /** The answer to a download, its body not read yet. The token goes to Slack's own hosts only, redirects included. */
    async download(address: string, claimed: string | undefined, signal: AbortSignal): Promise<Response> {
      const what = 'the download of a file'
      let url = address
      for (let hop = 0; hop <= REDIRECTS_MAX; hop += 1) {
        if (!isSlacksOwn(url, apiUrl))
          throw new PlatformError('refused', `${what} leads to a host that is not Slack's`, { code: 'foreign_address' })
        const response = await within(what, signal, () => ask(url, botToken, signal, timeoutMs)).catch(
          (error: unknown) => {
            throw explain(what, error)
          },
        )
        const next = response.status >= 300 && response.status < 400 ? response.headers.get('location') : null
        const failure = next === null ? kindOfDownload(what, response, claimed) : undefined
        if (next === null && !failure) return response
        await response.body?.cancel()
        if (failure) throw failure
        url = URL.canParse(next ?? '', url) ? new URL(next ?? '', url).href : ''
      }
      throw new PlatformError('refused', `${what} was sent from one address to the next`, { code: 'redirects' })
    },
  }
}

/** Waits so long for the beginning of the answer; its body may take longer. */
async function ask(url: string, token: string, signal: AbortSignal, timeoutMs: number): Promise<Response> {
  const patience = new AbortController()
  const timer = setTimeout(() => patience.abort(new DOMException('No answer in time', 'TimeoutError')), timeoutMs)
  try {
    return await fetch(url, {
      headers: { authorization: `Bearer ${token}` },
      redirect: 'manual',
      signal: AbortSignal.any([signal, patience.signal]),
    })
  } finally {
    clearTimeout(timer)
  }
}
