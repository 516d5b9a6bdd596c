/** One request carried out in the process that has the product open, whichever way it came. */
import { z } from 'zod'
import { ConfigError, Refusal } from '#core/errors.ts'
import { type OpsCommand, type OpsContext, type OpsInput, type OpsResult, textOfLines, UsageError } from './command.ts'

const requestSchema = z.strictObject({
  command: z.string(),
  values: z.record(z.string(), z.string()),
  files: z.record(z.string(), z.strictObject({ name: z.string(), text: z.string() })),
  bytes: z.record(z.string(), z.strictObject({ name: z.string(), base64: z.string() })).default({}),
  stdin: z.string(),
})
/** JSON: it travels through the socket of a running server. */
export type OpsRequest = z.input<typeof requestSchema>

const resultSchema: z.ZodType<OpsResult> = z.strictObject({
  output: z.string(),
  errors: z.string().exactOptional(),
  exitCode: z.union([z.literal(0), z.literal(1), z.literal(2)]),
  files: z
    .array(
      z.strictObject({
        path: z.string(),
        text: z.string(),
        base64: z.string().exactOptional(),
        isPrivate: z.boolean().exactOptional(),
      }),
    )
    .exactOptional(),
})

/** Undefined for a text that is no request. */
export const readRequest = (text: string): OpsRequest | undefined => parsed(requestSchema, text)
/** Undefined for a text that is no answer: of another program, or cut off. */
export const readResult = (text: string): OpsResult | undefined => parsed(resultSchema, text)

function parsed<T>(schema: z.ZodType<T>, text: string): T | undefined {
  try {
    return schema.safeParse(JSON.parse(text)).data
  } catch {
    return undefined
  }
}

/** Runs a request. What commands throw becomes their answer, a bug too: the server that runs it goes on. */
export async function answerRequest(
  context: OpsContext,
  commands: readonly OpsCommand[],
  request: OpsRequest,
): Promise<OpsResult> {
  const command = commands.find(({ name }) => name === request.command)
  if (command === undefined)
    return failed(1, [
      `The running server does not know the command ${request.command}: it is of another version. Restart it.`,
    ])
  try {
    return visible(await command.run(context, inputOf(request)))
  } catch (error) {
    return visible(failure(command, error))
  }
}

function inputOf({ values, files, bytes = {}, stdin }: OpsRequest): OpsInput {
  const unpacked = Object.entries(bytes).map(([key, { name, base64 }]) => [
    key,
    { name, bytes: new Uint8Array(Buffer.from(base64, 'base64')) },
  ])
  return { values, files, bytes: Object.fromEntries(unpacked), stdin }
}

/** What a command throws, as its answer. */
export function failure(command: OpsCommand, error: unknown): OpsResult {
  if (error instanceof UsageError) return failed(2, [error.message, `See: npm run ops -- ${command.name} --help`])
  if (error instanceof Refusal) return failed(1, [error.say('en')])
  if (error instanceof ConfigError) return failed(1, error.problems)
  return failed(1, [
    `${command.name} failed: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
  ])
}

const failed = (exitCode: 1 | 2, errors: readonly string[]): OpsResult => ({
  output: '',
  errors: textOfLines(errors),
  exitCode,
})

/** What people typed must not steer the administrator's terminal. */
function visible(result: OpsResult): OpsResult {
  return {
    ...result,
    output: withoutControls(result.output),
    ...(result.errors === undefined ? {} : { errors: withoutControls(result.errors) }),
  }
}

/** A CR right before its LF overwrites nothing. */
const withoutControls = (text: string): string => text.replaceAll(/(?!\n|\t|\r\n)\p{Cc}/gu, '\uFFFD')
