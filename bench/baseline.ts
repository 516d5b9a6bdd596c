/** What the product is measured against: a bare Bolt app that does one durable INSERT a command, and nothing else. */
import { App, HTTPReceiver } from '@slack/bolt'
import pg from 'pg'
import { SECRET, TOKEN } from './support/slack.ts'

const pool = new pg.Pool({ connectionString: process.env['DATABASE_URL'], max: 10 })
await pool.query(
  'CREATE TABLE IF NOT EXISTS baseline (id bigserial PRIMARY KEY, key text UNIQUE, who text, said text, at timestamptz)',
)
const receiver = new HTTPReceiver({
  signingSecret: SECRET,
  customRoutes: [
    { path: '/readyz', method: 'GET', handler: (_, response) => void response.writeHead(200).end('ready') },
  ],
})
const app = new App({ receiver, authorize: async () => ({ botToken: TOKEN, botId: 'B1', botUserId: 'UBOT' }) })
app.command('/timeoff', async ({ command, ack }) => {
  await pool.query('INSERT INTO baseline (key, who, said, at) VALUES ($1, $2, $3, $4)', [
    command.trigger_id,
    command.user_id,
    command.text,
    new Date(),
  ])
  await ack({ text: 'ok' })
})
process.on('SIGTERM', () => process.exit(0))
await app.start(Number(process.env['PORT']))
