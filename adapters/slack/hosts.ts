/** Whose hosts are Slack's: the only ones that ever get the token or a file. Pure. */

/** Slack and its edition for public bodies; each with every host under it, as files.slack.com. */
const SLACK_DOMAINS = ['slack.com', 'slack-gov.com']

/** With `apiUrl` on one of Slack's domains: every HTTPS host of that domain. Otherwise (a stand-in) that origin alone. */
export function isSlacksOwn(address: string, apiUrl: string | undefined): boolean {
  if (!URL.canParse(address)) return false
  const url = new URL(address)
  const api = new URL(apiUrl ?? 'https://slack.com/api/')
  const domain = SLACK_DOMAINS.find((name) => isUnder(api.hostname, name))
  if (domain === undefined) return url.origin === api.origin
  return url.protocol === 'https:' && url.port === '' && url.username === '' && isUnder(url.hostname, domain)
}

const isUnder = (host: string, domain: string): boolean => host === domain || host.endsWith(`.${domain}`)
