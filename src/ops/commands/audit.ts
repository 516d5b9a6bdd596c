/** `audit verify`: walks the whole hash chain. */
import { verify } from '#engine/audit/seal.ts'
import { done, no, type OpsCommand } from '../command.ts'
import { count } from '../words.ts'

export const auditVerify: OpsCommand = {
  name: 'audit verify',
  about: 'compute the whole hash chain of the audit log again and say where it is broken',
  async run({ db }) {
    const { sealed, unsealed, breaks } = await verify(db)
    const found = `${count(sealed, 'line')} in the chain, ${unsealed} not sealed yet.`
    if (breaks.length === 0) return done([found, 'The chain holds.'])
    return no([found], ['The chain is broken:', ...breaks.map((line) => `  ${line}`)])
  },
}
