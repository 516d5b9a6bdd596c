/** The name under which our messages carry their key: https://docs.slack.dev/messaging/message-metadata. */

/** Letters and underscores only: with a full stop in it Slack drops the metadata without a word. */
export const METADATA_TYPE = 'banzhang_message'
