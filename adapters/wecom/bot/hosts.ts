/** Whose hosts files are fetched from: an address that came over the connection is not followed anywhere else. Pure. */

/** Where WeCom keeps what people send, each with every host under it. https://developer.work.weixin.qq.com/document/path/100719 */
const FILE_HOSTS: readonly RegExp[] = [
  /(^|\.)work\.weixin\.qq\.com$/,
  /(^|\.)wework\.qpic\.cn$/,
  // Tencent's shared store: only the buckets of the smart bot.
  /^ww-aibot-[a-z0-9-]+\.cos\.[a-z0-9-]+\.myqcloud\.com$/,
]

const isLoopback = (host: string): boolean =>
  host === 'localhost' || host === '[::1]' || /^127\.\d+\.\d+\.\d+$/.test(host)

/** @param wsUrl where the bot connects to; a stand-in on loopback may name files on loopback */
export function isWecomsOwn(address: string, wsUrl: string | undefined): boolean {
  if (!URL.canParse(address)) return false
  const { protocol, hostname, port, username } = new URL(address)
  if (wsUrl !== undefined && URL.canParse(wsUrl) && isLoopback(new URL(wsUrl).hostname)) return isLoopback(hostname)
  return protocol === 'https:' && port === '' && username === '' && FILE_HOSTS.some((host) => host.test(hostname))
}
